using static Spanhook.EndToEnd.Support.PodView;

namespace Spanhook.EndToEnd;

/// <summary>
/// "For platform teams" of the README, command by command, with the shipped manifests and the real command line: a policy is audited, enforced for some,
/// then for all, seen, rolled; an opt-out is respected, then refused; everything is taken back.
/// </summary>
public sealed class PlatformWalkTests(TestCluster cluster, ITestOutputHelper log)
{
    private const string Ns = "ml";
    private const string Policy = "vllm-of-ml";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private readonly HashSet<string> _ran = new(StringComparer.Ordinal);

    private Kubectl Kubectl => cluster.Kubectl;

    [ClusterFact]
    public async Task A_policy_from_its_audit_to_the_last_pod_and_back()
    {
        var controllers = cluster.HasControllers;
        Assert.SkipUnless(controllers, "there is no kube-controller-manager");
        await cluster.RunWebhookAsync();
        await RunningAsync();
        await using var kubelet = new PlayedKubelet(Kubectl, Ns);
        try
        {
            await AuditAsync();
            await EnforceForSomeAsync();
            await EnforceForAllAsync();
            await OptOutIsRespectedAsync();
            await OptOutIsRefusedAsync();
            await TakeBackAsync();
            Assert.Empty(ReadmeLines().Except(_ran, StringComparer.Ordinal));
        }
        finally
        {
            await Kubectl.TryAsync("delete", "tracingpolicy", Policy, "--ignore-not-found");
            await Kubectl.TryAsync("delete", "namespace", Ns, "--wait=false");
        }
    }

    // What runs before anybody thinks of tracing: two that can be traced, one that is too old, one that is no engine.
    private async Task RunningAsync()
    {
        await Kubectl.ApplyAsync("apiVersion: v1\nkind: Namespace\nmetadata: {name: ml}\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: ml}\n");
        await RunAsync("kubectl label namespace ml team=ml --overwrite");
        foreach (var (name, image) in new[] { ("gemma", "vllm/vllm-openai:v0.20.0"), ("llama", "vllm/vllm-openai:v0.19.0"), ("mixtral", "vllm/vllm-openai:v0.8.0"), ("web", "nginx:1.29") })
        {
            await Kubectl.ApplyAsync($$"""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: {{name}}, namespace: ml}
                spec:
                  selector: {matchLabels: {app: {{name}} } }
                  template:
                    metadata: {labels: {app: {{name}} } }
                    spec: {containers: [{name: main, image: "{{image}}"{{(name == "web" ? "" : ", args: [--model=/models/" + name + "]")}} }]}
                """);
            await PodAsync(name, pod => !IsInjected(pod));
        }
    }

    private async Task AuditAsync()
    {
        await RunAsync("kubectl apply -f samples/policies/vllm-of-ml.yaml");
        await RunAsync("kubectl wait tracingpolicy vllm-of-ml --for=condition=Accepted --timeout=45s");
        var explained = await RunAsync("kubectl spanhook explain deployment/llama -n ml");
        Assert.Contains("audit_only", explained, StringComparison.Ordinal);

        // A new pod is counted, and stays as it is.
        await RunAsync("kubectl rollout restart deployment/llama deployment/web -n ml");
        await SeesAsync("kubectl get tpol vllm-of-ml -o jsonpath={.status.skippedReasons[*].reason}", "audit_only");
        Assert.False(IsInjected(await PodAsync("llama", pod => pod["metadata"]!["deletionTimestamp"] is null)));
        Assert.DoesNotContain("injected", Row(await RunAsync("kubectl get tpol"), Policy), StringComparison.OrdinalIgnoreCase);
    }

