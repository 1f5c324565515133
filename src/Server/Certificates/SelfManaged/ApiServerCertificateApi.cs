using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spanhook.KubeClient;
using Spanhook.Server.Cluster;

namespace Spanhook.Server.Certificates.SelfManaged;

/// <summary>The objects of a real API server.</summary>
internal sealed class ApiServerCertificateApi(ApiServerClient client, SelfManagedOptions options, TimeProvider time) : ICertificateApi
{
    private const string FieldManager = "spanhook";

    private readonly string _secrets = $"/api/v1/namespaces/{options.Namespace}/secrets";
    private readonly string _leases = $"/apis/coordination.k8s.io/v1/namespaces/{options.Namespace}/leases";
    private readonly string _configuration = $"/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/{options.WebhookConfiguration}";

    public Task<Secret?> GetSecretAsync(CancellationToken cancellation) => GetAsync($"{_secrets}/{options.CaSecret}", CertificateJsonContext.Default.Secret, cancellation);

    public Task<Secret> CreateSecretAsync(Secret secret, CancellationToken cancellation) =>
        time.InTime(token => client.CreateAsync(_secrets, secret, CertificateJsonContext.Default.Secret, token), cancellation);

    public Task<Secret> ReplaceSecretAsync(Secret secret, CancellationToken cancellation) =>
        time.InTime(token => client.ReplaceAsync($"{_secrets}/{options.CaSecret}", secret, CertificateJsonContext.Default.Secret, token), cancellation);

    public Task<Lease?> GetLeaseAsync(CancellationToken cancellation) => GetAsync($"{_leases}/{options.Lease}", CertificateJsonContext.Default.Lease, cancellation);

    public Task<Lease> CreateLeaseAsync(Lease lease, CancellationToken cancellation) =>
        time.InTime(token => client.CreateAsync(_leases, lease, CertificateJsonContext.Default.Lease, token), cancellation);

    public Task<Lease> ReplaceLeaseAsync(Lease lease, CancellationToken cancellation) =>
        time.InTime(token => client.ReplaceAsync($"{_leases}/{options.Lease}", lease, CertificateJsonContext.Default.Lease, token), cancellation);

    public Task<WebhookConfiguration?> GetWebhookConfigurationAsync(CancellationToken cancellation) =>
        GetAsync(_configuration, CertificateJsonContext.Default.WebhookConfiguration, cancellation);

    public Task ApplyCaBundleAsync(WebhookConfiguration read, ReadOnlyMemory<byte> bundle, CancellationToken cancellation) =>
        time.InTime(token => client.ApplyAsync(_configuration, Configuration(read, bundle.Span), FieldManager, force: true, token), cancellation);

    /// <summary>
    /// Only what is ours, and what tells which entry is meant: <c>webhooks</c> is a list by name. Whatever else an entry requires is there already
    /// and stays with whoever wrote it. The resourceVersion makes it a conflict when it was changed, or deleted, since it was read: an entry is
    /// never made by us.
    /// </summary>
    internal static byte[] Configuration(WebhookConfiguration read, ReadOnlySpan<byte> bundle)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("apiVersion", "admissionregistration.k8s.io/v1");
        json.WriteString("kind", "MutatingWebhookConfiguration");
        json.WriteStartObject("metadata");
        json.WriteString("name", read.Metadata.Name);
        json.WriteString("resourceVersion", read.Metadata.ResourceVersion);
        json.WriteEndObject();
        json.WriteStartArray("webhooks");
        foreach (var entry in read.Webhooks ?? [])
        {
            json.WriteStartObject();
            json.WriteString("name", entry.Name);
            json.WriteStartObject("clientConfig");
            json.WriteBase64String("caBundle", bundle);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private async Task<T?> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await time.InTime(token => client.GetAsync(path, type, token), cancellation);
        }
        catch (ApiServerException e) when (e.Status == StatusCodes.Status404NotFound)
        {
            return null;
        }
    }
}
