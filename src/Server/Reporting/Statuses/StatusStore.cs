using System.Text.Json;
using Spanhook.KubeClient;
using Spanhook.Server.Cluster;

namespace Spanhook.Server.Reporting.Statuses;

/// <summary>The statuses in the API server.</summary>
internal sealed class StatusStore(ApiServerClient client, TimeProvider time)
{
    private const string FieldManager = "spanhook-status";
    private const int PageSize = 250;

    /// <summary>All objects of a kind with their statuses.</summary>
    /// <exception cref="ApiServerException">They cannot be listed.</exception>
    public async Task ListAsync(StatusKind kind, Action<StatusHead, ObjectStatus?> each, CancellationToken cancellation)
    {
        string? next = null;
        do
        {
            var path = $"{kind.Collection}?limit={PageSize}{(next is null ? "" : "&continue=" + Uri.EscapeDataString(next))}";
            var page = await time.InTime(token => client.GetAsync(path, StatusJsonContext.Default.StatusPage, token), cancellation);
            foreach (var item in page.Items ?? []) each(item.Metadata, item.Ours());
            next = page.Metadata.Continue;
        }
        while (!string.IsNullOrEmpty(next));
    }

    /// <summary>Server-side apply: what others wrote into the status stays.</summary>
    /// <exception cref="ApiServerException">404 when there is no such object, or no such subresource; 409 when it was made anew.</exception>
    public Task ApplyAsync(StatusSubject subject, ObjectStatus status, CancellationToken cancellation)
    {
        var metadata = subject.Metadata;
        var applied = new StatusObject
        {
            ApiVersion = subject.Kind.ApiVersion,
            Kind = subject.Kind.Kind,
            Metadata = new() { Name = metadata.Name, Namespace = metadata.Namespace, Uid = metadata.Uid },
            Status = status,
        };
        var json = JsonSerializer.SerializeToUtf8Bytes(applied, StatusJsonContext.Default.StatusObject);
        return time.InTime(token => client.ApplyAsync(subject.Kind.PathOf(metadata.Namespace, metadata.Name) + "/status", json, FieldManager, force: true, token), cancellation);
    }

    /// <summary>Whether the object is there.</summary>
    /// <exception cref="ApiServerException">That cannot be told.</exception>
    public async Task<bool> ExistsAsync(StatusSubject subject, CancellationToken cancellation)
    {
        try
        {
            await time.InTime(token => client.GetAsync(subject.Kind.PathOf(subject.Metadata.Namespace, subject.Metadata.Name), StatusJsonContext.Default.StatusItem, token), cancellation);
            return true;
        }
        catch (ApiServerException e) when (e.Status == StatusCodes.Status404NotFound)
        {
            return false;
        }
    }
}