    private async Task EnforceForSomeAsync()
    {
        await RunAsync("""kubectl patch tpol vllm-of-ml --type=merge -p '{"spec":{"mode":"Enforce","rollout":{"percent":10}}}'""");
        await SeesAsync("kubectl spanhook explain deployment/llama -n ml", "rollout_not_selected");
        Assert.Contains("MISSING", await RunAsync("kubectl spanhook status -n ml", expected: 1), StringComparison.Ordinal);
        await RunAsync("kubectl spanhook restart --stale -n ml");
        var gemma = await PodAsync("gemma", IsInjected);
        Assert.Contains("--otlp-traces-endpoint=http://otel-collector.observability:4317", gemma.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(("gemma", "0.1"), (Variable(gemma, "OTEL_SERVICE_NAME"), Variable(gemma, "OTEL_TRACES_SAMPLER_ARG")));
        foreach (var name in (string[])["llama", "mixtral", "web"]) Assert.False(IsInjected(await PodAsync(name)));
    }

    private async Task EnforceForAllAsync()
    {
        await RunAsync("""kubectl patch tpol vllm-of-ml --type=merge -p '{"spec":{"rollout":{"percent":100}}}'""");
        await SeesAsync("kubectl spanhook explain deployment/mixtral -n ml", "engine_without_opentelemetry");
        await RunAsync("kubectl spanhook restart --stale -n ml");
        await PodAsync("llama", IsInjected);

        // What is covered, what is not, and why.
        var status = await RunAsync("kubectl spanhook status -n ml -o wide", expected: 1);
        Assert.Contains("policy", Row(status, "llama"), StringComparison.Ordinal);
        Assert.Contains("engine_without_opentelemetry", Row(status, "mixtral"), StringComparison.Ordinal);
        Assert.DoesNotContain("engine_", Row(status, "web"), StringComparison.Ordinal);
        await SeesAsync("kubectl get tpol vllm-of-ml -o jsonpath={.status.injectedPods}", "2");
        await RunAsync("kubectl get tpol");
        await SeesAsync("kubectl events -n ml --for deployment/llama", "Injected");
    }

    private async Task OptOutIsRespectedAsync()
    {
        await RunAsync("kubectl spanhook disable deployment/llama -n ml");
        await PodAsync("llama", pod => !IsInjected(pod));
        Assert.Contains("opted_out_pod", await RunAsync("kubectl spanhook explain deployment/llama -n ml"), StringComparison.Ordinal);
    }

    private async Task OptOutIsRefusedAsync()
    {
        await RunAsync("""kubectl patch tpol vllm-of-ml --type=merge -p '{"spec":{"optOut":"Denied"}}'""");
        await SeesAsync("kubectl spanhook explain deployment/llama -n ml", "opt_out_denied");
        await RunAsync("kubectl spanhook restart --stale -n ml");
        await PodAsync("llama", IsInjected);
        await SeesAsync("kubectl events -n ml --for deployment/llama", "opt_out_denied");

        // Who tries again is told at once.
        var refused = await RunAsync("kubectl spanhook disable deployment/gemma -n ml", expected: 1);
        Assert.Contains(Policy, refused, StringComparison.Ordinal);
        await PodAsync("gemma", IsInjected);
    }

    private async Task TakeBackAsync()
    {
        await RunAsync("kubectl delete tpol vllm-of-ml");
        await SeesAsync("kubectl spanhook explain deployment/gemma -n ml", "not_requested");
        await RunAsync("kubectl spanhook restart --stale -n ml");
        foreach (var name in (string[])["gemma", "llama"])
        {
            var pod = await PodAsync(name, pod => !IsInjected(pod));
            Assert.DoesNotContain("otlp", pod["spec"]!.ToJsonString(), StringComparison.OrdinalIgnoreCase);
        }

        await RunAsync("kubectl spanhook status -n ml");
    }

    /// <summary>A line of the README, in a shell, in the repository; <c>kubectl spanhook</c> is what was built.</summary>
    private async Task<string> RunAsync(string line, int expected = 0)
    {
        _ran.Add(line);
        var result = await AttemptAsync(line);
        log.WriteLine($"$ {line}\n{result.Out}{result.Error}");
        Assert.True(result.ExitCode == expected, $"{line}: exit code {result.ExitCode}\n{result.Out}\n{result.Error}");
        return result.Out + result.Error;
    }

    private async Task SeesAsync(string line, string text)
    {
        await Soon.TrueAsync($"{line} says {text}", Patience, async () => await AttemptAsync(line) is var result && (result.Out + result.Error).Contains(text, StringComparison.Ordinal));
        _ran.Add(line);
        var last = await AttemptAsync(line);
        log.WriteLine($"$ {line}\n{last.Out}{last.Error}");
    }

    private async Task<KubectlResult> AttemptAsync(string line)
    {
        var plugin = new Plugin(Kubectl);
        return line.StartsWith("kubectl spanhook ", StringComparison.Ordinal)
            ? await plugin.RunAsync(line["kubectl spanhook ".Length..].Split(' '))
            : await plugin.ShellAsync($"cd '{RepositoryRoot.Directory}' && {line}");
    }

    // The commands of the section; installing is not theirs to test.
    private static List<string> ReadmeLines()
    {
        var readme = File.ReadAllText(RepositoryRoot.PathOf("README.md"));
        var start = readme.IndexOf("## For platform teams", StringComparison.Ordinal);
        var lines = readme[start..readme.IndexOf("\n## ", start, StringComparison.Ordinal)].Split('\n')
            .Where(line => line.StartsWith("$ kubectl ", StringComparison.Ordinal)).Select(line => line[2..].Split("  #")[0].TrimEnd()).ToList();
        Assert.True(lines.Count > 12, $"only {lines.Count} commands were found");
        return lines;
    }

    private static string Row(string table, string name) => table.Split('\n').First(line => line.Contains(name, StringComparison.Ordinal));

    // The newest that is meant and not on its way out.
    private Task<JsonNode> PodAsync(string deployment, Func<JsonNode, bool>? isMeant = null) => Soon.GetAsync($"a pod of {deployment} as meant, and no other", Patience, async () =>
    {
        var pods = (await Kubectl.ListAsync("pods", Ns, "app=" + deployment)).Where(pod => pod["metadata"]!["deletionTimestamp"] is null).ToList();
        return pods is [var only] && isMeant?.Invoke(only) != false ? only : null;
    });

    private static string? Variable(JsonNode pod, string name) =>
        pod["spec"]!["containers"]![0]!["env"]!.AsArray().First(variable => variable!["name"]!.GetValue<string>() == name)!["value"]?.GetValue<string>();
}
