using Spanhook.KubeClient;
using Spanhook.Server.Cluster;
using Spanhook.Server.Reporting.Publishing;

namespace Spanhook.Server.Reporting.Events;

/// <summary>The events in the API server. They are only created: one that happens again is another one, with its count.</summary>
internal sealed class EventStore(ApiServerClient client, InstanceName name, TimeProvider time)
{
    private long _number = time.GetUtcNow().UtcTicks;

    /// <exception cref="ApiServerException">It cannot be written now.</exception>
    public Task CreateAsync(WorkloadEvent told, CancellationToken cancellation)
    {
        var written = EventObject.Of(told, name.Text, Interlocked.Increment(ref _number));
        return time.InTime(token => client.CreateAsync($"/api/v1/namespaces/{Uri.EscapeDataString(told.Namespace)}/events", written, EventJsonContext.Default.EventObject, token), cancellation);
    }
}
