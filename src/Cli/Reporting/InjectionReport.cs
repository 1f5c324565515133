using System.Globalization;
using Spanhook.Cli.Injecting;
using Spanhook.Injection.Decision;
using Spectre.Console;

namespace Spanhook.Cli.Reporting;

/// <summary>
/// For people: per workload and container what was added and by which object's wish, or why not. The text is the same with and without
/// colours, and stable: it is a golden file of the tests.
/// </summary>
internal sealed class InjectionReport(IAnsiConsole console)
{
    private static readonly Style Title = new(decoration: Decoration.Bold);
    private static readonly Style Good = new(Color.Green);
    private static readonly Style Bad = new(Color.Yellow);
    private static readonly Style Removed = new(Color.Red);
    private static readonly Style Faint = new(decoration: Decoration.Dim);

    public void Write(IReadOnlyList<InjectedManifest> manifests)
    {
        var workloads = manifests.SelectMany(manifest => manifest.Workloads).ToArray();
        foreach (var workload in workloads)
        {
            foreach (var pod in workload.Pods) Write(workload, pod);
        }

        var injected = workloads.Count(workload => workload.Pods.Any(pod => pod.Result.IsInjected));
        Line((string.Create(CultureInfo.InvariantCulture, $"{workloads.Length} workload{(workloads.Length == 1 ? "" : "s")}, {injected} injected"), Title));
    }

    /// <summary>Whose pod it is, and whether it is injected.</summary>
    public void WriteTitle(InjectedWorkload workload, InjectedPod pod)
    {
        var role = pod.Template.Role is null ? "" : $" ({pod.Template.Role})";
        Line(($"{workload.Title}{role}: ", Title), pod.Result.IsInjected ? ("injected", Good) : ("not injected", Bad));
    }

    /// <summary>What was decided for each container, and what was added to it and to the pod.</summary>
    public void WriteResult(InjectedPod pod)
    {
        var decisions = pod.Result.Decisions;
        var containers = PodDiff.Containers(pod.Before, pod.After);
        foreach (var decision in decisions.Where(decision => !containers.Any(entry => entry.Container == decision.Container))) Write(decision, "  ");
        foreach (var (container, changes) in containers)
        {
            var own = decisions.Where(decision => decision.Container == container).ToArray();
            if (own.Length == 0 && changes.Count == 0) continue;
            Line(("  container ", Style.Plain), (container, Title));
            foreach (var decision in own) Write(decision, "    ");
            foreach (var change in changes) Write(change);
        }

        var rest = PodDiff.Pod(pod.Before, pod.After);
        if (rest.Count > 0) Line(("  pod", Style.Plain));
        foreach (var change in rest) Write(change);
    }

    private void Write(InjectedWorkload workload, InjectedPod pod)
    {
        WriteTitle(workload, pod);
        WriteResult(pod);
        Line();
    }

    private void Write(InjectionDecision decision, string indent)
    {
        if (decision.Reason == Reasons.Injected)
        {
            var detail = decision.Detail is null ? "" : $": {decision.Detail}";
            Line(($"{indent}{decision.Injector} ", Style.Plain), ("injected", Good), ($" from {decision.Source ?? "the defaults"}{detail}", Style.Plain));
            return;
        }

        // Under its container's heading the container need not be named again.
        var message = (decision.Container is not null && indent.Length > 2 ? decision with { Container = null } : decision).Message;
        Line(($"{indent}{message}", decision.Reason.Severity == Severity.Warning ? Bad : Faint));
    }

    private void Write(Change change)
    {
        var (sign, style) = change.Kind switch
        {
            ChangeKind.Added => ('+', Good),
            ChangeKind.Changed => ('~', Bad),
            _ => ('-', Removed),
        };
        Line(($"    {sign} {change.What} {change.Name}", style));
    }

    private void Line(params IReadOnlyList<(string Text, Style Style)> parts)
    {
        // A Paragraph, because markup would read brackets and emoji codes in what users wrote.
        var line = new Paragraph();
        foreach (var (text, style) in parts) line.Append(text.ReplaceLineEndings("\\n"), style);
        console.Write(line);
        console.WriteLine();
    }
}
