using System.Text.Json;
using System.Text.Json.Nodes;
using Spanhook.Api.Core;
using Spanhook.Api.Meta;
using Spanhook.Api.Policy;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Decision;
using Spanhook.Injection.Tests.Properties;

namespace Spanhook.Injection.Tests.Cluster;

/// <summary>The index finds what an evaluation of every selector finds.</summary>
public sealed class PolicyIndexTests
{
    private static readonly string[] PodKeys = ["app", "tier", "team", "spanhook.dev/injected", "ü"];
    private static readonly string[] NamespaceKeys = ["kubernetes.io/metadata.name", "team", "stage"];
    private static readonly string[] Values = ["a", "b", "", "c.d", "é\""];
    private static readonly string[] Namespaces = ["ml", "shop", "unlisted"];

    [Fact]
    public void It_finds_what_the_evaluation_of_every_selector_finds()
    {
        var found = 0;
        for (var seed = 0; seed < 300; seed++)
        {
            var dice = new Dice(seed);
            var generator = new PolicyGenerator(dice, () => new());

            // Across the borders of words, and beyond what is kept on the stack.
            var policies = Enumerable.Range(0, seed % 50 == 0 ? 4200 : dice.Of(1, 3, 63, 64, 65, 130)).Select(i => new TracingPolicy
            {
                Metadata = new() { Name = $"p{i:00000}" },
                Spec = new() { NamespaceSelector = dice.Chance(50) ? generator.Selector(NamespaceKeys, [.. Values, .. Namespaces]) : null, PodSelector = dice.Chance(80) ? generator.Selector(PodKeys, Values) : null },
            }).ToList();
            var cluster = ClusterSnapshot.Compile(new() { Policies = policies, Namespaces = [NamespaceOf("ml", dice), NamespaceOf("shop", dice)] });
            for (var pod = 0; pod < 20; pod++)
            {
                var (labels, ns) = (Labels(dice), dice.Of(Namespaces));
                var expected = cluster.Policies.Policies.Where(p => Matches(p, cluster.Namespace(ns), ns, labels)).Select(p => p.Name).ToList();
                Assert.Equal(expected, Match(cluster, labels, ns).Names);
                Assert.Same(Match(cluster, labels, ns), Match(cluster, labels, ns));
                found += expected.Count;
            }
        }

        Assert.True(found > 5000, $"only {found} policies matched at all");
    }

    [Fact]
    public void A_namespace_that_changes_is_evaluated_anew()
    {
        var compiler = new ClusterCompiler();
        TracingPolicy[] policies = [new() { Metadata = new() { Name = "ml-only" }, Spec = new() { NamespaceSelector = new() { MatchLabels = new Dictionary<string, string> { ["team"] = "ml" } } } }];
        Namespace Shop(string team) => new() { Metadata = new() { Name = "shop", Labels = new Dictionary<string, string> { ["team"] = team } } };
        Assert.Equal(["ml-only"], Match(compiler.Compile(new() { Policies = policies, Namespaces = [Shop("ml")] }), [], "shop").Names);
        Assert.Empty(Match(compiler.Compile(new() { Policies = policies, Namespaces = [Shop("web")] }), [], "shop").Names);
    }

    [Fact]
    public void A_policy_that_changes_is_seen_by_a_namespace_that_does_not()
    {
        var compiler = new ClusterCompiler();
        Namespace[] namespaces = [new() { Metadata = new() { Name = "shop" } }];
        Assert.Equal(["one"], Match(compiler.Compile(new() { Policies = [new() { Metadata = new() { Name = "one" } }], Namespaces = namespaces }), [], "shop").Names);
        Assert.Equal(["two"], Match(compiler.Compile(new() { Policies = [new() { Metadata = new() { Name = "two" } }], Namespaces = namespaces }), [], "shop").Names);
    }

    [Fact]
    public void Combinations_without_end_do_not_fill_the_memory()
    {
        var memo = new PolicyMemo<string>(100, set => string.Join(',', set));
        for (ulong i = 0; i < 10_000; i++)
        {
            Assert.Equal($"{i},7", memo.Of([i, 7]));
            Assert.True(memo.Count <= 100);
        }

        Assert.Same(memo.Of([9_999, 7]), memo.Of([9_999, 7]));
    }

    [Theory]
    [InlineData("""{"app":"\ud800"}""")]
    [InlineData("""{"\ud800":"a"}""")]
    [InlineData("""{"app":7,"team":null,"tier":{}}""")]
    [InlineData("""[]""")]
    [InlineData("\"x\"")]
    public void Labels_that_are_none_match_as_if_they_were_absent(string labels)
    {
        var cluster = ClusterSnapshot.Compile(new() { Policies = [Policy("wants", new() { Key = "app", Operator = "Exists" }), Policy("wants-value", new() { Key = "app", Operator = "In", Values = ["a"] }), Policy("spurns", new() { Key = "app", Operator = "DoesNotExist" })] });
        using var document = JsonDocument.Parse(labels);
        Assert.Equal(["spurns"], cluster.Policies.Match(cluster.Namespace("shop"), "shop", document.RootElement).Names);
    }

    private static TracingPolicy Policy(string name, LabelSelectorRequirement requirement) =>
        new() { Metadata = new() { Name = name }, Spec = new() { PodSelector = new() { MatchExpressions = [requirement] } } };

    // The rules themselves: every policy, every requirement. Our own mark counts as absent.
    private static bool Matches(CompiledPolicy policy, CompiledNamespace ns, string name, Dictionary<string, string> labels) =>
        LabelSelectorMatcher.Matches(policy.NamespaceSelector, key => ns.Label(key, name))
        && LabelSelectorMatcher.Matches(policy.PodSelector, key => key == "spanhook.dev/injected" ? null : labels.GetValueOrDefault(key));

    private static MatchedPolicies Match(ClusterSnapshot cluster, Dictionary<string, string> labels, string ns)
    {
        var pod = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject(labels.Select(l => KeyValuePair.Create(l.Key, (JsonNode?)l.Value))) } };
        using var document = JsonDocument.Parse(pod.ToJsonString());
        return PolicyEvaluator.Match(cluster, new Pod(document.RootElement), ns);
    }

    private static Dictionary<string, string> Labels(Dice dice)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        dice.Some(5, _ => labels[dice.Of(PodKeys)] = dice.Of(Values));
        return labels;
    }

    private static Namespace NamespaceOf(string name, Dice dice)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        dice.Some(2, _ => labels[dice.Of("team", "stage")] = dice.Of(Values));
        return new() { Metadata = new() { Name = name, Labels = labels } };
    }
}
