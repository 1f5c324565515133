using System.Text.RegularExpressions;
using static Spanhook.EndToEnd.Support.PodView;

namespace Spanhook.EndToEnd;

/// <summary><c>kubectl spanhook enable</c> and <c>disable</c>, judged by kubectl and by the pods that come of it.</summary>
public sealed partial class EnableTests(TestCluster cluster)
{
    private const string Template = """{"metadata": {"labels": {"app": "web"} }, "spec": {"containers": [{"name": "app", "image": "registry.example/web:1.0"}]} }""";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    private Plugin Plugin => new(cluster.Kubectl);

    /// <summary>Kind, its manifest without metadata, and where the annotation must stand.</summary>
    public static TheoryData<string, string, string, string> Kinds => new()
    {
        { "apps/v1", "Deployment", $$"""{"selector": {"matchLabels": {"app": "web"} }, "template": {{Template}} }""", "{.spec.template" },
        { "apps/v1", "StatefulSet", $$"""{"serviceName": "web", "selector": {"matchLabels": {"app": "web"} }, "template": {{Template}} }""", "{.spec.template" },
        { "apps/v1", "DaemonSet", $$"""{"selector": {"matchLabels": {"app": "web"} }, "template": {{Template}} }""", "{.spec.template" },
        { "batch/v1", "CronJob", $$"""{"schedule": "0 0 1 1 *", "jobTemplate": {"spec": {"template": {{Template.Replace("\"containers\"", "\"restartPolicy\": \"Never\", \"containers\"", StringComparison.Ordinal)}} } } }""", "{.spec.jobTemplate.spec.template" },
        { "leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet", $$"""{"leaderWorkerTemplate": {"size": 2, "leaderTemplate": {{Template}}, "workerTemplate": {{Template}} } }""", "{.spec.leaderWorkerTemplate.*" },
        { "argoproj.io/v1alpha1", "Rollout", $$"""{"selector": {"matchLabels": {"app": "web"} }, "template": {{Template}} }""", "{.spec.template" },
    };

    [ClusterTheory, MemberData(nameof(Kinds))]
    public async Task The_template_of_each_kind_is_annotated_and_the_printed_line_does_the_same(string apiVersion, string kind, string spec, string place)
    {
        await cluster.RunWebhookAsync();
        if (apiVersion.Contains(".x-k8s.io", StringComparison.Ordinal)) await DefineAsync("leaderworkersets", "leaderworkerset.x-k8s.io", "v1", kind);
        if (kind == "Rollout") await DefineAsync("rollouts", "argoproj.io", "v1alpha1", kind);
        await using var ns = await TestNamespace.CreateAsync(cluster, kind.ToLowerInvariant());
        await ns.ApplyInstrumentationAsync();
        foreach (var name in (string[])["first", "second"])
            await cluster.Kubectl.ApplyAsync($$"""{"apiVersion": "{{apiVersion}}", "kind": "{{kind}}", "metadata": {"name": "{{name}}", "namespace": "{{ns.Name}}"}, "spec": {{spec}} }""");

        var enabled = await Plugin.InAsync(ns, "enable", $"{kind}/first", "--language", "java", "--instrumentation", "default", "--container", "app");
        var shown = await Plugin.InAsync(ns, "enable", $"{kind}/second", "--language", "java", "--instrumentation", "default", "--container", "app", "--dry-run", "client");
        Assert.Equal((0, 0), (enabled.ExitCode, shown.ExitCode));
        Assert.Null(await AnnotationsAsync(ns, kind, "second", place));
        var copied = await Plugin.ShellAsync(Line(shown));
        Assert.True(copied.Succeeded, copied.Error);
        Assert.Equal(Line(enabled).Replace("first", "second", StringComparison.Ordinal), Line(shown));
        Assert.Equal($"default app {(kind == "LeaderWorkerSet" ? "default app " : "")}", await AnnotationsAsync(ns, kind, "first", place));
        Assert.Equal(await AnnotationsAsync(ns, kind, "first", place), await AnnotationsAsync(ns, kind, "second", place));

        var again = await Plugin.InAsync(ns, "enable", $"{kind}/second", "--language", "java", "--instrumentation", "default", "--container", "app");
        Assert.EndsWith(" unchanged\n", again.Out, StringComparison.Ordinal);

        Assert.True((await Plugin.InAsync(ns, "disable", $"{kind}/first")).Succeeded);
        var ended = await Plugin.ShellAsync(Line(await Plugin.InAsync(ns, "disable", $"{kind}/second", "--dry-run", "client")));
        Assert.True(ended.Succeeded, ended.Error);
        Assert.Null(await AnnotationsAsync(ns, kind, "first", place));
        Assert.Null(await AnnotationsAsync(ns, kind, "second", place));
    }

    [ClusterFact]
    public async Task The_pods_of_an_enabled_Deployment_are_injected_and_of_a_disabled_one_not()
    {
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "enabled");
        await ns.ApplyInstrumentationAsync();
        await ns.SeesAsync("the new Instrumentation", Soon, IsInjected, (InjectJava, "true"));
        await ns.DeployAsync("web");
        Assert.False(IsInjected(await ns.PodOfAsync("web")));

        var dry = await Plugin.InAsync(ns, "enable", "deploy/web", "--language", "java", "--dry-run", "server");
        Assert.EndsWith("deployment.apps/web patched (server dry run)\n", dry.Out, StringComparison.Ordinal);
        Assert.Null(await AnnotationsAsync(ns, "Deployment", "web", "{.spec.template"));

