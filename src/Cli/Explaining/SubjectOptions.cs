using System.CommandLine;
using Spanhook.Cli.Connection;
using Spanhook.Cli.Workloads;
using Spanhook.Injection;
using Shared = Spanhook.Cli.Options;

namespace Spanhook.Cli.Explaining;

/// <summary>What a command looks at, and by what it decides: manifests or a workload of the cluster; a cluster that is described in files, or one that runs.</summary>
internal sealed class SubjectOptions
{
    private readonly WorkloadArgument _workload = new(
        "A workload of the cluster, for example deployment/web, sts/db, lws/llama or pod/web-5c9-x7k; with -f, the one that is meant of the manifests.",
        isRequired: false);

    private readonly Option<string[]> _files = Shared.Files();
    private readonly Option<bool> _recursive = Shared.Recursive();
    private readonly Option<string?> _cluster = new("--cluster")
    {
        Description = "Decide without a network, by a file or folder of Namespaces, Instrumentations and TracingPolicies; a workload is looked for in it too.",
        HelpName = "PATH",
    };

    private readonly ConnectionOptions _connection = new();
    private readonly InjectorOptions _injector = new();

    public SubjectOptions() => _files.Required = false;

    public void AddTo(Command command)
    {
        _workload.AddTo(command);
        foreach (var option in (Option[])[_files, _recursive, _cluster]) command.Add(option);
        _connection.AddTo(command);
        _injector.AddTo(command);
        command.Validators.Add(result =>
        {
            var hasFiles = result.GetValue(_files) is { Length: > 0 };
            if (!hasFiles && result.Children.All(child => child is not System.CommandLine.Parsing.ArgumentResult { Tokens.Count: > 0 }))
                result.AddError("Nothing is named: give -f FILE, or TYPE/NAME for a workload of the cluster.");
        });
    }

    public Subject Of(ParseResult parsed) => new()
    {
        Workload = _workload.Of(parsed),
        Files = parsed.GetValue(_files) ?? [],
        IsRecursive = parsed.GetValue(_recursive),
        Cluster = parsed.GetValue(_cluster),
        Namespace = _connection.Namespace(parsed),
        Options = _injector.Read(parsed),
        Connect = terminal => _connection.Connect(parsed, terminal),
    };
}

/// <summary>What was asked for.</summary>
internal sealed record Subject
{
    /// <summary>The one workload that is meant; null for all of <see cref="Files"/>.</summary>
    public required WorkloadName? Workload { get; init; }

    /// <summary>Manifests; empty when the cluster has it.</summary>
    public required IReadOnlyList<string> Files { get; init; }
    public required bool IsRecursive { get; init; }

    /// <summary>The files that stand for a cluster; null when one that runs is asked.</summary>
    public required string? Cluster { get; init; }

    /// <summary>As given; null when none was.</summary>
    public required string? Namespace { get; init; }
    public required InjectionOptions Options { get; init; }
    public required Func<Terminal, ClusterSession> Connect { get; init; }
}
