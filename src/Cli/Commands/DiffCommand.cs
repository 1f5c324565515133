using System.CommandLine;
using Spanhook.Cli.Diffing;
using Spanhook.Cli.Explaining;

namespace Spanhook.Cli.Commands;

/// <summary><c>diff</c>: what the webhook changes in a workload, line by line.</summary>
internal sealed class DiffCommand : Command, IHelpNotes
{
    private const string About = "Prints what the webhook would change in a workload, as a unified diff of YAML.";

    private const string Notes = """
        Of a workload its pod template is injected; of a pod that belongs to one, the pod as it would be created now. Exit codes are those of kubectl diff:
        0 nothing would change; 1 there is a difference; 2 the usage, a manifest or an object of the cluster is wrong; 3 the API server does not answer, or
        does not let you. What of a running pod is out of date is told by 'kubectl spanhook explain pod/NAME'.

        Examples:
          kubectl spanhook diff -f deploy.yaml --cluster cluster/
          kubectl spanhook diff deployment/web -n shop
          helm template . | kubectl spanhook diff -f - -n ml
        """;

    private readonly SubjectOptions _subject = new();
    private readonly Terminal _terminal;

    public DiffCommand(Terminal terminal)
        : base("diff", About)
    {
        _terminal = terminal;
        _subject.AddTo(this);
        SetAction(RunAsync);
    }

    public string HelpNotes => Notes;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var decided = await new SubjectReader(_subject.Of(parsed), _terminal).DecideAsync(cancellation);
        foreach (var workload in decided.Manifests.SelectMany(manifest => manifest.Workloads).Where(workload => decided.Obstacle(workload) is not null).DistinctBy(workload => workload.Namespace, StringComparer.Ordinal))
            _terminal.Warning($"nothing of it happens: {decided.Obstacle(workload)!.Text}");
        var differs = new DiffOutput(_terminal).Write(decided);
        return decided.HasMistake ? ExitCodes.BadInput : differs ? ExitCodes.FoundSomething : ExitCodes.Done;
    }
}
