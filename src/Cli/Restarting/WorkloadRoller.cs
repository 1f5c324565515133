using System.Globalization;
using Spanhook.Cli.Connection;
using Spanhook.Cli.Workloads;
using Spanhook.KubeClient;

namespace Spanhook.Cli.Restarting;

/// <summary>Rolls one workload and waits until its pods are new, ready, and injected as they should be.</summary>
/// <param name="session">The cluster.</param>
/// <param name="state">What would be injected.</param>
/// <param name="settings">How careful.</param>
/// <param name="log">Where it says what it does.</param>
internal sealed class WorkloadRoller(ClusterSession session, ClusterState state, RestartSettings settings, RestartLog log)
{
    // The API server may show the pods a moment later than their count.
    private const int LooksAtPods = 5;

    private readonly TimeProvider _time = session.Terminal.Time;
    private readonly DisruptionBudgets _budgets = new(session);

    /// <summary>Of all workloads that this one rolls.</summary>
    public string Run { get; } = session.Terminal.Time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    /// <summary>Rolls a workload whose pods are not as they would be injected now.</summary>
    public async Task<RestartOutcome> RestartAsync(Workload workload, CancellationToken cancellation)
    {
        var key = workload.Key;
        if (!state.Covers(key.Namespace)) return Leave(key, "the webhook is not asked about pods of this namespace: a restart would change nothing");
        if (RollingKind.Of(key.Type) is not { } kind) return Leave(key, Advice.For(workload));
        if (await session.FindAsync(key.Path, cancellation) is not { } item) return Leave(key, "it is gone");
        if (kind.WhyNot(item, Advice.PodsOf(workload)) is { } why) return Leave(key, why);
        if (await _budgets.ObjectionAsync(workload, cancellation) is { } objection) return Leave(key, objection);

        var warning = workload.Controller is { } controller ? $" (it is controlled by {controller}, which may undo this)" : "";
        var reason = $"{workload.NeedRestart} of {workload.Pods} pods would be injected otherwise now";
        if (settings.IsDryRun) return Would(key, $"{reason}: it would be rolled{warning}");
        log.Say(key, $"{reason}: rolling{warning}");
        var at = _time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        await session.PatchAsync(key.Path, kind.Patch(item, Run, at), PatchKind.Merge, cancellation);
        return await WaitAsync(kind, key, "rolled", isInjectionExpected: true, cancellation);
    }

    /// <summary>Returns a workload to the templates that it had before its last restart.</summary>
    public async Task<RestartOutcome> UndoAsync(WorkloadKey key, CancellationToken cancellation)
    {
        if (RollingKind.Of(key.Type) is not { } kind || await session.FindAsync(key.Path, cancellation) is not { } item) return Leave(key, "it is gone");
        if (RestartRecord.Of(item) is not { } record) return Leave(key, "it has no restart to undo");
        var patch = kind.UndoPatch(item, record, out var problem);
        if (problem is not null) return Leave(key, problem);
        if (settings.IsDryRun) return Would(key, $"it would return to the template from before the restart of {record.At}");
        log.Say(key, $"returning to the template from before the restart of {record.At}");
        await session.PatchAsync(key.Path, patch, PatchKind.Merge, cancellation);
        return await WaitAsync(kind, key, "returned", isInjectionExpected: false, cancellation);
    }

    private async Task<RestartOutcome> WaitAsync(RollingKind kind, WorkloadKey key, string done, bool isInjectionExpected, CancellationToken cancellation)
    {
        var start = _time.GetTimestamp();
        var looks = 0;
        while (true)
        {
            await Task.Delay(RestartSettings.Poll, _time, cancellation);
            if (await LookAsync(kind, key, cancellation) is not { } progress) return Leave(key, "it was deleted meanwhile");
            if (progress.IsFailed) return Fail(key, progress.Text);
            if (progress.IsDone)
            {
                var complaint = isInjectionExpected ? await ComplaintAsync(key, cancellation) : null;
                if (complaint is null)
                {
                    log.Say(key, $"{done}: {progress.Text} after {GoDuration.Text(_time.GetElapsedTime(start))}");
                    return RestartOutcome.Rolled;
                }

                if (++looks >= LooksAtPods) return Fail(key, complaint);
            }

            if (_time.GetElapsedTime(start) >= settings.Timeout) return Fail(key, $"not ready after {GoDuration.Text(settings.Timeout)}: {progress.Text}");
        }
    }

    /// <summary>Null when it is gone. An API server that is away for a moment is no failure of the workload.</summary>
    private async Task<RollProgress?> LookAsync(RollingKind kind, WorkloadKey key, CancellationToken cancellation)
    {
        try
        {
            return await session.FindAsync(key.Path, cancellation) is { } item ? kind.ProgressOf(item) : null;
        }
        catch (ClusterException e) when (!e.IsForbidden)
        {
            return new RollProgress(false, e.Message);
        }
    }

    /// <summary>What is wrong with the new pods' injection; null when nothing is. To roll on would be for nothing.</summary>
    private async Task<string?> ComplaintAsync(WorkloadKey key, CancellationToken cancellation)
    {
        var workload = await new WorkloadReader(session, state).ReadAsync(new WorkloadName(key.Type!, key.Name), key.Namespace, cancellation);
        if (workload is null || workload.NeedRestart == 0) return null;
        var example = workload.Examples[0];
        return $"its new pods are not injected as they should be ({example.Pod}: {example.Differences[0]}): kubectl spanhook check tells whether the webhook works";
    }

    private RestartOutcome Leave(WorkloadKey key, string why)
    {
        log.Say(key, $"left alone: {why}");
        return RestartOutcome.Left;
    }

    private RestartOutcome Would(WorkloadKey key, string what)
    {
        log.Say(key, $"{what} (dry run)");
        return RestartOutcome.Rolled;
    }

    private RestartOutcome Fail(WorkloadKey key, string why)
    {
        log.Say(key, $"FAILED: {why}");
        log.Line($"  look:  kubectl describe {key} -n {key.Namespace}");
        log.Line($"  undo:  kubectl spanhook restart --undo {key} -n {key.Namespace}");
        if (key.Type?.Group == "apps") log.Line($"  or:    kubectl rollout undo {key} -n {key.Namespace}");
        return RestartOutcome.Failed;
    }
}
