using System.Text.Json.Nodes;
using Spanhook.Cli.Injecting;
using Spanhook.Injection.Decision;

namespace Spanhook.Cli.Explaining;

/// <summary>For programs: always a list, an item for each template of each workload.</summary>
internal static class ExplanationJson
{
    public static JsonArray Of(Decided decided) =>
        [.. decided.Manifests.SelectMany(manifest => manifest.Workloads).SelectMany(workload => workload.Pods.Select(pod => Of(decided, workload, pod)))];

    private static JsonObject Of(Decided decided, InjectedWorkload workload, InjectedPod pod)
    {
        var item = new JsonObject
        {
            ["object"] = new JsonObject
            {
                ["apiVersion"] = workload.Object.ApiVersion,
                ["kind"] = workload.Object.Kind,
                ["namespace"] = workload.Namespace,
                ["name"] = workload.Object.Name,
            },
        };
        if (pod.Template.Role is { } role) item["role"] = role;
        if (decided.Running is { } running)
        {
            item["running"] = new JsonObject
            {
                ["state"] = running.Comparison.State.ToString().ToLowerInvariant(),
                ["workload"] = running.OwnerName,
                ["needsRestart"] = running.Comparison.NeedsRestart,
                ["differences"] = new JsonArray([.. running.Comparison.Differences.Select(difference => JsonValue.Create(difference))]),
            };
        }

        item["injected"] = pod.Result.IsInjected && decided.Obstacle(workload) is null;
        item["steps"] = new JsonArray([.. ExplanationReport.Steps(decided, workload, pod).Select(Of)]);
        item["decisions"] = new JsonArray([.. pod.Result.Decisions.Select(Of)]);
        item["patch"] = pod.Patch.DeepClone();
        return item;
    }

    private static JsonObject Of(ExplainedStep step) => new() { ["subject"] = step.Subject, ["passed"] = step.Passed, ["text"] = step.Text };

    private static JsonObject Of(InjectionDecision decision)
    {
        var item = new JsonObject
        {
            ["reason"] = decision.Reason.Code,
            ["severity"] = decision.Reason.Severity == Severity.Warning ? "warning" : "info",
            ["message"] = decision.Message,
        };
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)[("injector", decision.Injector), ("container", decision.Container), ("source", decision.Source)])
        {
            if (value is not null) item[name] = value;
        }

        return item;
    }
}
