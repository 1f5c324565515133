using System.Text.Json.Nodes;
using Spanhook.Cli.Comparing;
using Spanhook.Cli.Tests.Online;
using Spanhook.Injection;
using Spanhook.Injection.Cluster;
using Spanhook.Manifests;
using Spanhook.Support;

namespace Spanhook.Cli.Tests.Comparing;

/// <summary>A running pod against what would be injected now.</summary>
public sealed class PodComparerTests
{
    private const string Endpoint = "http://collector:4318";

    private static readonly PodComparer Comparer = Of($$"""
        apiVersion: opentelemetry.io/v1alpha1
        kind: Instrumentation
        metadata: {name: default, namespace: ml}
        spec: {exporter: {endpoint: "{{Endpoint}}"} }
        """);

    [Fact]
    public void A_pod_as_it_was_stored_after_its_injection_is_fresh() => AssertState(PodState.Fresh, Running());

    [Fact]
    public void A_pod_without_injection_that_nobody_asked_for_is_untouched() =>
        AssertState(PodState.Untouched, Running(annotation: null, endpoint: null), annotation: null);

    [Fact]
    public void A_pod_that_is_older_than_the_annotation_misses_it() => AssertState(PodState.Missing, Running(annotation: null, endpoint: null));

    [Fact]
    public void A_pod_whose_annotation_was_taken_away_has_too_much() => AssertState(PodState.Surplus, Running(), annotation: null);

    [Fact]
    public void A_pod_from_another_endpoint_is_stale() =>
        Assert.Equal(["container app: env OTEL_EXPORTER_OTLP_ENDPOINT has another value"], AssertState(PodState.Stale, Running(endpoint: "http://old:4318")));

    [Theory]
    [InlineData("container app: env OTEL_SERVICE_NAME is missing", "env", "OTEL_SERVICE_NAME", null)]
    [InlineData("container app: env OTEL_SERVICE_NAME has another value", "env", "OTEL_SERVICE_NAME", "other")]
    [InlineData("container app: env JAVA_TOOL_OPTIONS has another value", "env", "JAVA_TOOL_OPTIONS", "-Xmx1g")]
    public void A_changed_variable_is_named(string difference, string field, string name, string? value)
    {
        var pod = Running();
        var variables = pod["spec"]!["containers"]![0]![field]!.AsArray();
        var variable = variables.Single(entry => entry!["name"]!.GetValue<string>() == name)!;
        if (value is null) variables.Remove(variable);
        else variable["value"] = value;
        Assert.Equal([difference], AssertState(PodState.Stale, pod));
    }

    [Fact]
    public void An_agent_that_another_webhook_put_behind_ours_is_no_difference()
    {
        var pod = Running();
        var variable = pod["spec"]!["containers"]![0]!["env"]!.AsArray().Single(entry => entry!["name"]!.GetValue<string>() == "JAVA_TOOL_OPTIONS")!;
        variable["value"] = $"{variable["value"]} -javaagent:/other.jar";
        AssertState(PodState.Fresh, pod);
    }

    [Fact]
    public void A_variable_of_ours_that_would_not_be_set_any_more_is_named()
    {
        var pod = Running();
        pod["spec"]!["containers"]![0]!["env"]!.AsArray().Add(new JsonObject { ["name"] = "OTEL_TRACES_SAMPLER", ["value"] = "always_on" });
        Assert.Equal(["container app: env OTEL_TRACES_SAMPLER would not be set any more"], AssertState(PodState.Stale, pod));
    }

    [Fact]
    public void Another_image_of_the_agent_is_a_difference()
    {
        var pod = Running();
        pod["spec"]!["initContainers"]![0]!["image"] = "agent:old";
        Assert.Equal(["init container opentelemetry-auto-instrumentation-java: image is another"], AssertState(PodState.Stale, pod));
    }

    [Fact]
    public void What_others_add_to_the_pod_is_no_difference()
    {
        var pod = Running();
        pod["spec"]!["containers"]!.AsArray().Insert(0, new JsonObject { ["name"] = "istio-proxy", ["env"] = new JsonArray(new JsonObject { ["name"] = "OTEL_X", ["value"] = "1" }) });
        pod["spec"]!["tolerations"] = new JsonArray();
        pod["metadata"]!["annotations"]!["sidecar"] = "yes";
        AssertState(PodState.Fresh, pod);
    }

    [Fact]
    public void The_name_of_the_Instrumentation_alone_is_no_difference()
    {
        var pod = Running();
        pod["metadata"]!["annotations"]![PodMark.Key] = "java/app=Instrumentation/ml/renamed";
        AssertState(PodState.Fresh, pod);
    }

