using System.Text.Json.Nodes;
using Spanhook.Cli.Connection;
using Spanhook.Cli.Workloads;
using Spanhook.Manifests;

namespace Spanhook.Cli.Restarting;

/// <summary>One call of <c>restart</c>: which workloads, and what is said at the end.</summary>
/// <param name="session">The cluster.</param>
/// <param name="state">What would be injected.</param>
/// <param name="settings">How careful.</param>
/// <param name="names">Those that were named; none for all of the scope.</param>
internal sealed class RestartJob(ClusterSession session, ClusterState state, RestartSettings settings, IReadOnlyList<WorkloadName> names)
{
    private readonly RestartLog _log = new(session.Terminal);

    private string Scope => session.IsAllNamespaces ? "-A" : $"-n {session.Namespace}";

    public async Task<int> RestartAsync(CancellationToken cancellation)
    {
        // New pods without the injection are no better than the old ones.
        if (state.WhyNoneIsInjected is { } why)
        {
            session.Terminal.Error($"nothing is rolled, since nothing is injected now: {why}");
            return ExitCodes.FoundSomething;
        }

        var workloads = (await ReadAsync(cancellation)).Where(workload => workload.NeedRestart > 0).ToArray();
        if (workloads.Length == 0)
        {
            _log.Line($"Nothing to do: every pod {(names.Count == 0 ? $"in {session.Scope} " : "")}is as it would be injected now.");
            return ExitCodes.Done;
        }

        var roller = new WorkloadRoller(session, state, settings, _log);
        return await RunAsync(new RestartRun(settings, session.Terminal.Time, roller.RestartAsync), workloads, $"kubectl spanhook restart --undo {Scope}", cancellation);
    }

    public async Task<int> UndoAsync(CancellationToken cancellation)
    {
        var workloads = await LastRunAsync(cancellation);
        if (workloads.Length == 0)
        {
            _log.Line($"Nothing to undo: no workload {(names.Count == 0 ? $"in {session.Scope}" : "of these")} was rolled by this command.");
            return ExitCodes.Done;
        }

        var roller = new WorkloadRoller(session, state, settings, _log);
        return await RunAsync(new RestartRun(settings, session.Terminal.Time, (workload, stop) => roller.UndoAsync(workload.Key, stop)), workloads, null, cancellation);
    }

    private async Task<int> RunAsync(RestartRun run, IReadOnlyList<Workload> workloads, string? undo, CancellationToken cancellation)
    {
        try
        {
            await run.RunAsync(workloads, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            session.Terminal.Note($"Stopped. What was started goes on by itself.{(undo is null ? "" : $" Undo: {undo}")}");
            return ExitCodes.FoundSomething;
        }

        var (rolled, left, failed) = (run.Count(RestartOutcome.Rolled), run.Count(RestartOutcome.Left), run.Count(RestartOutcome.Failed));
        var (done, planned) = undo is null ? ("returned", "to return") : ("rolled", "to roll");
        var parts = new List<string> { $"{rolled} {(settings.IsDryRun ? planned : done)}" };
        if (left > 0) parts.Add($"{left} left alone");
        if (failed > 0) parts.Add($"{failed} failed");
        if (run.NotStarted > 0) parts.Add($"{run.NotStarted} not started");
        _log.Line(string.Join(", ", parts) + (undo is not null && !settings.IsDryRun && rolled + failed > 0 ? $". Undo: {undo}" : "."));
        return left + failed + run.NotStarted > 0 ? ExitCodes.FoundSomething : ExitCodes.Done;
    }

    private async Task<IReadOnlyList<Workload>> ReadAsync(CancellationToken cancellation)
    {
        if (names.Count == 0) return await new WorkloadReader(session, state).ReadAsync(cancellation);
        var workloads = new List<Workload>();
        foreach (var name in names.Distinct()) workloads.Add(await OneAsync(name, cancellation));
        return workloads;
    }

    private async Task<Workload> OneAsync(WorkloadName name, CancellationToken cancellation) =>
        await new WorkloadReader(session, state).ReadAsync(name, session.Namespace, cancellation)
            ?? throw new ManifestException(new ManifestProblem(name.ToString(), 0, 0, $"there is no {name.Type.Kind} of this name in namespace {session.Namespace}: check the name and --namespace"));

    /// <summary>What was named; else what carries the newest record.</summary>
    private async Task<Workload[]> LastRunAsync(CancellationToken cancellation)
    {
        if (names.Count > 0) return [.. names.Distinct().Select(name => new Workload(WorkloadKey.Of(name.Type, session.Namespace, name.Name)))];
        var found = new List<(string Run, WorkloadKey Key)>();
        foreach (var type in WorkloadType.All)
        {
            if (RollingKind.Of(type) is null) continue;
            await ListAsync(type, item =>
            {
                if (RestartRecord.Of(item) is { } record) found.Add((record.Run, WorkloadKey.Of(type, item["metadata"]?["namespace"]?.ToString() ?? "", item["metadata"]?["name"]?.ToString() ?? "")));
            }, cancellation);
        }

        var last = found.Max(entry => entry.Run);
        return [.. found.Where(entry => entry.Run == last).Select(entry => new Workload(entry.Key))];
    }

    private async Task ListAsync(WorkloadType type, Action<JsonObject> handle, CancellationToken cancellation)
    {
        try
        {
            await session.ListAsync(session.InScope(type.Root, type.Plural), handle, cancellation, metadataOnly: true);
        }
        catch (ClusterException e) when (e.IsForbidden && type.Group != "apps")
        {
            session.Terminal.Warning($"{type.Plural} are not looked at: {e.Message}");
        }
    }
}
