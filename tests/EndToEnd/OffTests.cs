namespace Spanhook.EndToEnd;

/// <summary><c>kubectl spanhook off</c> and <c>on</c>: the API server stops calling, and nobody but <c>on</c> makes it call again.</summary>
public sealed class OffTests(TestCluster cluster)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [ClusterFact]
    public async Task Off_takes_the_webhook_out_of_the_path_and_on_puts_it_back()
    {
        var webhook = await cluster.RunWebhookAsync();
        var before = await ConditionsAsync();
        try
        {
            var off = await RunAsync("off", "--reason", "a test");
            Assert.True(off.ExitCode == 0, off.ToString());
            await Soon.TrueAsync("the API server stops calling", Patience, async () => !await webhook.InjectsAsync());
            Assert.Equal([.. before, "spanhook.dev/off"], await ConditionsAsync());
            Assert.Matches("^by .+ at .+: a test$", await NoteAsync());
            Assert.Contains("is off already", (await RunAsync("off")).Out, StringComparison.Ordinal);

            // Neither the server, which puts its caBundle back, nor who applies the shipped manifest again.
            await cluster.Kubectl.RunAsync("patch", "mutatingwebhookconfiguration", Installation.Name, "--type=json", "-p", """[{"op":"remove","path":"/webhooks/0/clientConfig/caBundle"}]""");
            await Soon.TrueAsync("caBundle is back", Patience, async () => (await ConfigurationAsync())["webhooks"]![0]!["clientConfig"]!["caBundle"] is not null);
            await webhook.ApplyWebhookConfigurationAsync();
            Assert.Equal([.. before, "spanhook.dev/off"], await ConditionsAsync());
            Assert.False(await webhook.InjectsAsync());
        }
        finally
        {
            var on = await RunAsync("on");
            Assert.True(on.ExitCode == 0, on.ToString());
        }

        await webhook.IsInjectingAsync(Patience);
        Assert.Equal(before, await ConditionsAsync());
        Assert.Null(await NoteAsync());
        Assert.Contains("is on already", (await RunAsync("on")).Out, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task A_dry_run_is_judged_by_the_API_server_and_changes_nothing()
    {
        await cluster.RunWebhookAsync();
        var before = (await ConfigurationAsync())["metadata"]!["resourceVersion"]!.GetValue<string>();
        var run = await RunAsync("off", "--dry-run");
        Assert.True(run is { ExitCode: 0 } && run.Out.Contains("dry run", StringComparison.Ordinal), run.ToString());
        Assert.Equal(before, (await ConfigurationAsync())["metadata"]!["resourceVersion"]!.GetValue<string>());
    }

    private Task<CliProcess> RunAsync(params string[] arguments) => CliProcess.RunAsync(cluster.Kubectl.Kubeconfig, arguments);

    private Task<JsonNode> ConfigurationAsync() => cluster.Kubectl.GetAsync("mutatingwebhookconfiguration", Installation.Name);

    private async Task<IReadOnlyList<string>> ConditionsAsync() =>
        [.. (await ConfigurationAsync())["webhooks"]![0]!["matchConditions"]!.AsArray().Select(condition => condition!["name"]!.GetValue<string>()).Order(StringComparer.Ordinal)];

    private async Task<string?> NoteAsync() => (await ConfigurationAsync())["metadata"]!["annotations"]?["spanhook.dev/off"]?.GetValue<string>();
}
