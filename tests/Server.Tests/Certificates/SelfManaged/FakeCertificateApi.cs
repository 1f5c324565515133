using Spanhook.KubeClient;
using Spanhook.Server.Certificates.SelfManaged;

namespace Spanhook.Server.Tests.Certificates.SelfManaged;

/// <summary>The process was killed: no code of its own sees that.</summary>
internal sealed class KilledException : Exception;

/// <summary>How one replica sees the cluster: late, with errors, or not at all.</summary>
internal sealed class FakeCertificateApi(FakeCluster cluster) : ICertificateApi
{
    /// <summary>Before each call, with its name; may throw, or let others act first.</summary>
    public Action<string> Before { get; set; } = _ => { };

    /// <summary>After each call was carried out; what it throws is an answer that was lost.</summary>
    public Action<string> After { get; set; } = _ => { };

    /// <summary>How old the Secret is that is read.</summary>
    public TimeSpan SecretIsLate { get; set; }

    /// <summary>How old the webhook configuration is that is read.</summary>
    public TimeSpan ConfigurationIsLate { get; set; }

    public Task<Secret?> GetSecretAsync(CancellationToken cancellation) => Call("get secret", () => cluster.SecretAsOf(SecretIsLate));

    public Task<Secret> CreateSecretAsync(Secret secret, CancellationToken cancellation) => Call("create secret", () => cluster.Create(secret));

    public Task<Secret> ReplaceSecretAsync(Secret secret, CancellationToken cancellation) => Call("replace secret", () => cluster.Replace(secret));

    public Task<Lease?> GetLeaseAsync(CancellationToken cancellation) => Call("get lease", () => cluster.Lease);

    public Task<Lease> CreateLeaseAsync(Lease lease, CancellationToken cancellation) => Call("create lease", () => cluster.Create(lease));

    public Task<Lease> ReplaceLeaseAsync(Lease lease, CancellationToken cancellation) => Call("replace lease", () => cluster.Replace(lease));

    public Task<WebhookConfiguration?> GetWebhookConfigurationAsync(CancellationToken cancellation) => Call("get configuration", () => cluster.ConfigurationAsOf(ConfigurationIsLate));

    public Task ApplyCaBundleAsync(WebhookConfiguration read, ReadOnlyMemory<byte> bundle, CancellationToken cancellation) => Call("apply", () =>
    {
        cluster.Apply(read, bundle.ToArray());
        return true;
    });

    /// <summary>What an API server answers to somebody without the right.</summary>
    public static ApiServerException Forbidden(string call) => new(403, "Forbidden", $"{call}: not allowed");

    private Task<T> Call<T>(string name, Func<T> call)
    {
        try
        {
            Before(name);
            var result = call();
            After(name);
            return Task.FromResult(result);
        }
        catch (Exception e)
        {
            return Task.FromException<T>(e);
        }
    }
}
