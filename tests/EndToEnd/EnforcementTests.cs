namespace Spanhook.EndToEnd;

/// <summary>deploy/enforcement as it is shipped, with the real webhook before it and without.</summary>
public sealed class EnforcementTests(TestCluster cluster)
{
    private const string Developer = "--as=dev";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly JsonObject Required = new() { ["spanhook.dev/require-injection"] = "true" };
    private static readonly JsonObject Guarded = new() { ["spanhook.dev/guard-opt-out"] = "true" };

    private Kubectl Kubectl => cluster.Kubectl;

    [ClusterFact]
    public async Task A_pod_without_tracing_is_refused_in_a_labelled_namespace_also_while_the_webhook_is_down()
    {
        var webhook = await cluster.RunWebhookAsync();
        await using var enforcement = await EnforceAsync("deny");
        await using var ns = await TestNamespace.CreateAsync(cluster, "required", labels: Copy(Required));
        await ns.ApplyInstrumentationAsync();
        var refused = await RefusedAsync(() => ns.CreatePodAsync("plain"));
        Assert.Contains($"namespace {ns.Name} is labelled spanhook.dev/require-injection, and this pod is not injected with tracing. Ask for it", refused, StringComparison.Ordinal);

        await ns.SeesAsync("the webhook knows the Instrumentation", Patience, PodView.IsInjected, (PodView.InjectJava, "true"));
        Assert.True((await ns.CreatePodAsync("traced", (PodView.InjectJava, "true"))).Succeeded);
        await using var free = await TestNamespace.CreateAsync(cluster, "free");
        Assert.True((await free.CreatePodAsync("plain")).Succeeded);

        await webhook.StopAsync();
        Assert.Contains("this pod is not injected", await RefusedAsync(() => ns.CreatePodAsync("untraced", (PodView.InjectJava, "true"))), StringComparison.Ordinal);
        Assert.True((await free.CreatePodAsync("untraced", (PodView.InjectJava, "true"))).Succeeded);
    }

    /// <summary>Annotation and label of the mark; the env of the container; whether it is refused.</summary>
    public static TheoryData<string, string, bool> Marks => new()
    {
        { "java/app=Instrumentation/a/b", "", true },
        { "java/other=Instrumentation/a/b", "OTEL_RESOURCE_ATTRIBUTES_POD_NAME", true },
        { "vllm/app=x,java/other=x", "OTEL_RESOURCE_ATTRIBUTES_POD_NAME", true },
        { "go/app=x", "", true },
        { "yes", "OTEL_RESOURCE_ATTRIBUTES_POD_NAME", true },
        { "a/b/app=x", "OTEL_RESOURCE_ATTRIBUTES_POD_NAME", true },
        { "java/app=Instrumentation/a/b", "OTEL_RESOURCE_ATTRIBUTES_POD_NAME", false },
        { "go/other=x,java/app=x", "OTEL_RESOURCE_ATTRIBUTES_POD_NAME", false },
    };

    [ClusterTheory, MemberData(nameof(Marks))]
    public async Task A_mark_must_fit_what_the_containers_have(string mark, string variable, bool isRefused)
    {
        await using var enforcement = await EnforceAsync("deny");
        await using var ns = await TestNamespace.CreateAsync(cluster, "marked", labels: Copy(Required));
        await RefusedAsync(() => ns.CreatePodAsync("plain"));
        var env = variable.Length == 0 ? "[]" : $"[{{name: {variable}, value: a}}]";
        var answer = await Kubectl.TryWithAsync(Pod(ns.Name, $"labels: {{spanhook.dev/injected: 'true'}}, annotations: {{spanhook.dev/injected: '{mark}'}}", env), "create", "--dry-run=server", "-f", "-");
        Assert.Equal(!isRefused, answer.Succeeded);
        if (isRefused) Assert.Matches("says that containers are injected that are not|is not injected with tracing", answer.Error);
    }

    [ClusterFact]
    public async Task An_exemption_needs_the_verb_exempt_on_pods_and_on_templates()
    {
        await using var enforcement = await EnforceAsync("deny");
        await using var ns = await TestNamespace.CreateAsync(cluster, "exempt", labels: Copy(Required));
        await LetWorkAsync(ns.Name);
        await RefusedAsync(() => ns.CreatePodAsync("plain"));
        var pod = Pod(ns.Name, "labels: {spanhook.dev/exempt: 'true'}");
        var deployment = Deployment(ns.Name, "labels: {app: a, spanhook.dev/exempt: 'true'}");
        Assert.Contains("is not injected with tracing", (await Kubectl.TryWithAsync(pod, "create", Developer, "-f", "-")).Error, StringComparison.Ordinal);
        Assert.Contains("dev lacks the verb exempt on tracingpolicies.spanhook.dev", (await Kubectl.TryWithAsync(deployment, "create", Developer, "-f", "-")).Error, StringComparison.Ordinal);

        await GrantAsync(ns.Name, "spanhook-exempt");
        await Soon.TrueAsync("the role counts", Patience, async () => (await Kubectl.TryWithAsync(pod, "create", Developer, "--dry-run=server", "-f", "-")).Succeeded);
        await Kubectl.WithAsync(deployment, "create", Developer, "-f", "-");
        if (cluster.HasControllers) await Soon.TrueAsync("the exempt Deployment has its pod", Patience, async () => (await Kubectl.ListAsync("pods", ns.Name, "app=a")).Count == 1);
    }

