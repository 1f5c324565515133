using System.Buffers;
using System.Text.Json;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Decision;
using Spanhook.Manifests;

namespace Spanhook.Injection.Tests.Decision;

/// <summary>What <see cref="PodInjector.Explain"/> says, step by step.</summary>
public sealed class ExplanationTests
{
    private const string Cluster = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: ml, labels: {team: ml}}
        ---
        apiVersion: spanhook.dev/v1alpha1
        kind: TracingPolicy
        metadata: {name: compliance}
        spec:
          priority: 100
          optOut: Denied
          instrumentation: {sampler: {type: parentbased_always_on}, exporter: {endpoint: "http://collector:4317"}}
        ---
        apiVersion: spanhook.dev/v1alpha1
        kind: TracingPolicy
        metadata: {name: gpu}
        spec:
          priority: 50
          inject: {engines: [auto]}
          rollout: {percent: 70}
          namespaceSelector: {matchLabels: {team: ml}}
          podSelector: {matchExpressions: [{key: app, operator: In, values: [llama, mistral]}]}
          instrumentation: {sampler: {type: always_off}, propagators: [tracecontext]}
        ---
        apiVersion: spanhook.dev/v1alpha1
        kind: TracingPolicy
        metadata: {name: trial}
        spec: {mode: Audit, priority: 40, inject: {languages: [python]}, podSelector: {matchExpressions: [{key: app, operator: Exists}]}}
        ---
        apiVersion: spanhook.dev/v1alpha1
        kind: TracingPolicy
        metadata: {name: shops}
        spec: {priority: 30, inject: {languages: [java]}, namespaceSelector: {matchLabels: {team: shop}}}
        ---
        apiVersion: spanhook.dev/v1alpha1
        kind: TracingPolicy
        metadata: {name: carts}
        spec: {priority: 20, inject: {languages: [java]}, podSelector: {matchLabels: {app: cart}}}
        ---
        apiVersion: spanhook.dev/v1alpha1
        kind: TracingPolicy
        metadata: {name: freeze}
        spec: {mode: "Off", priority: 10}
        ---
        apiVersion: spanhook.dev/v1alpha1
        kind: TracingPolicy
        metadata: {name: last}
        spec: {inject: {languages: [nodejs]}}
        """;

    private const string Engine = """{"name":"engine","image":"vllm/vllm-openai:v0.22.0","command":["vllm","serve","m"]}""";

    [Fact]
    public void Every_gate_policy_and_choice_is_a_step()
    {
        var explanation = Explain($$$"""{"metadata":{"name":"llama-0","labels":{"app":"llama"},"annotations":{"instrumentation.opentelemetry.io/inject-vllm":"false"}},"spec":{"containers":[{{{Engine}}}]}}""");
        Assert.Equal(
            """
            + request: the creation of a pod in namespace ml
            + annotations: pod inject-vllm: "false"
            + asked: by an annotation, TracingPolicy gpu, a policy in mode Audit, a policy behind TracingPolicy freeze, which is Off
            + static pod: it is none, so it can be changed
            + shape: it is a pod that can be injected
            + TracingPolicy compliance: priority 100, Enforce: matches; gives optOut Denied, instrumentation.exporter.endpoint, instrumentation.sampler
            + TracingPolicy gpu: priority 50, Enforce: matches; gives inject.engines [auto] for 70 % of workloads, instrumentation.propagators
            + TracingPolicy trial: priority 40, Audit: matches; gives inject.languages [python]
            - TracingPolicy shops: priority 30, Enforce: namespace ml does not match its namespaceSelector: team=shop
            - TracingPolicy carts: priority 20, Enforce: the pod does not match its podSelector: app=cart
            - TracingPolicy freeze: priority 10, Off: matches, and ends the list
            - TracingPolicy last: priority 0, Enforce: matches, but TracingPolicy freeze above it is Off
            + vllm: asked for by TracingPolicy gpu (spec.inject.engines); 70 % of workloads, and Pod llama-0 is at 39.03 %, so it is selected
            + vllm: settings of TracingPolicy compliance: spec.instrumentation of the policies that cover the pod, the highest first
            """.Split('\n'),
            Lines(explanation).Take(14));
        Assert.Equal(["compliance", "gpu", "trial", "freeze"], explanation.Result.Policies);
        var decisions = Lines(explanation).Skip(14).ToList();
        Assert.Contains("+ vllm, container engine: injected from TracingPolicy compliance, asked for by TracingPolicy gpu", decisions);
        Assert.Contains(decisions, line => line.StartsWith("- vllm: the annotation \"false\" is not respected", StringComparison.Ordinal) && line.EndsWith("TracingPolicy compliance (opt_out_denied)", StringComparison.Ordinal));
        Assert.Contains(decisions, line => line.StartsWith("- nodejs: a policy in mode Off covers this pod", StringComparison.Ordinal) && line.EndsWith("last asks for it (policy_off)", StringComparison.Ordinal));
        Assert.Contains("- python, container engine: the policy is in mode Audit: it would be injected (audit_only)", decisions);
        Assert.Equal(explanation.Result.Decisions.Count, decisions.Count);
    }

    [Theory]
    [InlineData("""{"metadata":{"name":"x","annotations":{"kubernetes.io/config.mirror":"1"}},"spec":{"containers":[{"name":"a"}]}}""", "static pod", "a static pod of a node cannot be changed")]
    [InlineData("""{"metadata":{"name":"x"},"spec":{"containers":[]}}""", "shape", "the object is no pod that can be injected: spec.containers is not a list of containers (pod_invalid)")]
    public void A_gate_that_does_not_let_a_pod_pass_ends_the_gates(string pod, string subject, string text)
    {
        var steps = Explain(pod).Steps;
        var failed = steps.First(s => s.Passed == false);
        Assert.Equal(new ExplainedStep(subject, false, text), failed);
    }

    [Fact]
    public void Nothing_asked_for_is_a_step_too()
    {
        var steps = Explain("""{"metadata":{"name":"x"},"spec":{"containers":[{"name":"a"}]}}""", cluster: "apiVersion: v1\nkind: Namespace\nmetadata: {name: ml}\n").Steps;
        Assert.Equal(["request", "annotations", "asked", "pod"], steps.Select(s => s.Subject));
        Assert.Equal([true, null, false, false], steps.Select(s => s.Passed));
    }

    [Fact]
    public void An_annotation_is_named_with_the_Instrumentation_that_it_means()
    {
        const string cluster = "apiVersion: opentelemetry.io/v1alpha1\nkind: Instrumentation\nmetadata: {name: mine, namespace: ml}\nspec: {}\n";
        var lines = Lines(Explain("""{"metadata":{"name":"x","annotations":{"instrumentation.opentelemetry.io/inject-java":"true"}},"spec":{"containers":[{"name":"a"}]}}""", cluster)).ToList();
        Assert.Contains("+ java: asked for by the pod's annotation instrumentation.opentelemetry.io/inject-java: \"true\"", lines);
        Assert.Contains("+ java: settings of Instrumentation ml/mine: the only one of the namespace", lines);
        Assert.Contains("+ java, container a: injected from Instrumentation ml/mine", lines);
    }

    [Fact]
    public void What_is_no_creation_of_a_pod_has_one_step_and_its_decision()
    {
        using var document = JsonDocument.Parse("{}");
        var explanation = new PodInjector(InjectionOptions.Default).Explain(new(new(document.RootElement), "ml", IsPodCreation: false), ClusterSnapshot.Empty, new ArrayBufferWriter<byte>());
        Assert.Equal(["request", "pod"], explanation.Steps.Select(s => s.Subject));
        Assert.Equal(Reasons.NotAPodCreation, explanation.Result.Leading.Reason);
    }

    private static Explanation Explain(string pod, string cluster = Cluster)
    {
        using var document = JsonDocument.Parse(pod);
        var snapshot = ClusterSnapshot.Compile(ClusterManifests.From(ManifestReader.Parse(cluster, "cluster.yaml")).Objects);
        return new PodInjector(InjectionOptions.Default).Explain(InjectionRequest.ForPod(new(document.RootElement), "ml"), snapshot, new ArrayBufferWriter<byte>());
    }

    private static IEnumerable<string> Lines(Explanation explanation) =>
        explanation.Steps.Select(step => $"{step.Passed switch { true => '+', false => '-', null => ' ' }} {step.Subject}: {step.Text}");
}
