using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spanhook.Cli.Injecting;
using Spanhook.Cli.Reporting;
using Spanhook.Cli.Workloads;
using Spanhook.Injection.Decision;
using Spectre.Console;

namespace Spanhook.Cli.Explaining;

/// <summary>
/// For people: per workload how it was decided, step by step, what was added where or why not, and what to do about it. The text is the same
/// with and without colours.
/// </summary>
internal sealed class ExplanationReport(Terminal terminal, bool hasPatch)
{
    private static readonly Style Title = new(decoration: Decoration.Bold);
    private static readonly Style Good = new(Color.Green);
    private static readonly Style Bad = new(Color.Yellow);
    private static readonly Style Faint = new(decoration: Decoration.Dim);

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly IAnsiConsole _console = terminal.Styled();
    private readonly InjectionReport _report = new(terminal.Styled());

    public void Write(Decided decided)
    {
        var workloads = decided.Manifests.SelectMany(manifest => manifest.Workloads).ToArray();
        foreach (var workload in workloads)
        {
            foreach (var pod in workload.Pods) Write(decided, workload, pod);
        }

        if (workloads.Length == 1) return;
        var injected = workloads.Count(workload => decided.Obstacle(workload) is null && workload.Pods.Any(pod => pod.Result.IsInjected));
        Line((string.Create(CultureInfo.InvariantCulture, $"{workloads.Length} workloads, {injected} injected"), Title));
    }

    private void Write(Decided decided, InjectedWorkload workload, InjectedPod pod)
    {
        WriteHeading(decided, workload, pod);
        Line(("How it is decided", Title));
        foreach (var step in Steps(decided, workload, pod)) Write(step);
        Line((pod.Result.IsInjected && decided.Obstacle(workload) is not null ? "What it would be, if the webhook were asked" : "What comes of it", Title));
        _report.WriteResult(pod);
        if (hasPatch) WritePatch(pod);
        foreach (var hint in Hints.Of(decided, workload, pod))
        {
            Line(("To change it", Title), ($": {hint}", Style.Plain));
        }

        Line();
    }

    private void WriteHeading(Decided decided, InjectedWorkload workload, InjectedPod pod)
    {
        if (decided.Running is { } running)
        {
            var style = running.Comparison.NeedsRestart ? Bad : Good;
            Line(($"{workload.Title}{(running.Owner is null ? "" : $" of {running.Owner}")}: ", Title), (running.Comparison.Title, style));
            foreach (var difference in running.Comparison.Differences) Line(($"  {difference}", Bad));
        }
        else if (decided.Obstacle(workload) is not null)
        {
            Line(($"{workload.Title}{(pod.Template.Role is { } role ? $" ({role})" : "")}: ", Title), ("not injected", Bad));
        }
        else
        {
            _report.WriteTitle(workload, pod);
        }
    }

    /// <summary>The API server's gate, which the webhook never sees, comes first.</summary>
    public static IEnumerable<ExplainedStep> Steps(Decided decided, InjectedWorkload workload, InjectedPod pod) =>
        (decided.Webhook.TryGetValue(workload.Namespace, out var gate) ? [gate, .. pod.Steps] : pod.Steps).Distinct();

    private void Write(ExplainedStep step)
    {
        var (sign, style) = step.Passed switch
        {
            true => ("✓", Good),
            false => ("✗", Bad),
            null => ("·", Faint),
        };
        Line(($"  {sign} ", style), (step.Subject, Style.Plain), ($": {step.Text}", step.Passed is null ? Faint : Style.Plain));
    }

    // An operation to a line: that is JSON all the same.
    private void WritePatch(InjectedPod pod)
    {
        Line(("Patch", Title), (pod.Patch.Count == 0 ? ": []" : "", Style.Plain));
        for (var i = 0; i < pod.Patch.Count; i++)
        {
            var (open, close) = (i == 0 ? "[" : " ", i == pod.Patch.Count - 1 ? "]" : ",");
            Line(($"  {open}{pod.Patch[i]!.ToJsonString(Readable)}{close}", Style.Plain));
        }
    }

    private void Line(params IReadOnlyList<(string Text, Style Style)> parts)
    {
        // A Paragraph, because markup would read brackets and emoji codes in what users wrote.
        var line = new Paragraph();
        foreach (var (text, style) in parts) line.Append(text.ReplaceLineEndings("\\n"), style);
        _console.Write(line);
        _console.WriteLine();
    }

    /// <summary>The commands that would change the answer.</summary>
    private static class Hints
    {
        public static IEnumerable<string> Of(Decided decided, InjectedWorkload workload, InjectedPod pod)
        {
            if (decided.Obstacle(workload) is not null) yield break;
            if (decided.Running is { Comparison.NeedsRestart: true } running)
            {
                yield return running.OwnerName is null
                    ? "delete the pod, so that it is created again: a pod is injected only then"
                    : $"kubectl spanhook restart --stale {running.OwnerName} -n {workload.Namespace}";
            }
            else if (pod.Result.Decisions is [{ Reason.Code: var code }] && code == Reasons.NotRequested.Code && Target(decided, workload) is { } target)
            {
                yield return $"kubectl spanhook enable {target} -n {workload.Namespace}";
            }
        }

        /// <summary>What can be enabled; null for what cannot be changed once it runs.</summary>
        private static string? Target(Decided decided, InjectedWorkload workload)
        {
            if (decided.Running is { } running) return running.OwnerName;
            return WorkloadType.Of(workload.Object.ApiVersion, workload.Object.Kind) is { } type && type != WorkloadType.Pod && type != WorkloadType.Job && type != WorkloadType.JobSet
                ? $"{type.Singular}/{workload.Object.Name}"
                : null;
        }
    }
}
