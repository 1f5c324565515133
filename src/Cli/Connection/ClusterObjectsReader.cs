using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Api.OpenTelemetry;
using Spanhook.Api.Policy;

namespace Spanhook.Cli.Connection;

/// <summary>Reads what the webhook watches: Namespaces (the one, or all), Instrumentations and TracingPolicies of the whole cluster.</summary>
internal sealed class ClusterObjectsReader(ClusterSession session)
{
    private const string InstrumentationGroup = "/apis/opentelemetry.io/v1alpha1";
    private const string PolicyPath = "/apis/spanhook.dev/v1alpha1/tracingpolicies";

    public async Task<ClusterObjects> ReadAsync(CancellationToken cancellation) => new()
    {
        Namespaces = await NamespacesAsync(cancellation),
        Instrumentations = await InstrumentationsAsync(cancellation),
        Policies = await ReadPoliciesAsync(cancellation),
        KnowsEveryNamespace = session.IsAllNamespaces,
    };

    private async Task<IReadOnlyList<Namespace>> NamespacesAsync(CancellationToken cancellation)
    {
        const string path = "/api/v1/namespaces";
        var namespaces = new List<Namespace>();
        if (session.IsAllNamespaces)
        {
            await session.ListAsync(path, Into(namespaces, ApiJsonContext.Default.Namespace), cancellation, metadataOnly: true);
            return namespaces;
        }

        var one = await session.FindAsync($"{path}/{session.Namespace}", cancellation)
            ?? throw new ClusterException($"there is no namespace {session.Namespace}: name another with --namespace", 404);
        Into(namespaces, ApiJsonContext.Default.Namespace)(one);
        return namespaces;
    }

    // A pod may name an Instrumentation of another namespace; who may not see those learns that it is so.
    private async Task<IReadOnlyList<Instrumentation>> InstrumentationsAsync(CancellationToken cancellation)
    {
        var found = new List<Instrumentation>();
        var add = Into(found, ApiJsonContext.Default.Instrumentation);
        bool isServed;
        try
        {
            isServed = await session.ListAsync($"{InstrumentationGroup}/instrumentations", add, cancellation);
        }
        catch (ClusterException e) when (e.IsForbidden && !session.IsAllNamespaces)
        {
            found.Clear();
            session.Terminal.Warning($"only the Instrumentations of namespace {session.Namespace} are known: {e.Message}");
            isServed = await session.ListAsync(session.InScope(InstrumentationGroup, "instrumentations"), add, cancellation);
        }

        if (!isServed) session.Terminal.Warning("the cluster has no Instrumentations (instrumentations.opentelemetry.io is not installed): 'kubectl spanhook check' tells more");
        return found;
    }

    /// <summary>The TracingPolicies alone.</summary>
    public async Task<IReadOnlyList<TracingPolicy>> ReadPoliciesAsync(CancellationToken cancellation)
    {
        var found = new List<TracingPolicy>();
        if (!await session.ListAsync(PolicyPath, Into(found, ApiJsonContext.Default.TracingPolicy), cancellation))
            session.Terminal.Warning("the cluster has no TracingPolicies (tracingpolicies.spanhook.dev is not installed): 'kubectl spanhook check' tells more");
        return found;
    }

    // One that cannot be read is one that the webhook does not use either.
    private Action<JsonObject> Into<T>(List<T> list, JsonTypeInfo<T> type) => item =>
    {
        try
        {
            list.Add(item.Deserialize(type)!);
        }
        catch (JsonException e)
        {
            session.Terminal.Warning($"{typeof(T).Name} {item["metadata"]?["namespace"]}/{item["metadata"]?["name"]} cannot be read: {e.Message}");
        }
    };
}
