namespace Spanhook.EndToEnd;

/// <summary>The certificates that the server makes itself: they change under load, and heal when somebody breaks them.</summary>
public sealed class CertificateTests(TestCluster cluster)
{
    private static readonly TimeSpan HealingTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Two looks at the objects: what was not done by then is not done at all.
    private static readonly TimeSpan TwoLooks = TimeSpan.FromSeconds(11);

    // The delays as short as they may be; connections so short that new ones meet each certificate.
    private static readonly string[] Hurried = ["--leaf-lifetime", "9s", "--ca-publish-delay", "5s", "--ca-retire-delay", "20s", "--connection-age", "2s"];

    [ClusterFact]
    public async Task A_first_start_publishes_its_authority_and_injects()
    {
        var webhook = await RunAsync();
        await webhook.StartOverAsync();
        Assert.False(await webhook.InjectsAsync());

        var watch = System.Diagnostics.Stopwatch.StartNew();
        await cluster.RunWebhookAsync();

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, HealingTime);
        Assert.Equal("ok", (await webhook.GetAsync("/readyz")).Trim());
        Assert.Equal(await CaOfSecretAsync(), await CaBundleAsync());
    }

    [ClusterFact]
    public async Task No_pod_is_missed_while_leaves_and_the_authority_are_changed()
    {
        var webhook = await RunAsync();
        await webhook.StartOverAsync();
        await cluster.RunWebhookAsync(Hurried);
        var watch = new RotationWatch(cluster, webhook);
        await watch.UntilAsync("the first authority", Patience, w => w.Pods > 5);
        var before = watch.Bundles[^1];

        await AskForRotationAsync();
        await watch.UntilAsync("the new authority is published beside the old one", Patience, w => w.Bundles[^1].Contains('+', StringComparison.Ordinal));
        await watch.UntilAsync("the old authority is retired", Patience, w => w.Bundles[^1] != before && !w.Bundles[^1].Contains('+', StringComparison.Ordinal));

        Assert.True(watch.NoneMissed, $"{watch.Story}\n{string.Join('\n', webhook.Server.Log.TakeLast(30))}");
        Assert.Equal(3, watch.Bundles.Count);
        Assert.Equal(watch.Bundles[^1], watch.Issuer);
        Assert.True(watch is { Leaves: >= 4, Pods: >= 50 }, watch.Story);
        TestContext.Current.TestOutputHelper?.WriteLine(watch.Story);
    }

    [ClusterFact]
    public async Task No_pod_is_missed_when_the_replica_that_writes_is_killed_in_the_middle_of_a_rotation()
    {
        var webhook = await RunAsync();
        await webhook.StartOverAsync();
        var (service, first, second) = await webhook.RunTwoAsync(Hurried);
        await using (service)
        await using (first)
        await using (second)
        {
            await webhook.IsInjectingAsync(Patience);
            var watch = new RotationWatch(cluster, webhook);
            await watch.UntilAsync("the first authority", Patience, w => w.Pods > 5);
            await AskForRotationAsync();
            await watch.UntilAsync("the new authority is published beside the old one", Patience, w => w.Bundles[^1].Contains('+', StringComparison.Ordinal));

            var (writer, other) = await HolderAsync() == "first" ? (first, second) : (second, first);
            await writer.KillAsync();
            var next = watch.Bundles[^1].Split('+').Single(authority => authority != watch.Bundles[0]);
            await watch.UntilAsync("the other replica takes over and signs with the new authority", Patience, w => w.Issuer == next);
            await watch.UntilAsync("and goes on", Patience, w => HolderAsync().GetAwaiter().GetResult() == (other == first ? "first" : "second"));

            Assert.True(watch.NoneMissed, $"{watch.Story}\n{string.Join('\n', other.Log.TakeLast(30))}");
            TestContext.Current.TestOutputHelper?.WriteLine(watch.Story);
            await other.StopAsync(); // gives the Lease up
        }
    }

    /// <summary>The role may not create Secrets: until somebody applies it again, as GitOps does with what it finds missing, all is served from memory.</summary>
    [ClusterFact]
    public async Task A_deleted_Secret_of_the_authority_heals_once_it_is_applied_again()
    {
        var webhook = await RunAsync();
        var before = await CaBundleAsync();
        await cluster.Kubectl.RunAsync("delete", "secret", Installation.CaSecret, "-n", Installation.Name);
        try
        {
            await webhook.KeepsInjectingAsync(TwoLooks);
            Assert.Equal("ok", (await webhook.GetAsync("/readyz")).Trim());
        }
        finally
        {
            await webhook.ApplyStateAsync();
        }

        await IsHealedAsync(webhook);
        Assert.Equal(before, await CaBundleAsync()); // no new authority was needed
        Assert.Equal(before, await CaOfSecretAsync());
    }

    [ClusterFact]
    public async Task A_corrupted_Secret_of_the_authority_heals()
    {
        var webhook = await RunAsync();
        var garbage = Convert.ToBase64String("no certificate"u8);
        await cluster.Kubectl.RunAsync("patch", "secret", Installation.CaSecret, "-n", Installation.Name, "--type=merge", "-p", $$"""{"data": {"ca.crt": "{{garbage}}", "ca.key": "{{garbage}}"} }""");

        await IsHealedAsync(webhook);
    }

    /// <summary>Whoever deletes it switches the webhook off; that is theirs to do, and theirs to undo.</summary>
    [ClusterFact]
    public async Task A_deleted_webhook_configuration_stays_deleted_and_heals_once_it_is_applied_again()
    {
        var webhook = await RunAsync();
        await cluster.Kubectl.RunAsync("delete", "mutatingwebhookconfiguration", Installation.Name);
        await Task.Delay(TwoLooks, TestContext.Current.CancellationToken);

        Assert.False((await cluster.Kubectl.TryAsync("get", "mutatingwebhookconfiguration", Installation.Name)).Succeeded);
        Assert.False(await webhook.InjectsAsync());
        Assert.Equal("ok", (await webhook.GetAsync("/readyz")).Trim());
        Assert.Contains("\nspanhook_webhook_configuration_present 0\n", await webhook.GetAsync("/metrics"), StringComparison.Ordinal);

        await webhook.ApplyWebhookConfigurationAsync();
        await webhook.IsInjectingAsync(HealingTime);
    }

    [ClusterFact]
    public async Task A_caBundle_that_somebody_overwrote_comes_back()
    {
        var webhook = await RunAsync();
        await cluster.Kubectl.RunAsync("patch", "mutatingwebhookconfiguration", Installation.Name, "--type=json", "-p", """[{"op":"remove","path":"/webhooks/0/clientConfig/caBundle"}]""");
        await webhook.IsInjectingAsync(HealingTime);
    }

    [ClusterFact]
    public async Task Applying_the_shipped_configuration_again_keeps_the_caBundle()
    {
        var webhook = await RunAsync();
        var before = await CaBundleAsync();
        await webhook.ApplyWebhookConfigurationAsync();

        Assert.Equal(before, await CaBundleAsync());
        Assert.True(await webhook.InjectsAsync());
    }

    [ClusterFact]
    public async Task A_server_that_starts_anew_takes_the_authority_that_is_there()
    {
        var webhook = await RunAsync();
        var before = await CaBundleAsync();
        await webhook.StopAsync();
        await cluster.RunWebhookAsync();

        Assert.Equal(before, await CaBundleAsync());
    }

    private Task<Installation> RunAsync() => cluster.RunWebhookAsync();

    // As the documentation has it.
    private Task AskForRotationAsync() => cluster.Kubectl.RunAsync("annotate", "secret", Installation.CaSecret, "-n", Installation.Name, "spanhook.dev/rotate-ca=now");

    // caBundle verifies what is served, the Secret holds it, and pods are injected.
    private async Task IsHealedAsync(Installation webhook)
    {
        await Soon.TrueAsync("the Secret holds an authority again", HealingTime, async () =>
            await CaOfSecretAsync() is { } text && Convert.FromBase64String(text).AsSpan().StartsWith("-----BEGIN CERTIFICATE-----"u8));
        await webhook.IsInjectingAsync(HealingTime);
    }

    private async Task<string> CaBundleAsync() =>
        (await cluster.Kubectl.GetAsync("mutatingwebhookconfiguration", Installation.Name))["webhooks"]![0]!["clientConfig"]!["caBundle"]?.GetValue<string>() ?? "";

    private async Task<string?> CaOfSecretAsync() => (await cluster.Kubectl.GetAsync("secret", Installation.CaSecret, Installation.Name))["data"]?["ca.crt"]?.GetValue<string>();

    private async Task<string?> HolderAsync() => (await cluster.Kubectl.GetAsync("lease", Installation.Name, Installation.Name))["spec"]?["holderIdentity"]?.GetValue<string>();
}
