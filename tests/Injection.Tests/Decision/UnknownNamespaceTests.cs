using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Api.Meta;
using Spanhook.Api.Policy;
using Spanhook.Injection.Cluster;
using Spanhook.Support;

namespace Spanhook.Injection.Tests.Decision;

/// <summary>A namespace may be younger than what is known of the cluster; then nobody knows which policies cover it.</summary>
public class UnknownNamespaceTests
{
    private const string Asking = """{"metadata":{"name":"web","annotations":{"instrumentation.opentelemetry.io/inject-sdk":"true"}},"spec":{"containers":[{"name":"web","image":"web:1"}]}}""";
    private const string Silent = """{"metadata":{"name":"web"},"spec":{"containers":[{"name":"web","image":"web:1"}]}}""";

    private static readonly TracingPolicy Policy = new()
    {
        Metadata = new() { Name = "default" },
        Spec = new() { Instrumentation = new() { Exporter = new() { Endpoint = "http://collector:4317" } } },
    };

    [Theory]
    [InlineData(true, false, "namespace_not_known_yet")]
    [InlineData(true, true, "injected")]
    [InlineData(false, false, "injected")]
    public void A_namespace_that_an_API_server_has_not_told_of_is_not_injected(bool knowsEveryNamespace, bool isKnown, string expected)
    {
        var cluster = ClusterSnapshot.Compile(new ClusterObjects
        {
            Namespaces = isKnown ? [new Namespace { Metadata = new ObjectMeta { Name = "shop" } }] : [],
            Policies = [Policy],
            KnowsEveryNamespace = knowsEveryNamespace,
        });
        Assert.Equal([expected], Injected.From(Asking, "shop", cluster).Codes);
    }

    [Fact]
    public void A_pod_that_asks_for_nothing_is_not_warned_of_it() =>
        Assert.Equal(["not_requested"], Injected.From(Silent, "shop", ClusterSnapshot.Compile(new ClusterObjects { KnowsEveryNamespace = true })).Codes);

    [Theory]
    [InlineData(null, null, "namespace_not_known_yet")] // every namespace
    [InlineData("team", "ml", "namespace_not_known_yet")] // a label that may come
    [InlineData("kubernetes.io/metadata.name", "shop", "namespace_not_known_yet")]
    [InlineData("kubernetes.io/metadata.name", "other", "not_requested")] // the name is known
    public void A_pod_that_a_policy_may_ask_for_is_told_that_its_namespace_is_too_young(string? key, string? value, string expected)
    {
        var policy = Policy with
        {
            Spec = Policy.Spec with { Inject = new() { Languages = ["java"] }, NamespaceSelector = key is null ? null : new() { MatchLabels = new Dictionary<string, string> { [key] = value! } } },
        };
        var injected = Injected.From(Silent, "shop", ClusterSnapshot.Compile(new ClusterObjects { Policies = [policy], KnowsEveryNamespace = true }));
        Assert.Equal([expected], injected.Codes);
        Assert.Empty(injected.Result.Policies);
        Assert.Empty(injected.Patch);
    }
}
