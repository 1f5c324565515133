namespace Spanhook.EndToEnd;

/// <summary><c>kubectl spanhook check</c> of the shipped installation. Its Deployment is scaled to 0 here: the server runs beside the cluster.</summary>
public sealed class CheckTests(TestCluster cluster)
{
    [ClusterFact]
    public async Task A_sound_installation_passes_every_check_but_that_of_its_replicas()
    {
        var results = await CheckAsync();
        Assert.All(results.Where(result => result.Key != "deployment"), result => Assert.True(result.Value.Result == "OK", $"{result.Key}: {result.Value.Message}"));
        Assert.Equal("FAIL", results["deployment"].Result);
        Assert.Contains("comes back injected", results["dry-run pod"].Message, StringComparison.Ordinal);
        Assert.Contains("caBundle", results.Keys);
        Assert.Contains("signed by an authority of caBundle", results["served certificate"].Message, StringComparison.Ordinal);
        Assert.Contains("may do all that it has to", results["permissions"].Message, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task A_webhook_that_is_off_fails()
    {
        await cluster.RunWebhookAsync();
        await RunAsync("off", "--reason", "a test");
        try
        {
            var off = await CheckAsync(isStarted: false);
            Assert.Equal("FAIL", off["webhook configuration"].Result);
            Assert.Contains("a test", off["webhook configuration"].Message, StringComparison.Ordinal);
        }
        finally
        {
            await RunAsync("on");
        }
    }

    [ClusterFact]
    public async Task A_service_account_without_its_role_fails()
    {
        await cluster.RunWebhookAsync();
        var results = Results(await RunAsync("check", "-o", "json", "--service-account", "nobody"));
        Assert.Equal("FAIL", results["permissions"].Result);
        Assert.Contains("patch mutatingwebhookconfigurations.admissionregistration.k8s.io spanhook", results["permissions"].Message, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task Who_may_not_look_gets_warnings_that_name_the_permission()
    {
        await cluster.RunWebhookAsync();
        var kubeconfig = cluster.File("jane.kubeconfig");
        var config = (await cluster.Kubectl.RunAsync("config", "view", "--raw", "--flatten", "-o", "json")).Json;
        config["users"]![0]!["user"]!["as"] = "jane";
        await File.WriteAllTextAsync(kubeconfig, config.ToJsonString());

        var results = Results(await CliProcess.RunAsync(kubeconfig, "check", "-o", "json"));

        foreach (var name in (string[])["webhook configuration", "permissions", "deployment", "served certificate", "dry-run pod"]) Assert.Equal("WARN", results[name].Result);
        Assert.Equal("OK", results["crd tracingpolicies.spanhook.dev"].Result);
        Assert.Contains("get mutatingwebhookconfigurations.admissionregistration.k8s.io", results["webhook configuration"].Fix, StringComparison.Ordinal);

        var status = await CliProcess.RunAsync(kubeconfig, "status");
        Assert.Equal(3, status.ExitCode);
        Assert.Contains("you may not", status.Error, StringComparison.Ordinal);
    }

    private async Task<IReadOnlyDictionary<string, (string Result, string Message, string Fix)>> CheckAsync(bool isStarted = true)
    {
        if (isStarted) await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "check");
        await ns.ApplyInstrumentationAsync();
        if (isStarted) await ns.SeesAsync("the new Instrumentation", TimeSpan.FromSeconds(2), PodView.IsInjected, (PodView.InjectJava, "true"));
        return Results(await RunAsync("check", "-n", ns.Name, "-o", "json"));
    }

    private Task<CliProcess> RunAsync(params string[] arguments) => CliProcess.RunAsync(cluster.Kubectl.Kubeconfig, arguments);

    private static IReadOnlyDictionary<string, (string Result, string Message, string Fix)> Results(CliProcess run)
    {
        Assert.True(run.ExitCode is 0 or 1, run.ToString());
        return JsonNode.Parse(run.Out)!.AsArray().ToDictionary(item => item!["check"]!.GetValue<string>(),
            item => (item!["result"]!.GetValue<string>(), item["message"]!.GetValue<string>(), item["fix"]?.GetValue<string>() ?? ""), StringComparer.Ordinal);
    }
}