    [ClusterFact]
    public async Task With_warnings_everything_passes_and_is_told()
    {
        await using var enforcement = await EnforceAsync("warn");
        await using var ns = await TestNamespace.CreateAsync(cluster, "warned", labels: new JsonObject { ["spanhook.dev/require-injection"] = "true", ["spanhook.dev/guard-opt-out"] = "true" });
        await LetWorkAsync(ns.Name);
        await Soon.TrueAsync("a warning", Patience, async () =>
            (await Kubectl.WithAsync(Pod(ns.Name, "annotations: {}"), "create", "--dry-run=server", "-f", "-")).Error.Contains("is not injected with tracing", StringComparison.Ordinal));
        var made = await Kubectl.WithAsync(Deployment(ns.Name, "labels: {app: a}, annotations: {instrumentation.opentelemetry.io/inject-java: 'false'}"), "create", Developer, "-f", "-");
        Assert.Contains("opting out of tracing is guarded", made.Error, StringComparison.Ordinal);
    }

    /// <summary>The kind's manifest without its opt-out, and with it.</summary>
    public static TheoryData<string> Kinds => ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod"];

    [ClusterTheory, MemberData(nameof(Kinds))]
    public async Task An_opt_out_needs_the_verb_optout_whatever_the_kind(string kind)
    {
        await using var enforcement = await EnforceAsync("deny");
        await using var ns = await TestNamespace.CreateAsync(cluster, "guarded", labels: Copy(Guarded));
        await LetWorkAsync(ns.Name);
        const string optOut = "labels: {app: a}, annotations: {instrumentation.opentelemetry.io/inject-vllm: ' False'}";
        const string asked = "labels: {app: a}, annotations: {instrumentation.opentelemetry.io/inject-vllm: 'true'}";
        var refused = await RefusedAsync(() => Kubectl.TryWithAsync(Workload(kind, ns.Name, optOut), "create", Developer, "--dry-run=server", "-f", "-"));
        Assert.Contains("instrumentation.opentelemetry.io/inject-vllm: opting out of tracing is guarded in namespace " + ns.Name, refused, StringComparison.Ordinal);
        Assert.Contains("dev lacks the verb optout on tracingpolicies.spanhook.dev", refused, StringComparison.Ordinal);
        await Kubectl.WithAsync(Workload(kind, ns.Name, asked), "create", Developer, "--dry-run=server", "-f", "-");
        await Kubectl.WithAsync(Workload(kind, ns.Name, optOut), "create", "--dry-run=server", "-f", "-");
    }

    [ClusterFact]
    public async Task An_opt_out_that_is_there_stays_when_somebody_else_edits_the_rest()
    {
        await using var enforcement = await EnforceAsync("deny");
        await using var ns = await TestNamespace.CreateAsync(cluster, "edited", labels: Copy(Guarded));
        await LetWorkAsync(ns.Name);
        var deployment = Deployment(ns.Name, "labels: {app: a}, annotations: {instrumentation.opentelemetry.io/inject-java: 'false'}");
        await RefusedAsync(() => Kubectl.TryWithAsync(deployment, "create", Developer, "--dry-run=server", "-f", "-"));
        await Kubectl.WithAsync(deployment, "create", "-f", "-");
        await Kubectl.RunAsync("patch", "deployment", "a", "-n", ns.Name, Developer, "--type=merge", "-p", """{"spec":{"replicas":2,"template":{"metadata":{"annotations":{"a":"b"}}}}}""");
        if (cluster.HasControllers) await Soon.TrueAsync("its controllers make the pods", Patience, async () => (await Kubectl.ListAsync("pods", ns.Name, "app=a")).Count >= 2);
        var more = await Kubectl.TryAsync("patch", "deployment", "a", "-n", ns.Name, Developer, "--type=merge", "-p", """{"spec":{"template":{"metadata":{"annotations":{"instrumentation.opentelemetry.io/inject-python":"false"}}}}}""");
        Assert.Contains("inject-python: opting out of tracing is guarded", more.Error, StringComparison.Ordinal);
        await Kubectl.RunAsync("patch", "deployment", "a", "-n", ns.Name, Developer, "--type=merge", "-p", """{"spec":{"template":{"metadata":{"annotations":{"instrumentation.opentelemetry.io/inject-java":null}}}}}""");
    }

