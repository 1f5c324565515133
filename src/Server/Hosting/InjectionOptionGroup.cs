using System.CommandLine;
using Spanhook.Injection;
using Spanhook.Injection.Injectors;

namespace Spanhook.Server.Hosting;

/// <summary>The options of <see cref="InjectionOptions"/>.</summary>
internal sealed class InjectionOptionGroup(ServerSettings settings) : OptionGroup<InjectionOptions>
{
    private readonly Option<string[]> _disable = settings.List("--disable", "INJECTOR", $"Switches an injector off: {string.Join(", ", InjectorCatalog.Names)}. Repeatable.");
    private readonly Option<string[]> _accelerators =
        settings.List("--accelerator-resource", "NAME", "A further resource that means an accelerator, for example example.com/npu; a * at the end stands for any ending. Repeatable.");
    private readonly Option<string?> _cross = settings.Text("--cross-namespace", "granted|any", "Who may name an Instrumentation of another namespace: those that it grants, or any.", "granted");

    public override InjectionOptions Read(ParseResult result) => new()
    {
        Disabled = Split(result.GetValue(_disable)).ToHashSet(StringComparer.Ordinal),
        AcceleratorResources = [.. Split(result.GetValue(_accelerators))],
        CrossNamespace = result.GetValue(_cross) == "any" ? CrossNamespace.Any : CrossNamespace.Granted,
    };

    public override IEnumerable<string> Problems(ParseResult result)
    {
        if (result.GetValue(_cross) is not ("granted" or "any")) yield return $"--cross-namespace '{result.GetValue(_cross)}' is not known: write granted or any";
        foreach (var name in Split(result.GetValue(_disable)))
        {
            if (!InjectorCatalog.Names.Contains(name, StringComparer.Ordinal))
                yield return $"--disable '{name}' is no injector: write one of {string.Join(", ", InjectorCatalog.Names)}";
        }
    }
}
