using System.Text.Json.Nodes;
using Spanhook.Cli.Connection;

namespace Spanhook.Cli.Checking;

/// <summary>The CRDs, in the version that the webhook reads.</summary>
internal static class DefinitionChecks
{
    private const string Version = "v1alpha1";

    private static readonly (string Plural, string Group)[] Needed = [("instrumentations", "opentelemetry.io"), ("tracingpolicies", "spanhook.dev")];

    public static async Task<IReadOnlyList<CheckResult>> RunAsync(Installed installed, CancellationToken cancellation)
    {
        var results = new List<CheckResult>();
        foreach (var (plural, group) in Needed) results.Add(await OneAsync(installed.Session, plural, group, cancellation));
        return results;
    }

    private static async Task<CheckResult> OneAsync(ClusterSession session, string plural, string group, CancellationToken cancellation)
    {
        var name = $"crd {plural}.{group}";
        const string apply = "kubectl apply --server-side -k deploy/crds";
        JsonObject? definition;
        try
        {
            definition = await session.FindAsync($"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{plural}.{group}", cancellation);
        }
        catch (ClusterException e) when (e.IsForbidden)
        {
            return await ServedAsync(session, name, plural, group, cancellation);
        }

        if (definition is null) return CheckResult.Fail(name, "it is not installed", apply);
        var versions = (definition["spec"]?["versions"] as JsonArray ?? []).OfType<JsonObject>().ToArray();
        var served = versions.FirstOrDefault(version => version["name"]?.ToString() == Version && (bool?)version["served"] == true);
        if (served is null) return CheckResult.Fail(name, $"it does not serve {Version}", apply);
        var isEstablished = (definition["status"]?["conditions"] as JsonArray ?? []).OfType<JsonObject>()
            .Any(condition => condition["type"]?.ToString() == "Established" && condition["status"]?.ToString() == "True");
        if (!isEstablished) return CheckResult.Fail(name, "it is not established", $"kubectl describe crd {plural}.{group}");
        return served["subresources"]?["status"] is null
            ? CheckResult.Warn(name, $"{Version}, without a status: conditions and counters are not written", $"{apply}, or leave it to its owner")
            : CheckResult.Ok(name, Version);
    }

    // Whoever may not read definitions may still ask which resources are served.
    private static async Task<CheckResult> ServedAsync(ClusterSession session, string name, string plural, string group, CancellationToken cancellation)
    {
        JsonObject? resources;
        try
        {
            resources = await session.FindAsync($"/apis/{group}/{Version}", cancellation);
        }
        catch (ClusterException e) when (e.IsForbidden)
        {
            return CheckResult.NotAllowed(name, e);
        }

        var isServed = (resources?["resources"] as JsonArray ?? []).OfType<JsonObject>().Any(resource => resource["name"]?.ToString() == plural);
        return isServed ? CheckResult.Ok(name, $"{Version} is served") : CheckResult.Fail(name, $"{Version} is not served", "kubectl apply --server-side -k deploy/crds");
    }
}
