using System.Globalization;
using System.Text.Json.Nodes;
using Spanhook.Cli.Connection;

namespace Spanhook.Cli.Checking;

/// <summary>The webhook's replicas: are they there, and what do they say of themselves.</summary>
internal static class DeploymentChecks
{
    private const string Name = "deployment";
    private static readonly TimeSpan CertificateSoon = TimeSpan.FromHours(48);
    private static readonly TimeSpan TooStale = TimeSpan.FromMinutes(5);

    public static async Task<IReadOnlyList<CheckResult>> RunAsync(Installed installed, CancellationToken cancellation)
    {
        JsonObject? deployment;
        try
        {
            deployment = await installed.Session.FindAsync(installed.DeploymentPath, cancellation);
        }
        catch (ClusterException e) when (e.IsForbidden)
        {
            return [CheckResult.NotAllowed(Name, e), await SecretAsync(installed, cancellation)];
        }

        if (deployment is null)
        {
            return [CheckResult.Fail(Name, $"there is no Deployment {installed.Deployment} in namespace {installed.Namespace}",
                "apply deploy/kustomize/base or the Helm chart; --install-namespace and --deployment name another")];
        }

        return [Replicas(installed, deployment), await BudgetAsync(installed, cancellation), .. await ServedAsync(installed, deployment, cancellation)];
    }

    private static CheckResult Replicas(Installed installed, JsonObject deployment)
    {
        var wanted = (int?)deployment["spec"]?["replicas"] ?? 1;
        var available = (int?)deployment["status"]?["availableReplicas"] ?? 0;
        var text = $"{available} of {wanted} replicas are available";
        var look = $"kubectl describe deployment {installed.Deployment} -n {installed.Namespace}";
        if (available == 0) return CheckResult.Fail(Name, text, look);
        if (available < wanted) return CheckResult.Warn(Name, text, look);
        return wanted == 1 ? CheckResult.Warn(Name, text, "run at least 2: pods that are created while the only one is away are not injected") : CheckResult.Ok(Name, text);
    }

    private static async Task<CheckResult> BudgetAsync(Installed installed, CancellationToken cancellation)
    {
        const string name = "disruption budget";
        var names = new List<string>();
        try
        {
            await installed.Session.ListAsync($"/apis/policy/v1/namespaces/{installed.Namespace}/poddisruptionbudgets", item => names.Add(item["metadata"]?["name"]?.ToString() ?? ""), cancellation);
        }
        catch (ClusterException e) when (e.IsForbidden)
        {
            return CheckResult.NotAllowed(name, e);
        }

        return names.Count > 0
            ? CheckResult.Ok(name, string.Join(", ", names))
            : CheckResult.Warn(name, $"namespace {installed.Namespace} has none: a drain may take all replicas at once", "apply the shipped PodDisruptionBudget");
    }

    /// <summary>Asks each replica through the API server; where that is not allowed, the Secret has to do.</summary>
    private static async Task<IReadOnlyList<CheckResult>> ServedAsync(Installed installed, JsonObject deployment, CancellationToken cancellation)
    {
        var results = new List<CheckResult>();
        try
        {
            foreach (var pod in await installed.ReplicasAsync(deployment, cancellation))
            {
                var name = pod["metadata"]?["name"]?.ToString() ?? "";
                results.Add(await ReplicaAsync(installed, name, cancellation));
            }
        }
        catch (ClusterException e) when (e.IsForbidden)
        {
            return [await SecretAsync(installed, cancellation)];
        }

        return results.Count > 0 ? results : [await SecretAsync(installed, cancellation)];
    }

    private static async Task<CheckResult> ReplicaAsync(Installed installed, string pod, CancellationToken cancellation)
    {
        var name = $"replica {pod}";
        string text;
        try
        {
            text = await installed.Session.GetTextAsync($"/api/v1/namespaces/{installed.Namespace}/pods/{pod}:9464/proxy/metrics", cancellation);
        }
        catch (ClusterException e) when (!e.IsForbidden)
        {
            return CheckResult.Warn(name, "its metrics cannot be read", $"it must listen with --management-listen=[::]:9464, and the API server must reach it: {e.Message}");
        }

        var metrics = ReplicaMetrics.Parse(text);
        var logs = $"kubectl logs {pod} -n {installed.Namespace}";
        if (metrics.IsSynced == false) return CheckResult.Fail(name, "it has not loaded the cluster's objects: it injects nothing", logs);
        if (metrics.CaBundleMatches == false) return CheckResult.Fail(name, "the API server does not trust its certificate: caBundle does not match it", $"it heals within a minute where the webhook may patch its configuration: {logs}");
        if (metrics.CertificateEnd is not { } end) return CheckResult.Warn(name, "it serves no certificate yet", logs);
        var life = $"certificate until {end.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC{(metrics.CaBundleMatches == true ? ", matches caBundle" : "")}";
        if (end <= installed.Now) return CheckResult.Fail(name, $"{life}: expired", logs);
        if (metrics.Stale is { } stale && stale > TooStale) return CheckResult.Warn(name, $"{life}; what it knows of the cluster is {(int)stale.TotalMinutes} min old", logs);
        return end - installed.Now < CertificateSoon ? CheckResult.Warn(name, life, $"it should have been renewed by now: {logs}") : CheckResult.Ok(name, life);
    }

    /// <summary>Whether the authority that signs is one that the API server trusts.</summary>
    private static async Task<CheckResult> SecretAsync(Installed installed, CancellationToken cancellation)
    {
        const string name = "served certificate";
        try
        {
            var secret = await installed.Session.FindAsync($"/api/v1/namespaces/{installed.Namespace}/secrets/spanhook-ca", cancellation);
            if (secret?["data"]?["ca.crt"]?.ToString() is not { Length: > 0 } signing || CaBundleCheck.Read(signing) is not [var authority, ..])
                return CheckResult.Warn(name, $"Secret {installed.Namespace}/spanhook-ca holds no authority", "the webhook writes it when it runs; with cert-manager it stays empty");
            var trusted = (installed.Configuration?.Entries ?? []).All(entry =>
                CaBundleCheck.Read(entry["clientConfig"]?["caBundle"]?.ToString() ?? "").Any(certificate => certificate.Thumbprint == authority.Thumbprint));
            return trusted
                ? CheckResult.Ok(name, $"signed by an authority of caBundle (Secret {installed.Namespace}/spanhook-ca)")
                : CheckResult.Fail(name, $"the authority of Secret {installed.Namespace}/spanhook-ca is not in caBundle", "the replica that holds the Lease publishes it within a minute: see its log");
        }
        catch (ClusterException e) when (e.IsForbidden)
        {
            return CheckResult.NotAllowed(name, e);
        }
    }
}
