using System.Buffers;
using System.Text.Json;
using Spanhook.KubeClient;
using Spanhook.Server.Certificates.SelfManaged;
using Spanhook.Server.Cluster;

namespace Spanhook.Server.Reporting.Publishing;

/// <summary>
/// The ConfigMap of the reports in the API server. It is never made here. Every write names the version that it was made from, so that a write
/// whose answer was lost is either in what is read next or never happens.
/// </summary>
internal sealed class ReportStore(ApiServerClient client, SelfManagedOptions options, TimeProvider time)
{
    /// <summary>Comes empty with the manifests.</summary>
    public const string Name = "spanhook-reports";

    private readonly string _path = $"/api/v1/namespaces/{options.Namespace}/configmaps/{Name}";

    /// <summary>For people.</summary>
    public string FullName => $"{options.Namespace}/{Name}";

    /// <summary>Null when there is none.</summary>
    /// <exception cref="ApiServerException">It cannot be read.</exception>
    public async Task<ReportBook?> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            return new(await time.InTime(token => client.GetAsync(_path, ReportJsonContext.Default.ConfigMap, token), cancellation));
        }
        catch (ApiServerException e) when (e.Status == StatusCodes.Status404NotFound)
        {
            return null;
        }
    }

    /// <summary>Server-side apply of one key by a manager of its own: no other key is touched.</summary>
    /// <exception cref="ApiServerException">A conflict, when the object was changed since that version.</exception>
    public Task ApplyAsync(string instance, string version, byte[] report, CancellationToken cancellation) =>
        time.InTime(token => client.ApplyAsync(_path, Key(instance, version, report), "spanhook-" + instance, force: true, token), cancellation);

    /// <summary>All keys at once.</summary>
    /// <inheritdoc cref="ApplyAsync"/>
    public Task ReplaceAsync(ConfigMap map, CancellationToken cancellation) =>
        time.InTime(token => client.ReplaceAsync(_path, map, ReportJsonContext.Default.ConfigMap, token), cancellation);

    private byte[] Key(string instance, string version, byte[] report)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("apiVersion", "v1");
        json.WriteString("kind", "ConfigMap");
        json.WriteStartObject("metadata");
        json.WriteString("name", Name);
        json.WriteString("namespace", options.Namespace);
        json.WriteString("resourceVersion", version);
        json.WriteEndObject();
        json.WriteStartObject("binaryData");
        json.WriteBase64String(ReportBook.InstancePrefix + instance, report);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