    [ClusterFact]
    public async Task Nobody_takes_a_guarded_Namespace_out_without_the_verb()
    {
        await using var enforcement = await EnforceAsync("deny");
        await using var ns = await TestNamespace.CreateAsync(cluster, "labelled", labels: Copy(Guarded));
        await Kubectl.ApplyAsync($$"""
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: {{ns.Name}} }
            rules: [{apiGroups: [""], resources: [namespaces], resourceNames: [{{ns.Name}}], verbs: [get, patch, update]}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: {{ns.Name}} }
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{ns.Name}} }
            subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: dev}]
            """);
        var refused = await RefusedAsync(() => Kubectl.TryAsync("label", "namespace", ns.Name, Developer, "--dry-run=server", "spanhook.dev/guard-opt-out-"));
        Assert.Contains($"spanhook.dev/guard-opt-out: tracing of Namespace {ns.Name} is guarded, and dev lacks the verb optout", refused, StringComparison.Ordinal);
        Assert.Contains("is guarded", await RefusedAsync(() => Kubectl.TryAsync("label", "namespace", ns.Name, Developer, "--dry-run=server", "spanhook.dev/injection=disabled")), StringComparison.Ordinal);
        Assert.Contains("inject-java: tracing of Namespace", await RefusedAsync(() => Kubectl.TryAsync("annotate", "namespace", ns.Name, Developer, "--dry-run=server", "instrumentation.opentelemetry.io/inject-java=false")), StringComparison.Ordinal);
        await Kubectl.RunAsync("label", "namespace", ns.Name, Developer, "team=a");
        await Kubectl.RunAsync("label", "namespace", ns.Name, "spanhook.dev/guard-opt-out-");
        await Kubectl.RunAsync("label", "namespace", ns.Name, Developer, "spanhook.dev/injection=disabled");
        await Kubectl.RunAsync("delete", "clusterrolebinding,clusterrole", ns.Name);
    }

    /// <summary>The other action of an earlier test is gone; at the end everything is.</summary>
    private async Task<Undo> EnforceAsync(string action)
    {
        var folder = RepositoryRoot.PathOf("deploy", "enforcement", action);
        await Kubectl.RunAsync("apply", "-k", folder);
        return new Undo(async () => await Kubectl.RunAsync("delete", "-k", folder, "--ignore-not-found"));
    }

    // A policy counts some moments after it was applied: what is attempted before must change nothing.
    private static async Task<string> RefusedAsync(Func<Task<KubectlResult>> attempt)
    {
        KubectlResult? last = null;
        await Soon.TrueAsync("it is refused", Patience, async () => !(last = await attempt()).Succeeded && last.Error.Contains("ValidatingAdmissionPolicy", StringComparison.Ordinal));
        return last!.Error;
    }

    // Not the role "edit": somebody has to aggregate it.
    private async Task LetWorkAsync(string ns)
    {
        await Kubectl.ApplyAsync($$"""
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: work, namespace: {{ns}} }
            rules:
            - {apiGroups: ["", apps, batch], resources: [pods, deployments, statefulsets, daemonsets, replicasets, jobs, cronjobs], verbs: [get, list, create, patch, update]}
            """);
        await Kubectl.RunAsync("create", "rolebinding", "dev-work", "-n", ns, "--role=work", "--user=dev");
        await Soon.TrueAsync("the role counts", Patience, async () => (await Kubectl.TryAsync("auth", "can-i", "create", "pods", "-n", ns, Developer)).Succeeded);
    }

    private Task GrantAsync(string ns, string role) => Kubectl.RunAsync("create", "rolebinding", $"dev-{role}", "-n", ns, $"--clusterrole={role}", "--user=dev");

    private static JsonObject Copy(JsonObject labels) => (JsonObject)labels.DeepClone();

    private static string Pod(string ns, string metadata, string env = "[]") =>
        $"apiVersion: v1\nkind: Pod\nmetadata: {{name: a, namespace: {ns}, {metadata}}}\nspec: {{containers: [{{name: app, image: a, env: {env}}}]}}\n";

    private static string Deployment(string ns, string metadata) => Workload("Deployment", ns, metadata);

    private static string Workload(string kind, string ns, string metadata)
    {
        const string containers = "containers: [{name: app, image: a}]";
        var head = $"metadata: {{name: a, namespace: {ns}}}\nkind: {kind}\n";
        var selected = $"spec: {{selector: {{matchLabels: {{app: a}} }}, template: {{metadata: {{{metadata}}}, spec: {{{containers}}} }} }}\n";
        return kind switch
        {
            "Pod" => Pod(ns, metadata),
            "Job" => $"apiVersion: batch/v1\n{head}spec: {{template: {{metadata: {{{metadata}}}, spec: {{restartPolicy: Never, {containers}}} }} }}\n",
            "CronJob" => $"apiVersion: batch/v1\n{head}spec: {{schedule: '0 0 1 1 *', jobTemplate: {{spec: {{template: {{metadata: {{{metadata}}}, spec: {{restartPolicy: Never, {containers}}} }} }} }} }}\n",
            _ => $"apiVersion: apps/v1\n{head}{selected}",
        };
    }

    private sealed class Undo(Func<Task> undo) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await undo();
    }
}
