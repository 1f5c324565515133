using System.CommandLine;
using Spanhook.Cli.Connection;
using Spanhook.Cli.Restarting;
using Spanhook.Cli.Workloads;

namespace Spanhook.Cli.Commands;

/// <summary><c>restart</c>: rolls the workloads whose pods are not as they would be injected now, and takes that back.</summary>
internal sealed class RestartCommand : Command, IHelpNotes
{
    private const string About = "Rolls workloads whose pods are stale or miss their injection, a few at a time; stops at the first that does not get ready.";

    private const string Notes = """
        A workload is rolled as 'kubectl rollout restart' does it, by its template's annotation kubectl.kubernetes.io/restartedAt; an Argo Rollout by
        spec.restartAt. None is started while a PodDisruptionBudget of its pods allows no disruption. The next one is started when all pods of the
        one before are new, ready and injected. What does not roll by itself (bare pods, Jobs, OnDelete) is left alone, and what to do is said.

        --undo returns the workloads of the last run to the template they had before. It creates pods anew too, and what is injected into a new pod is
        decided at its creation: to have them without, switch the injection off first (an annotation, a policy, or 'kubectl spanhook off').

        Exit codes: 0 all that had to be rolled was; 1 something is left, or did not get ready; 2 bad usage; 3 the cluster does not answer or does not
        let you.

        Examples:
          kubectl spanhook restart --stale -n ml --dry-run
          kubectl spanhook restart --stale -A --max-parallel 3 --timeout 10m
          kubectl spanhook restart --stale deployment/llama sts/cache -n ml
          kubectl spanhook restart --undo -n ml
        """;

    private readonly ConnectionOptions _connection = new(hasAllNamespaces: true);
    private readonly InjectorOptions _injector = new();
    private readonly Option<bool> _stale = new("--stale") { Description = "Roll what is stale or misses its injection." };
    private readonly Option<bool> _undo = new("--undo") { Description = "Return what the last run rolled to the template it had before." };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Only say what would be done." };

    private readonly Option<int> _maxParallel = new("--max-parallel")
    {
        Description = "How many workloads roll at a time.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<TimeSpan> _timeout = new("--timeout")
    {
        Description = "How long each workload has to get ready.",
        HelpName = "DURATION",
        DefaultValueFactory = _ => TimeSpan.FromMinutes(5),
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (GoDuration.Parse(text) is { } time) return time;
            result.AddError($"--timeout {text}: write a duration such as 90s or 5m.");
            return default;
        },
    };

    private readonly Argument<WorkloadName[]> _names = WorkloadArguments.Several("The workloads; all of the namespace when none is named.");
    private readonly Terminal _terminal;

    public RestartCommand(Terminal terminal)
        : base("restart", About)
    {
        _terminal = terminal;
        Add(_names);
        foreach (var option in (Option[])[_stale, _undo, _maxParallel, _timeout, _dryRun]) Add(option);
        _connection.AddTo(this);
        _injector.AddTo(this);
        Validators.Add(result =>
        {
            if (result.GetValue(_stale) == result.GetValue(_undo)) result.AddError("Say what to do: --stale rolls what is not as it would be injected now, --undo takes the last run back.");
        });
        _maxParallel.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError("--max-parallel must be 1 or more.");
        });
        SetAction(RunAsync);
    }

    public string HelpNotes => Notes;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using var session = _connection.Connect(parsed, _terminal);
        var settings = new RestartSettings
        {
            MaxParallel = parsed.GetValue(_maxParallel),
            Timeout = parsed.GetValue(_timeout),
            IsDryRun = parsed.GetValue(_dryRun),
        };
        var state = await ClusterState.ReadAsync(session, _injector.Read(parsed), cancellation);
        var job = new RestartJob(session, state, settings, parsed.GetValue(_names) ?? []);
        return await (parsed.GetValue(_undo) ? job.UndoAsync(cancellation) : job.RestartAsync(cancellation));
    }
}
