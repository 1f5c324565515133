using Spanhook.Cli.Connection;
using Spanhook.Cli.Reporting;
using Spanhook.KubeClient;

namespace Spanhook.Cli.Enabling;

/// <summary>Says what a plan means, and does it.</summary>
/// <param name="session">The cluster.</param>
/// <param name="terminal">Where it is said.</param>
/// <param name="live">The workload.</param>
internal sealed class TemplatePatcher(ClusterSession session, Terminal terminal, LiveTemplate live)
{
    /// <summary>The options that say which cluster, for the line that can be copied.</summary>
    public IReadOnlyList<string> Connection { get; init; } = [];

    public required DryRun DryRun { get; init; }

    /// <summary>Whether it is done whatever speaks against it.</summary>
    public required bool IsForced { get; init; }

    /// <summary>Gives the exit code.</summary>
    public async Task<int> RunAsync(TemplatePlan plan, CancellationToken cancellation)
    {
        var (name, full) = (live.Name, $"{FullName}/{live.Name.Name}");
        if (plan.Refusals.Count > 0 && !IsForced)
        {
            foreach (var refusal in plan.Refusals) terminal.Error($"{name} is not patched: {refusal}");
            terminal.Note("Nothing was changed; --force patches it all the same.");
            return ExitCodes.FoundSomething;
        }

        foreach (var refusal in plan.Refusals) terminal.Warning(refusal);
        WriteResult(plan);
        if (plan.Change.IsNone)
        {
            terminal.Out.Write($"{full} unchanged\n");
            return ExitCodes.Done;
        }

        if (Rolling.Warning(live.Workload) is { } warning) terminal.Warning(warning);
        terminal.Out.Write($"{Rolling.Effect(name, live.Workload.Json)} The same by kubectl, or to be written into Git:\n\n");
        terminal.Out.Write($"  {PatchLine.Of(name, live.Namespace, plan.Change.Patch, Connection)}\n\n");
        if (DryRun != DryRun.Client)
            await session.PatchAsync(name.PathIn(live.Namespace), plan.Change.Patch, PatchKind.Merge, cancellation, isDryRun: DryRun == DryRun.Server);
        terminal.Out.Write($"{full} patched{Suffix}\n");
        return ExitCodes.Done;
    }

    private string FullName => live.Name.Type.Group.Length == 0 ? live.Name.Type.Singular : $"{live.Name.Type.Singular}.{live.Name.Type.Group}";

    private string Suffix => DryRun switch
    {
        DryRun.Client => " (dry run)",
        DryRun.Server => " (server dry run)",
        _ => "",
    };

    private void WriteResult(TemplatePlan plan)
    {
        var report = new InjectionReport(terminal.Styled());
        foreach (var edit in plan.Change.Edits)
        {
            terminal.Out.Write(edit.Value is null ? $"The template's annotation {edit.Key} is removed\n" : $"The template's annotation {edit.Key} becomes \"{edit.Value}\"\n");
        }

        foreach (var pod in plan.After.Pods)
        {
            report.WriteTitle(plan.After, pod);
            report.WriteResult(pod);
        }

        terminal.Out.Write("\n");
    }
}

/// <summary>How far a command goes, as with kubectl's --dry-run.</summary>
internal enum DryRun
{
    None,
    Client,
    Server,
}
