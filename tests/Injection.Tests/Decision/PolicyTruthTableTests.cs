using System.Text.Json.Nodes;
using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Api.Meta;
using Spanhook.Api.Policy;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Decision;
using Spanhook.Support;

namespace Spanhook.Injection.Tests.Decision;

/// <summary>
/// Label of the namespace × label of the pod × annotation of the pod × of the namespace × mode × opt-out × rollout × a second policy × whose settings,
/// each combination against <see cref="PolicyModel"/>.
/// </summary>
public sealed class PolicyTruthTableTests
{
    private const string Java = "instrumentation.opentelemetry.io/inject-java";

    private static readonly string?[] Annotations = [null, "true", "false", "other/shared"];
    private static readonly bool[] Both = [false, true];

    public static TheoryData<string?, string?> AnnotationPairs => [.. Annotations.SelectMany(pod => Annotations.Select(ns => (pod, ns)))];

    /// <summary>None, and every kind of company above and below the first policy.</summary>
    private static readonly ModelPolicy?[] SecondPolicies =
    [
        null,
        new("second", 1, "Enforce") { AsksForJava = true, CarriesSettings = true },
        new("second", 1, "Enforce") { CarriesSettings = true },
        new("second", 20, "Audit") { AsksForJava = true, CarriesSettings = true, OptOut = "Denied" },
        new("second", 20, "Off") { OnlyWeb = true },
        new("second", 20, "Enforce") { AsksForJava = true, Percent = 0, OptOut = "Allowed" },
    ];

    [Theory, MemberData(nameof(AnnotationPairs))]
    public void Every_combination_gives_what_the_model_says(string? pod, string? ns)
    {
        var combinations = Situations(pod, ns).ToList();
        Assert.Equal(576, combinations.Count);
        foreach (var situation in combinations)
        {
            var expected = PolicyModel.Answer(situation);
            var actual = Injected.From(PodOf(situation), "shop", ClusterOf(situation));
            var shown = actual.Result.Decisions.Select(Shown).Order(StringComparer.Ordinal);
            var what = $"{situation} with {string.Join(" and ", situation.Policies)}";
            Assert.True(expected.Decisions.Order(StringComparer.Ordinal).SequenceEqual(shown), $"{what}: expected {string.Join(", ", expected.Decisions)} but is {string.Join(", ", shown)}");
            Assert.True(expected.Policies.SequenceEqual(actual.Result.Policies), $"{what}: expected the policies {string.Join(", ", expected.Policies)} but is {string.Join(", ", actual.Result.Policies)}");
            Assert.True(expected.IsPatched == actual.Patch.Length > 0, what);
        }
    }

    [Fact]
    public void The_table_reaches_every_reason_of_policies()
    {
        var codes = AnnotationPairs.SelectMany(row => Situations(row.Data.Item1, row.Data.Item2)).SelectMany(s => PolicyModel.Answer(s).Decisions).Select(d => d.Split(' ')[0]).ToHashSet(StringComparer.Ordinal);
        string[] expected = ["injected", "audit_only", "audit_skipped", "not_requested", "opted_out_pod", "opted_out_namespace", "opt_out_denied", "instrumentation_not_found", "rollout_not_selected", "policy_off"];
        Assert.Equal(expected.Order(StringComparer.Ordinal), codes.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<ModelSituation> Situations(string? pod, string? ns) =>
        from isTeamMl in Both
        from isWeb in Both
        from mode in (string[])["Enforce", "Audit", "Off"]
        from optOut in (string[])["Allowed", "Denied"]
        from percent in (int[])[0, 100]
        from carries in Both
        from second in SecondPolicies
        let first = new ModelPolicy("first", 10, mode) { OnlyTeamMl = true, OnlyWeb = true, AsksForJava = true, Percent = percent, OptOut = optOut, CarriesSettings = carries }
        select new ModelSituation(pod, ns, second is null ? [first] : [first, second]) { IsTeamMl = isTeamMl, IsWeb = isWeb };

    private static string PodOf(ModelSituation situation) => new JsonObject
    {
        ["metadata"] = new JsonObject
        {
            ["name"] = "cart",
            ["labels"] = situation.IsWeb ? new JsonObject { ["app"] = "web" } : null,
            ["annotations"] = situation.PodAnnotation is { } annotation ? new JsonObject { [Java] = annotation } : null,
        },
        ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "app" }) },
    }.ToJsonString();

    private static ClusterSnapshot ClusterOf(ModelSituation situation) => ClusterSnapshot.Compile(new ClusterObjects
    {
        Namespaces =
        [
            new Namespace
            {
                Metadata = new()
                {
                    Name = "shop",
                    Labels = situation.IsTeamMl ? new Dictionary<string, string> { ["team"] = "ml" } : [],
                    Annotations = situation.NamespaceAnnotation is { } annotation ? new Dictionary<string, string> { [Java] = annotation } : [],
                },
            },
        ],
        Instrumentations = [new() { Metadata = new() { Name = "shared", Namespace = "other", Annotations = new Dictionary<string, string> { ["instrumentation.opentelemetry.io/allowed-namespaces"] = "*" } } }],
        Policies = [.. situation.Policies.Select(PolicyOf)],
    });

    private static TracingPolicy PolicyOf(ModelPolicy policy) => new()
    {
        Metadata = new() { Name = policy.Name },
        Spec = new()
        {
            Mode = policy.Mode,
            Priority = policy.Priority,
            NamespaceSelector = policy.OnlyTeamMl ? Label("team", "ml") : null,
            PodSelector = policy.OnlyWeb ? Label("app", "web") : null,
            Inject = policy.AsksForJava ? new() { Languages = ["java"] } : null,
            Rollout = new() { Percent = policy.Percent },
            OptOut = policy.OptOut,
            Instrumentation = policy.CarriesSettings ? new() { Exporter = new() { Endpoint = $"http://{policy.Name}:4318" } } : null,
        },
    };

    private static LabelSelector Label(string key, string value) => new() { MatchLabels = new Dictionary<string, string> { [key] = value } };

    /// <summary>As the model has it: the source only where something is, or would be, injected from it.</summary>
    private static string Shown(InjectionDecision decision)
    {
        var isInjection = decision.Reason == Reasons.Injected || decision.Reason == Reasons.AuditOnly || decision.Reason == Reasons.OptOutDenied;
        return string.Join(' ', new[] { decision.Reason.Code, isInjection ? decision.Source : null, decision.Policy }.OfType<string>());
    }
}
