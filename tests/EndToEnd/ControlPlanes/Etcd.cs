using System.Net.Http.Json;

namespace Spanhook.EndToEnd.ControlPlanes;

/// <summary>One etcd without a disk's patience, and its JSON gateway.</summary>
internal sealed class Etcd : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ChildProcess _process;
    private readonly HttpClient _client;

    private Etcd(ChildProcess process, Uri address)
    {
        (_process, Address) = (process, address);
        _client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(10) };
    }

    public Uri Address { get; }

    public static async Task<Etcd> StartAsync(string folder)
    {
        var clients = $"http://127.0.0.1:{Loopback.FreePort()}";
        var peers = $"http://127.0.0.1:{Loopback.FreePort()}";
        var process = ChildProcess.Start(Assets.Etcd,
        [
            "--data-dir", folder,
            "--listen-client-urls", clients,
            "--advertise-client-urls", clients,
            "--listen-peer-urls", peers,
            "--initial-advertise-peer-urls", peers,
            "--initial-cluster", "default=" + peers,
            "--unsafe-no-fsync",
            "--log-level", "warn",
        ]);
        var etcd = new Etcd(process, new Uri(clients));
        try
        {
            await Soon.TrueAsync("etcd is healthy", Patience, etcd.IsHealthyAsync);
            return etcd;
        }
        catch
        {
            await etcd.DisposeAsync();
            throw;
        }
    }

    /// <summary>Forgets every revision but the newest: a watch from an older one is gone.</summary>
    /// <returns>The oldest revision that is left.</returns>
    public async Task<long> CompactAsync()
    {
        var status = await PostAsync("/v3/maintenance/status", []);
        var revision = long.Parse(status["header"]!["revision"]!.GetValue<string>());
        await PostAsync("/v3/kv/compaction", new JsonObject { ["revision"] = revision, ["physical"] = true });
        return revision;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
    }

    private async Task<JsonNode> PostAsync(string path, JsonObject body)
    {
        using var response = await _client.PostAsJsonAsync(path, body);
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new InvalidOperationException($"etcd {path}: {(int)response.StatusCode} {text}");
    }

    private async Task<bool> IsHealthyAsync()
    {
        _process.ThrowIfEnded();
        try
        {
            using var response = await _client.GetAsync(new Uri("/health", UriKind.Relative));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
