using System.Text.Json.Nodes;
using Spanhook.Cli.Comparing;
using Spanhook.Cli.Connection;
using Spanhook.Cli.Workloads;
using Spanhook.Injection;
using Spanhook.Injection.Decision;

namespace Spanhook.Cli.Checking;

/// <summary>The proof: a pod that is created in a dry run of the API server comes back injected. Nothing is stored.</summary>
internal static class InjectionCheck
{
    private const string Name = "dry-run pod";

    public static async Task<CheckResult> RunAsync(Installed installed, InjectionOptions options, CancellationToken cancellation)
    {
        var session = installed.Session;
        try
        {
            var state = await ClusterState.ReadAsync(session, options, cancellation);
            if (installed.Configuration?.Covers(session.Namespace, state.LabelsOf(session.Namespace)) == false)
                return CheckResult.Warn(Name, $"the webhook is not asked about pods of namespace {session.Namespace}", "name one that it covers: -n NAMESPACE");
            var asked = Pod(session.Namespace);
            var expected = state.Comparer.Inject(asked, session.Namespace).Result;
            var created = await session.CreateAsync($"/api/v1/namespaces/{session.Namespace}/pods", asked, cancellation, isDryRun: true);
            if (PodMark.Of(created) is { } mark) return CheckResult.Ok(Name, $"comes back injected in namespace {session.Namespace} ({mark})");
            if (!expected.IsInjected) return Unasked(session.Namespace, expected);
            return CheckResult.Fail(Name, $"comes back from namespace {session.Namespace} as it was: the webhook was not called, or failed",
                "the API server must reach the replicas' port 9443 (firewall, NetworkPolicy) and trust them (caBundle): its log names the webhook, theirs the reviews");
        }
        catch (ClusterException e) when (e.Status is 403 or 404 or 422)
        {
            return CheckResult.Warn(Name, $"could not be tried in namespace {session.Namespace}", e.Message);
        }
    }

    private static CheckResult Unasked(string ns, InjectionResult expected)
    {
        var decision = expected.Decisions.FirstOrDefault(found => found.Reason != Reasons.NotRequested) ?? expected.Decisions[0];
        return CheckResult.Warn(Name, $"nothing would be injected in namespace {ns}: {decision.Message}", "name a namespace with an Instrumentation, or that a TracingPolicy gives one: -n NAMESPACE");
    }

    // As small as a pod can be, and as the strictest Pod Security Standard wants it.
    private static JsonObject Pod(string ns) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Pod",
        ["metadata"] = new JsonObject
        {
            ["generateName"] = "spanhook-check-",
            ["namespace"] = ns,
            ["annotations"] = new JsonObject { ["instrumentation.opentelemetry.io/inject-sdk"] = "true" },
        },
        ["spec"] = new JsonObject
        {
            ["automountServiceAccountToken"] = false,
            ["securityContext"] = new JsonObject { ["runAsNonRoot"] = true, ["seccompProfile"] = new JsonObject { ["type"] = "RuntimeDefault" } },
            ["containers"] = new JsonArray(new JsonObject
            {
                ["name"] = "app",
                ["image"] = "spanhook-check",
                ["resources"] = new JsonObject
                {
                    ["requests"] = new JsonObject { ["cpu"] = "10m", ["memory"] = "16Mi" },
                    ["limits"] = new JsonObject { ["cpu"] = "10m", ["memory"] = "16Mi" },
                },
                ["securityContext"] = new JsonObject { ["allowPrivilegeEscalation"] = false, ["capabilities"] = new JsonObject { ["drop"] = new JsonArray("ALL") } },
            }),
        },
    };
}
