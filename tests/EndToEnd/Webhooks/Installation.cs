using System.Diagnostics;

namespace Spanhook.EndToEnd.Webhooks;

/// <summary>Spanhook as it is installed: the shipped manifests in the cluster, and the server beside it with the rights of its service account.</summary>
internal sealed class Installation : IAsyncDisposable
{
    public const string Name = "spanhook";
    public const string CaSecret = "spanhook-ca";
    public const string User = "system:serviceaccount:spanhook:spanhook";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestCluster _cluster;
    private readonly string _kubeconfig;
    private string[] _options = [];
    private SpanhookServer? _server;
    private TestNamespace? _probes;

    private Installation(TestCluster cluster) => (_cluster, _kubeconfig) = (cluster, cluster.File("spanhook.kubeconfig"));

    /// <summary>Where the API server calls it.</summary>
    public Uri Url { get; } = new($"https://{Assets.WebhookHost}:{Loopback.FreePort()}");

    /// <summary>Its metrics and its health.</summary>
    public Uri Management { get; } = new($"http://127.0.0.1:{Loopback.FreePort()}");

    public SpanhookServer Server => _server!;

    /// <summary>Between the server and the API server; null where the cluster is not ours.</summary>
    public TcpRelay? Relay { get; private set; }

    public static async Task<Installation> InstallAsync(TestCluster cluster)
    {
        var installed = new Installation(cluster);
        await cluster.InstallDefinitionsAsync();
        await installed.ApplyAsync(_ => true);
        await installed.WriteKubeconfigAsync();
        installed._probes = await TestNamespace.CreateAsync(cluster, "probes");
        await installed._probes.ApplyInstrumentationAsync();
        return installed;
    }

    /// <summary>Runs with these options besides those that say where it is; whatever a test before left is put right.</summary>
    public async Task RunAsync(params string[] options)
    {
        if (_server is { HasEnded: true } || !options.SequenceEqual(_options, StringComparer.Ordinal)) await StopAsync();
        _options = options;
        _server ??= await SpanhookServer.StartAsync([.. Arguments("end-to-end", Url.Authority), "--management-listen", Management.Authority, .. options]);
        await IsInjectingAsync(Patience);
    }

    public async Task StopAsync()
    {
        if (_server is null) return;
        if (!_server.HasEnded) await _server.StopAsync();
        await _server.DisposeAsync();
        _server = null;
    }

    /// <summary>
    /// Ends the server, and runs two in its place behind what stands for their Service; the caller ends all three. They are called "first" and "second".
    /// </summary>
    public async Task<(TcpRelay Service, SpanhookServer First, SpanhookServer Second)> RunTwoAsync(params string[] options)
    {
        await StopAsync();
        var first = await SpanhookServer.StartAsync([.. Arguments("first", $"{Url.Host}:0"), .. options]);
        var second = await SpanhookServer.StartAsync([.. Arguments("second", $"{Url.Host}:0"), .. options]);
        return (new TcpRelay(Url.Port, first.Url.Port, second.Url.Port), first, second);
    }

    /// <summary>As before the first start: the Secret and the Lease empty, the webhook configuration without caBundle, no server.</summary>
    public async Task StartOverAsync()
    {
        await StopAsync();
        await _cluster.Kubectl.RunAsync("delete", "secret", CaSecret, "-n", Name);
        await _cluster.Kubectl.RunAsync("delete", "lease", Name, "-n", Name);
        await _cluster.Kubectl.RunAsync("delete", "mutatingwebhookconfiguration", Name);
        await ApplyStateAsync();
        await ApplyWebhookConfigurationAsync();
    }

    /// <summary>Waits until a pod that asks is injected: the objects are known, and the API server trusts the certificate.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> IsInjectingAsync(TimeSpan patience)
    {
        try
        {
            return await _probes!.SeesAsync("the webhook injects", patience, PodView.IsInjected, (PodView.InjectJava, "true"));
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException($"{e.Message}\n{string.Join('\n', _server?.Log.TakeLast(30) ?? [])}", e);
        }
    }

    /// <summary>Whether one pod that asks is injected now.</summary>
    public async Task<bool> InjectsAsync() => PodView.IsInjected(await _probes!.DryRunAsync((PodView.InjectJava, "true")));

    /// <summary>One pod after another for this long: each is injected.</summary>
    public async Task KeepsInjectingAsync(TimeSpan time)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < time;) Assert.True(await InjectsAsync(), $"missed after {watch.Elapsed.TotalSeconds:0.0} s");
    }

    /// <summary>A page of its management port, whatever its status.</summary>
    public async Task<string> GetAsync(string path)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Management };
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>As a GitOps tool applies what it holds: without caBundle.</summary>
    public Task ApplyWebhookConfigurationAsync() => ApplyAsync(item => ShippedManifests.IsKind(item, "MutatingWebhookConfiguration"));

    /// <summary>As a GitOps tool does it again and again: the Secret, the Lease and the ConfigMap as shipped, empty.</summary>
    public Task ApplyStateAsync() => ApplyAsync(item => ShippedManifests.IsKind(item, "Secret") || ShippedManifests.IsKind(item, "Lease") || ShippedManifests.IsKind(item, "ConfigMap"));

    /// <summary>What <see cref="IsInjectingAsync"/> asks for, after a test took it away.</summary>
    public Task RestoreProbesAsync() => _probes!.ApplyInstrumentationAsync();

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        if (Relay is not null) await Relay.DisposeAsync();
        if (_probes is null) return;

        // First of all the webhook configuration; nothing of this stays in a cluster that was given.
        await _cluster.Kubectl.TryAsync("delete", "mutatingwebhookconfiguration", Name);
        if (Assets.Kubeconfig is not null) await _cluster.Kubectl.TryAsync("delete", "-k", ShippedManifests.Base, "--wait=false");
        await _probes.DisposeAsync();
    }

    /// <summary>
    /// What every replica is started with: its service account's rights, and the name by which the API server calls it. No endpoints of a Service
    /// have to learn that it stops.
    /// </summary>
    private string[] Arguments(string identity, string listen) =>
        ["--api-server", "--kubeconfig", _kubeconfig, "--namespace", Name, "--identity", identity, "--listen", listen, "--dns-name", Url.Host, "--shutdown-delay", "1s"];

    private async Task ApplyAsync(Func<JsonObject, bool> which)
    {
        var objects = (await ShippedManifests.ReadAsync(_cluster.Kubectl, Url)).Where(which);
        await _cluster.Kubectl.ApplyAsync(string.Concat(objects.Select(item => item.ToJsonString() + "\n")));
    }

    private async Task WriteKubeconfigAsync()
    {
        var token = _cluster.File("token");
        await File.WriteAllTextAsync(token, (await _cluster.Kubectl.RunAsync("create", "token", Name, "-n", Name, "--duration=2h")).Out.Trim());
        var view = (await _cluster.Kubectl.RunAsync("config", "view", "--raw", "--minify", "--flatten", "-o", "json")).Json["clusters"]![0]!["cluster"]!;
        var server = new Uri(view["server"]!.GetValue<string>());
        if (Assets.Kubeconfig is null)
        {
            Relay = new TcpRelay(0, server.Port);
            server = new UriBuilder(server) { Port = Relay.Port }.Uri;
        }

        KubeconfigFile.Write(_kubeconfig, server, Convert.FromBase64String(view["certificate-authority-data"]!.GetValue<string>()), new JsonObject { ["tokenFile"] = token }, Name);
    }
}
