using System.CommandLine;
using Spanhook.Injection;
using Spanhook.Injection.Injectors;

namespace Spanhook.Cli;

/// <summary>Every option, said once, so that it means and is called the same in every command.</summary>
internal static class Options
{
    public static Option<string[]> Files() => new("--filename", "-f")
    {
        Description = "File or folder of manifests (YAML or JSON), or - for standard input. May be repeated.",
        HelpName = "FILE|-",
        Required = true,
        Arity = ArgumentArity.OneOrMore,
    };

    public static Option<bool> Recursive() => new("--recursive", "-R")
    {
        Description = "Also read the folders in the folders that -f names.",
    };

    public static Option<string> Cluster() => new("--cluster")
    {
        Description = "What the cluster holds: a file, or a folder with everything in it, of Namespaces, Instrumentations and TracingPolicies, and "
            + "of ReplicaSets and Jobs where they are known. Other kinds are ignored, so it may be the same file as -f.",
        HelpName = "PATH",
        Required = true,
    };

    public static Option<string?> Namespace() => new("--namespace", "-n")
    {
        Description = "The namespace of manifests that name none [default: default].",
        HelpName = "NS",
    };

    /// <param name="description">What each format is.</param>
    /// <param name="formats">The first is the default.</param>
    public static Option<string> Output(string description, params string[] formats)
    {
        var option = new Option<string>("--output", "-o")
        {
            Description = description,
            HelpName = string.Join('|', formats),
            DefaultValueFactory = _ => formats[0],
        };
        return option.AcceptOnlyFromAmong(formats);
    }

    public static Option<string[]> Disable()
    {
        var option = new Option<string[]>("--disable")
        {
            Description = "Injectors that are switched off, as with the webhook's --disable.",
            HelpName = "LANGUAGE",
            AllowMultipleArgumentsPerToken = true,
        };
        return option.AcceptOnlyFromAmong([.. InjectorCatalog.Names]);
    }

    public static Option<string[]> AcceleratorResources() => new("--accelerator-resource")
    {
        Description = "Names of further resources that mean an accelerator, as with the webhook's --accelerator-resource; a * at the end stands for any ending.",
        HelpName = "NAME",
        AllowMultipleArgumentsPerToken = true,
    };

    public static Option<string> CrossNamespace()
    {
        var option = new Option<string>("--cross-namespace")
        {
            Description = "Who may use another namespace's Instrumentation: only those that it grants, or any.",
            HelpName = "granted|any",
            DefaultValueFactory = _ => "granted",
        };
        return option.AcceptOnlyFromAmong("granted", "any");
    }

    public static CrossNamespace ToCrossNamespace(string value) => value == "any" ? Injection.CrossNamespace.Any : Injection.CrossNamespace.Granted;
}