    [Fact]
    public void Arguments_that_an_engine_got_and_would_get_otherwise_now_are_a_difference()
    {
        var template = Pods.Template("llm", "instrumentation.opentelemetry.io/inject-vllm");
        template["spec"]!["containers"]![0]!["image"] = "vllm/vllm-openai:v0.17.0";
        template["spec"]!["containers"]![0]!["args"] = new JsonArray("--model", "m");
        var controller = Pods.ReplicaSet(Pods.Deployment("llm"), "6d5f");
        var running = Pods.Running(controller, template, "p0", "http://old:4317");

        var comparison = Comparer.Compare(running, AsTemplatePod(template, "llm"), "ml");

        Assert.Equal(PodState.Stale, comparison.State);
        Assert.Contains("container app: args are others", comparison.Differences);
        Assert.Equal(PodState.Fresh, Comparer.Compare(Pods.Running(controller, template, "p0", Endpoint), AsTemplatePod(template, "llm"), "ml").State);
    }

    [Theory]
    [InlineData(Endpoint, nameof(PodState.Fresh))]
    [InlineData("http://old:4318", nameof(PodState.Fresh))] // what a bare pod was before is known nowhere
    [InlineData(null, nameof(PodState.Missing))]
    public void Of_a_bare_pod_only_what_is_missing_can_be_told(string? endpoint, string state)
    {
        var pod = Running(endpoint: endpoint);
        pod["metadata"]!.AsObject().Remove("ownerReferences");
        Assert.Equal(state, Comparer.Compare(pod, null, "ml").State.ToString());
    }

    [Fact]
    public void A_template_that_was_injected_by_the_command_line_is_fresh()
    {
        var template = Pods.Template("web", Pods.InjectJava);
        var injected = Pods.Inject(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Pod", ["metadata"] = template["metadata"]!.DeepClone(), ["spec"] = template["spec"]!.DeepClone() }, "ml", Endpoint);
        var running = Pods.Running(Pods.ReplicaSet(Pods.Deployment("web"), "6d5f"), injected, "p0", Endpoint);
        Assert.Equal(PodState.Fresh, Comparer.Compare(running, AsTemplatePod(injected, "web"), "ml").State);
    }

    /// <summary>Every injector: what was just injected, and stored with defaults, is fresh; and without the injection something is missing.</summary>
    [Fact]
    public void Every_fixture_is_fresh_after_its_injection_and_misses_it_before()
    {
        var injected = 0;
        foreach (var which in Case.All.Select(Case.Named))
        {
            var comparer = new PodComparer(new PodInjector(InjectionOptions.Default), which.Snapshot);
            var pod = which.Pod().AsObject();
            var (after, result) = comparer.Inject(pod, which.Namespace);
            if (!result.IsInjected) continue;
            injected++;
            var fresh = comparer.Compare(Pods.WithDefaults((JsonObject)after.DeepClone()), (JsonObject)pod.DeepClone(), which.Namespace);
            Assert.True(fresh.State == PodState.Fresh, $"{which.Name}: {fresh.State}: {string.Join(", ", fresh.Differences)}");
            var before = comparer.Compare(Pods.WithDefaults((JsonObject)pod.DeepClone()), (JsonObject)pod.DeepClone(), which.Namespace);
            Assert.True(before.State == (PodMark.Of(pod) is null ? PodState.Missing : PodState.Stale), $"{which.Name}: {before.State}");
        }

        Assert.True(injected > 50, $"only {injected} fixtures were injected");
    }

    private static IReadOnlyList<string> AssertState(PodState state, JsonObject running, string? annotation = Pods.InjectJava)
    {
        var comparison = Comparer.Compare(running, AsTemplatePod(Pods.Template("web", annotation), "web"), "ml");
        Assert.True(comparison.State == state, $"{comparison.State}: {string.Join(", ", comparison.Differences)}");
        return comparison.Differences;
    }

    private static JsonObject Running(string? annotation = Pods.InjectJava, string? endpoint = Endpoint) =>
        Pods.Running(Pods.ReplicaSet(Pods.Deployment("web"), "6d5f"), Pods.Template("web", annotation), "p0", endpoint);

    private static JsonObject AsTemplatePod(JsonObject template, string name)
    {
        var deployment = Pods.Deployment(name);
        deployment["spec"]!["template"] = new JsonObject { ["metadata"] = template["metadata"]!.DeepClone(), ["spec"] = template["spec"]!.DeepClone() };
        var document = ManifestReader.Parse(deployment.ToJsonString(), "web")[0];
        return WorkloadTemplate.Of(ManifestObject.In(document, document.ToNode())[0])[0].ToPod("ml");
    }

    private static PodComparer Of(string cluster) =>
        new(new PodInjector(InjectionOptions.Default), ClusterSnapshot.Compile(ClusterManifests.From(ManifestReader.Parse(cluster, "cluster.yaml")).Objects));
}
