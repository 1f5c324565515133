using System.CommandLine;
using Spanhook.KubeClient;

namespace Spanhook.Cli.Connection;

/// <summary>Which cluster, as whom, and where in it: the options of kubectl, meaning what they mean there.</summary>
internal sealed class ConnectionOptions
{
    private readonly Option<string?> _kubeconfig = new("--kubeconfig")
    {
        Description = "The kubeconfig [default: KUBECONFIG, else ~/.kube/config; in a pod its service account].",
        HelpName = "FILE",
    };

    private readonly Option<string?> _context = new("--context")
    {
        Description = "The context of the kubeconfig [default: the current one].",
        HelpName = "NAME",
    };

    private readonly Option<string?> _namespace = new("--namespace", "-n")
    {
        Description = "The namespace [default: that of the context, else default].",
        HelpName = "NS",
    };

    private readonly Option<bool>? _allNamespaces;

    /// <param name="hasNamespace">Whether the command is about something in a namespace.</param>
    /// <param name="hasAllNamespaces">Whether it can be about all of them.</param>
    public ConnectionOptions(bool hasNamespace = true, bool hasAllNamespaces = false)
    {
        HasNamespace = hasNamespace;
        if (hasAllNamespaces) _allNamespaces = new Option<bool>("--all-namespaces", "-A") { Description = "All namespaces." };
    }

    private bool HasNamespace { get; }

    /// <summary>Whether the command line names a cluster: then a command that could do without one asks it.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetResult(_kubeconfig) is not null || parsed.GetResult(_context) is not null;

    /// <summary>The namespace that was given; null when none was.</summary>
    public string? Namespace(ParseResult parsed) => HasNamespace ? parsed.GetValue(_namespace) : null;

    public void AddTo(Command command)
    {
        command.Add(_kubeconfig);
        command.Add(_context);
        if (HasNamespace) command.Add(_namespace);
        if (_allNamespaces is null) return;
        command.Add(_allNamespaces);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_allNamespaces) && result.GetValue(_namespace) is not null) result.AddError("--namespace and --all-namespaces exclude each other: give one.");
        });
    }

    /// <summary>Asks nothing yet.</summary>
    /// <exception cref="ClusterException">The kubeconfig cannot be used.</exception>
    public ClusterSession Connect(ParseResult parsed, Terminal terminal)
    {
        try
        {
            var config = ApiServerConfig.Load(parsed.GetValue(_kubeconfig), parsed.GetValue(_context));
            return new ClusterSession(config, Namespace(parsed), _allNamespaces is not null && parsed.GetValue(_allNamespaces), terminal);
        }
        catch (ApiServerConfigException e)
        {
            throw ClusterException.From(e);
        }
    }
}