        var enabled = await Plugin.InAsync(ns, "enable", "deploy/web", "--language", "java");
        Assert.True(enabled.Succeeded, enabled.Error);
        Assert.Equal("web", Env(await ns.PodOfAsync("web", IsInjected), "OTEL_SERVICE_NAME"));
        var fields = (await cluster.Kubectl.RunAsync("get", "deployment", "web", "-n", ns.Name, "-o", "json", "--show-managed-fields")).Json["metadata"]!["managedFields"]!.AsArray();
        Assert.Contains(fields, field => field!["manager"]!.GetValue<string>() == "kubectl-spanhook");

        var disabled = await Plugin.InAsync(ns, "disable", "deploy/web");
        Assert.True(disabled.Succeeded, disabled.Error);
        Assert.Null(await AnnotationsAsync(ns, "Deployment", "web", "{.spec.template"));
        Assert.Equal(3, (await cluster.Kubectl.GetAsync("deployment", "web", ns.Name))["metadata"]!["generation"]!.GetValue<int>());
        Assert.StartsWith($"Deployment {ns.Name}/web: not injected\n", (await Plugin.InAsync(ns, "explain", "deploy/web")).Out, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task A_policy_that_denies_to_opt_out_is_named_and_nothing_is_changed()
    {
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "denied");
        await ns.ApplyPolicyAsync("""inject: {languages: [java] }, optOut: Denied, instrumentation: {exporter: {endpoint: "http://policy:4318"} }""");
        await ns.DeployAsync("web");

        var refused = await Plugin.InAsync(ns, "disable", "deployment/web");
        Assert.Equal((1, ""), (refused.ExitCode, refused.Out));
        Assert.Contains($"TracingPolicy {ns.Name} (opt_out_denied)", refused.Error, StringComparison.Ordinal);
        Assert.Null(await AnnotationsAsync(ns, "Deployment", "web", "{.spec.template"));

        await cluster.Kubectl.RunAsync("patch", "tracingpolicy", ns.Name, "--type=merge", "-p", """{"spec":{"optOut":"Allowed"}}""");
        Assert.True((await Plugin.InAsync(ns, "disable", "deployment/web")).Succeeded);
        Assert.Equal("false ", await AnnotationsAsync(ns, "Deployment", "web", "{.spec.template"));
        await ns.SeesAsync("the opt-out", Soon, pod => !IsInjected(pod), (InjectJava, "false"));
        await cluster.Kubectl.RunAsync("delete", "tracingpolicy", ns.Name);
    }

    [ClusterFact]
    public async Task Of_a_Job_it_is_said_that_its_template_cannot_be_changed_and_kubectl_agrees()
    {
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "job");
        var template = Template.Replace("\"containers\"", "\"restartPolicy\": \"Never\", \"containers\"", StringComparison.Ordinal);
        await cluster.Kubectl.ApplyAsync($$"""{"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "once", "namespace": "{{ns.Name}}"}, "spec": {"template": {{template}} } }""");

        var refused = await Plugin.InAsync(ns, "enable", "job/once", "--language", "java");

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("the template of a Job cannot be changed", refused.Error, StringComparison.Ordinal);
        var judge = await cluster.Kubectl.TryAsync("patch", "job", "once", "-n", ns.Name, "--type=merge", "-p", """{"spec":{"template":{"metadata":{"annotations":{"a":"b"}}}}}""");
        Assert.False(judge.Succeeded);
        Assert.Contains("immutable", judge.Error, StringComparison.Ordinal);
    }

    private static string Line(KubectlResult run) => PatchLine().Match(run.Out).Groups["line"].Value is { Length: > 0 } line ? line : throw new InvalidOperationException($"no line to copy: {run.Out}{run.Error}");

    /// <summary>The values of our annotations of the templates, one behind the other; null when there are none.</summary>
    private async Task<string?> AnnotationsAsync(TestNamespace ns, string kind, string name, string place)
    {
        const string Annotations = ".metadata.annotations";
        var keys = (string[])["inject-java", "java-container-names"];
        var workload = await cluster.Kubectl.RunAsync("get", kind, name, "-n", ns.Name, "-o", "json");
        var at = workload.Json;
        IEnumerable<JsonNode?> nodes = [at];
        foreach (var field in place.TrimStart('{').Split('.', StringSplitOptions.RemoveEmptyEntries))
            nodes = field == "*" ? nodes.SelectMany(node => node!.AsObject().Where(member => member.Value is JsonObject).Select(member => member.Value)) : nodes.Select(node => node![field]);
        foreach (var field in Annotations.Split('.', StringSplitOptions.RemoveEmptyEntries)) nodes = nodes.Select(node => node?[field]);
        var values = nodes.SelectMany(node => keys.Select(key => node?[$"instrumentation.opentelemetry.io/{key}"]?.GetValue<string>())).OfType<string>().ToList();
        return values.Count == 0 ? null : string.Concat(values.Select(value => value + " "));
    }

    /// <summary>A custom resource whose controller is not there: the API server stores it and merges into it as into the real one.</summary>
    private async Task DefineAsync(string plural, string group, string version, string kind)
    {
        await cluster.Kubectl.ApplyAsync($$"""
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata:
              name: {{plural}}.{{group}}
              annotations: {api-approved.kubernetes.io: "unapproved, for tests"}
            spec:
              group: {{group}}
              scope: Namespaced
              names: {plural: {{plural}}, singular: {{kind.ToLowerInvariant()}}, kind: {{kind}} }
              versions:
              - name: {{version}}
                served: true
                storage: true
                schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true} }
            """);
        await cluster.Kubectl.RunAsync("wait", "--for=condition=Established", "--timeout=30s", $"crd/{plural}.{group}");
    }

    [GeneratedRegex("^  (?<line>kubectl .*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex PatchLine();
}
