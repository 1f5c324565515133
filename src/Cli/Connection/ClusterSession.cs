using System.Text.Json.Nodes;
using Spanhook.Api;
using Spanhook.KubeClient;

namespace Spanhook.Cli.Connection;

/// <summary>
/// What a command asks of an API server. Every refusal is a <see cref="ClusterException"/>, which ends the command with exit code 3 where it is
/// not caught.
/// </summary>
internal sealed class ClusterSession : IDisposable
{
    /// <summary>Who owns the fields that the commands write.</summary>
    public const string FieldManager = "kubectl-spanhook";

    private readonly ApiServerConfig _config;
    private readonly ApiServerClient _client;
    private readonly ObjectClient _objects;

    /// <param name="config">Where, and as whom.</param>
    /// <param name="ns">The namespace that was asked for; null for that of <paramref name="config"/>.</param>
    /// <param name="isAllNamespaces">It is about all of them.</param>
    /// <param name="terminal">For warnings.</param>
    public ClusterSession(ApiServerConfig config, string? ns, bool isAllNamespaces, Terminal terminal)
    {
        (_config, Terminal, IsAllNamespaces) = (config, terminal, isAllNamespaces);
        Namespace = ns ?? config.Namespace ?? "default";
        _client = new ApiServerClient(config, terminal.Time);
        _objects = new ObjectClient(_client);
    }

    /// <summary>The namespace that the command is about, unless it <see cref="IsAllNamespaces"/>.</summary>
    public string Namespace { get; }

    public bool IsAllNamespaces { get; }

    /// <summary>For people: <c>namespace ml</c>.</summary>
    public string Scope => IsAllNamespaces ? "any namespace" : $"namespace {Namespace}";

    /// <summary>Where it asks: <c>https://10.0.0.1:6443/ (context dev of config)</c>.</summary>
    public string Server => $"{_config.Server} ({_config.Source})";

    public Terminal Terminal { get; }

    /// <summary>The path of a collection in the namespaces that the command is about: <c>/apis/apps/v1</c> and <c>deployments</c>.</summary>
    public string InScope(string group, string plural) => IsAllNamespaces ? $"{group}/{plural}" : $"{group}/namespaces/{Namespace}/{plural}";

    public Task<JsonObject> GetAsync(string path, CancellationToken cancellation) => AskAsync("get", path, () => _objects.GetAsync(path, cancellation));

    /// <summary>Null when it, or its kind, is not there.</summary>
    public async Task<JsonObject?> FindAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return await GetAsync(path, cancellation);
        }
        catch (ClusterException e) when (e.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>Every object, one at a time, page after page. False when the cluster does not have this kind.</summary>
    public async Task<bool> ListAsync(string path, Action<JsonObject> handle, CancellationToken cancellation, bool metadataOnly = false)
    {
        try
        {
            await AskAsync("list", path, async () =>
            {
                await _objects.ListAsync(path, handle, metadataOnly, cancellation);
                return true;
            });
            return true;
        }
        catch (ClusterException e) when (e.IsNotFound)
        {
            return false;
        }
    }

    /// <summary>Gives the object as it is then, or would be.</summary>
    public Task<JsonObject> PatchAsync(string path, JsonNode patch, PatchKind kind, CancellationToken cancellation, bool isDryRun = false) =>
        AskAsync("patch", path, () => _objects.PatchAsync(path, patch, kind, new WriteOptions(FieldManager, isDryRun), cancellation));

    /// <summary>Creates in the collection at <paramref name="path"/>; gives the object as it is then, or would be.</summary>
    public Task<JsonObject> CreateAsync(string path, JsonObject body, CancellationToken cancellation, bool isDryRun = false) =>
        AskAsync("create", path, () => _objects.CreateAsync(path, body, new WriteOptions(FieldManager, isDryRun), cancellation));

    /// <summary>A page that is no JSON.</summary>
    public Task<string> GetTextAsync(string path, CancellationToken cancellation) => AskAsync("get", path, () => _objects.GetTextAsync(path, cancellation));

    /// <summary>What the webhook decides by, as the API server has it now.</summary>
    public Task<ClusterObjects> LoadObjectsAsync(CancellationToken cancellation) => new ClusterObjectsReader(this).ReadAsync(cancellation);

    public void Dispose() => _client.Dispose();

    private async Task<T> AskAsync<T>(string verb, string path, Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (ApiServerException e)
        {
            throw ClusterException.From(verb, path, _config, e);
        }
        catch (ApiServerConfigException e)
        {
            throw ClusterException.From(e);
        }
    }
}
