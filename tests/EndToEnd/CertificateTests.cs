using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Spanhook.EndToEnd;

/// <summary>The certificates that the server makes itself: they change under load, and heal when somebody breaks them.</summary>
public sealed class CertificateTests(TestCluster cluster)
{
    private static readonly TimeSpan HealingTime = TimeSpan.FromSeconds(10);

    // As short as they may be, so that everything happens in half a minute.
    private static readonly string[] ShortLives = ["--leaf-lifetime", "9s", "--ca-lifetime", "30s", "--ca-publish-delay", "2s", "--ca-retire-delay", "5s"];

    [ClusterFact]
    public async Task No_pod_is_missed_while_leaves_and_authorities_are_changed()
    {
        var webhook = await RunAsync(ShortLives);
        var leaves = new HashSet<string>(StringComparer.Ordinal);
        var bundles = new HashSet<string>(StringComparer.Ordinal);
        var missed = new List<string>();
        var made = 0;
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(45));
        while (!end.IsCancellationRequested)
        {
            leaves.Add(await ServedLeafAsync(webhook));
            bundles.Add(await CaBundleAsync());
            made++;
            if (!await webhook.InjectsAsync()) missed.Add($"pod {made}, leaf {leaves.Count}, bundle {bundles.Count}");
        }

        Assert.True(missed.Count == 0, $"{missed.Count} of {made} pods were not injected: {string.Join("; ", missed.Take(5))}\n{string.Join('\n', webhook.Server.Log.TakeLast(30))}");
        Assert.True(leaves.Count >= 4, $"only {leaves.Count} leaves were served");
        Assert.True(bundles.Count >= 3, $"caBundle changed only {bundles.Count - 1} times");
        Assert.True(made >= 50, $"only {made} pods were made");
    }

    [ClusterFact]
    public async Task A_deleted_Secret_of_the_authority_heals()
    {
        var webhook = await RunAsync();
        await cluster.Kubectl.RunAsync("delete", "secret", Installation.CaSecret, "-n", Installation.Name);

        try
        {
            // As GitOps does, which finds an object missing that it holds; the role may not create Secrets.
            await webhook.ApplyStateAsync();
            await IsHealedAsync(webhook);
        }
        finally
        {
            await webhook.ApplyStateAsync();
        }
    }

    [ClusterFact]
    public async Task A_corrupted_Secret_of_the_authority_heals()
    {
        var webhook = await RunAsync();
        var garbage = Convert.ToBase64String("no certificate"u8);
        await cluster.Kubectl.RunAsync("patch", "secret", Installation.CaSecret, "-n", Installation.Name, "--type=merge", "-p", $$"""{"data": {"ca.crt": "{{garbage}}", "ca.key": "{{garbage}}"} }""");

        await IsHealedAsync(webhook);
    }

    [ClusterFact]
    public async Task The_caBundle_comes_back_after_the_webhook_configuration_was_deleted_and_applied_again()
    {
        var webhook = await RunAsync();
        await cluster.Kubectl.RunAsync("delete", "mutatingwebhookconfiguration", Installation.Name);
        Assert.False(await webhook.InjectsAsync());

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

    private Task<Installation> RunAsync(params string[] options) => cluster.RunWebhookAsync(options);

    // caBundle verifies what is served, the Secret holds it, and pods are injected.
    private async Task IsHealedAsync(Installation webhook)
    {
        await Soon.TrueAsync("the Secret holds an authority again", HealingTime, async () =>
        {
            var data = (await cluster.Kubectl.GetAsync("secret", Installation.CaSecret, Installation.Name))["data"];
            return data?["ca.crt"]?.GetValue<string>() is { } text && Convert.FromBase64String(text).AsSpan().StartsWith("-----BEGIN CERTIFICATE-----"u8);
        });
        await webhook.IsInjectingAsync(HealingTime);
    }

    private async Task<string> CaBundleAsync() =>
        (await cluster.Kubectl.GetAsync("mutatingwebhookconfiguration", Installation.Name))["webhooks"]![0]!["clientConfig"]!["caBundle"]?.GetValue<string>() ?? "";

    private static async Task<string> ServedLeafAsync(Installation webhook)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(webhook.Url.Host, webhook.Url.Port);
        // Whatever it shows is looked at; whether it is trusted is the API server's to say, here by each pod.
        await using var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
        await tls.AuthenticateAsClientAsync(webhook.Url.Host);
        return ((X509Certificate2)tls.RemoteCertificate!).SerialNumber;
    }
}
