using Spanhook.Api;
using Spanhook.Api.Policy;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Decision;
using Spanhook.Support;

namespace Spanhook.Injection.Tests.Properties;

/// <summary>What holds for every pod and any policies, besides what holds for every patch (<see cref="PatchProperties"/>, whose clusters have such policies too).</summary>
public sealed class PolicyProperties
{
    private const string Namespace = Situation.Namespace;

    [Fact]
    public void The_situations_reach_every_reason_of_policies()
    {
        var codes = new HashSet<string>(StringComparer.Ordinal);
        Situation.Holds(30, situation => codes.UnionWith(situation.Inject().Codes));
        Assert.Superset(new HashSet<string>(StringComparer.Ordinal) { "injected", "audit_only", "audit_skipped", "opt_out_denied", "rollout_not_selected", "policy_off", "pod_choice_preferred", "container_names_required" }, codes);
    }

    [Fact]
    public void The_order_of_policies_in_the_input_does_not_matter() => Situation.Holds(31, situation =>
    {
        var objects = ObjectsOf(situation);
        var backwards = Inject(situation, objects with { Policies = [.. objects.Policies.Reverse()] });
        var forwards = Inject(situation, objects);
        Assert.Equal(forwards.Patch, backwards.Patch);
        Assert.Equal(forwards.Result.Decisions, backwards.Result.Decisions);
        Assert.Equal(forwards.Result.Policies, backwards.Result.Policies);
    });

    [Fact]
    public void A_policy_in_mode_Audit_changes_no_patch() => Situation.Holds(32, situation =>
    {
        var objects = ObjectsOf(situation);
        var without = Inject(situation, objects with { Policies = [.. objects.Policies.Where(p => p.Spec.Mode != "Audit")] });
        var with = Inject(situation, objects);
        Assert.Equal(without.Patch, with.Patch);
        Assert.Equal(without.Result.Warnings.Where(w => !w.Contains("instrumentation_not_found", StringComparison.Ordinal)), with.Result.Warnings.Where(w => !w.Contains("instrumentation_not_found", StringComparison.Ordinal)));
    });

    [Fact]
    public void What_is_enforced_is_what_was_audited() => Situation.Holds(33, situation =>
    {
        // Of one policy: together with others, it would also change what they do.
        var policy = new PolicyGenerator(new Dice(situation.Seed), () => new() { Exporter = new() { Endpoint = "http://collector:4318" } }).Policy("only");
        var audited = Inject(situation, WithOnly(situation, policy with { Spec = policy.Spec with { Mode = "Audit" } }));
        var enforced = Inject(situation, WithOnly(situation, policy with { Spec = policy.Spec with { Mode = "Enforce" } }));
        var silent = Inject(situation, WithOnly(situation, policy with { Spec = policy.Spec with { Mode = "Off" } }));
        var wouldBe = Targets(audited, Reasons.AuditOnly).Concat(Targets(audited, Reasons.Injected)).Concat(Targets(audited, Reasons.AlreadyInjected)).ToHashSet();
        var became = Targets(enforced, Reasons.Injected).Concat(Targets(enforced, Reasons.AlreadyInjected)).ToHashSet();
        Assert.Subset(wouldBe, Targets(enforced, Reasons.Injected).ToHashSet());
        Assert.All(Targets(audited, Reasons.AuditOnly), target => Assert.Contains(target, became));
        Assert.Equal(silent.Patch, audited.Patch);
    });

    [Fact]
    public void A_higher_percentage_only_adds() => Situation.Holds(34, situation =>
    {
        var policy = new PolicyGenerator(new Dice(situation.Seed), () => new() { Exporter = new() { Endpoint = "http://collector:4318" } }).Policy("only");
        var before = new HashSet<(string?, string?)>();
        foreach (var percent in (int[])[0, 1, 10, 50, 99, 100])
        {
            var now = Targets(Inject(situation, WithOnly(situation, policy with { Spec = policy.Spec with { Mode = "Enforce", Rollout = new() { Percent = percent } } })), Reasons.Injected).ToHashSet();
            Assert.Subset(now, before);
            before = now;
        }
    });

    [Fact]
    public void A_policy_makes_no_injection_of_an_annotation_fail() => Situation.Holds(37, situation =>
    {
        // Without settings of theirs, which an annotation would use too.
        var without = Inject(situation, ObjectsOf(situation) with { Policies = [] });
        var policies = new PolicyGenerator(new Dice(situation.Seed), () => new() { Exporter = new() { Endpoint = "http://collector:4318" } }).Policies(4)
            .Select(p => p with { Spec = p.Spec with { Engines = null, Mode = "Enforce", Instrumentation = null } });
        var with = Inject(situation, ObjectsOf(situation) with { Policies = [.. policies] });
        Assert.Subset(Targets(with, Reasons.Injected).ToHashSet(), Targets(without, Reasons.Injected).ToHashSet());
    });

    [Fact]
    public void Nobody_is_warned_of_what_nobody_asked_for() => Situation.Holds(35, situation =>
    {
        var result = situation.Inject().Result;
        if (!result.Decisions.Any(d => d.Reason.Severity == Severity.Warning)) return;
        var isAnnotated = situation.Pod.Contains("/inject-", StringComparison.Ordinal) || ObjectsOf(situation).Namespaces[0].Metadata.Annotations.Keys.Any(k => k.Contains("/inject-", StringComparison.Ordinal));
        Assert.True(isAnnotated || ObjectsOf(situation).Policies.Any(p => result.Policies.Contains(p.Metadata.Name) && p.Spec.Mode is null or "Enforce" && p.Spec.Inject is not null));
    });

    [Fact]
    public void An_explanation_comes_to_the_same_result() => Situation.Holds(36, situation =>
    {
        using var document = System.Text.Json.JsonDocument.Parse(situation.Pod);
        var patch = new System.Buffers.ArrayBufferWriter<byte>();
        var explanation = new PodInjector(InjectionOptions.Default).Explain(InjectionRequest.ForPod(new(document.RootElement), Namespace), situation.Cluster, patch);
        var injected = situation.Inject();
        Assert.Equal(injected.Patch, patch.WrittenSpan.ToArray());
        Assert.Equal(injected.Result.Decisions, explanation.Result.Decisions);
        var covering = explanation.Steps.Where(s => s.Subject.StartsWith("TracingPolicy ", StringComparison.Ordinal) && (s.Passed == true || s.Text.EndsWith("ends the list", StringComparison.Ordinal))).Select(s => s.Subject["TracingPolicy ".Length..]);
        Assert.Equal(explanation.Result.Policies, covering);
    });

    private static ClusterObjects ObjectsOf(Situation situation) => new ClusterGenerator(new Dice(situation.Seed)).Cluster();

    private static ClusterObjects WithOnly(Situation situation, TracingPolicy policy) => ObjectsOf(situation) with { Policies = [policy] };

    private static Injected Inject(Situation situation, ClusterObjects objects) => Injected.From(situation.Pod, Namespace, ClusterSnapshot.Compile(objects));

    private static IEnumerable<(string? Injector, string? Container)> Targets(Injected injected, Reason reason) =>
        injected.Result.Decisions.Where(d => d.Reason == reason).Select(d => (d.Injector, d.Container));
}
