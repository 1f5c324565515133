using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spanhook.KubeClient.Connection;

namespace Spanhook.KubeClient;

/// <summary>Requests to the API server: bodies are JSON, refusals are <see cref="ApiServerException"/>s.</summary>
/// <param name="config">Where, and as whom.</param>
/// <param name="time">For timeouts, and for the age of files and credentials.</param>
public sealed class ApiServerClient(ApiServerConfig config, TimeProvider time) : IDisposable
{
    /// <summary>Of a whole request that is no watch; the API server itself gives up after 60 s.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private static readonly string UserAgent = "spanhook/" + Version();
    private static readonly MediaTypeHeaderValue ApplyPatch = new("application/apply-patch+yaml");
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly CredentialSource _credentials = new(config.Login, time);
    private readonly ApiServerConnections _connections = new(config, time);
    private readonly string _server = config.Server.AbsoluteUri.TrimEnd('/');

    /// <summary>Where it asks.</summary>
    public Uri Server => config.Server;

    internal TimeProvider Time => time;

    /// <param name="path">As <c>/api/v1/namespaces/x/secrets/y</c>, with its query.</param>
    /// <param name="type">Of a source-generated context.</param>
    /// <param name="cancellation">Ends it with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ApiServerException">Refused, or unreachable.</exception>
    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation) => ExchangeAsync(new(HttpMethod.Get, path), type, cancellation);

    /// <summary>POST to the path of the collection.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<T> CreateAsync<T>(string path, T body, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        ExchangeAsync(new(HttpMethod.Post, path) { Body = JsonSerializer.SerializeToUtf8Bytes(body, type), ContentType = Json }, type, cancellation);

    /// <summary>PUT; a resourceVersion in the body that is not the current one is a conflict.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<T> ReplaceAsync<T>(string path, T body, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        ExchangeAsync(new(HttpMethod.Put, path) { Body = JsonSerializer.SerializeToUtf8Bytes(body, type), ContentType = Json }, type, cancellation);

    /// <summary>Server-side apply: the fields of <paramref name="json"/> become those of <paramref name="fieldManager"/>, all others stay as they are.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public async Task ApplyAsync(string path, ReadOnlyMemory<byte> json, string fieldManager, bool force, CancellationToken cancellation)
    {
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        var query = $"{path}{separator}fieldManager={Uri.EscapeDataString(fieldManager)}{(force ? "&force=true" : "")}";
        using var timeout = new RequestTimeout(Timeout, time, cancellation);
        await timeout.Run(async token => (await SendAsync(new(HttpMethod.Patch, query) { Body = json, ContentType = ApplyPatch }, token)).Dispose());
    }

    /// <inheritdoc cref="GetAsync"/>
    public async Task DeleteAsync(string path, CancellationToken cancellation)
    {
        using var timeout = new RequestTimeout(Timeout, time, cancellation);
        await timeout.Run(async token => (await SendAsync(new(HttpMethod.Delete, path), token)).Dispose());
    }

    /// <summary>The answer as soon as its headers are there, when it is a success. Without a timeout of its own.</summary>
    /// <exception cref="ApiServerException">Refused, or unreachable.</exception>
    internal async Task<HttpResponseMessage> SendAsync(ApiServerRequest request, CancellationToken cancellation)
    {
        var credential = await _credentials.GetAsync(cancellation);
        var response = await SendOnceAsync(request, credential, cancellation);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            // Perhaps only renewed meanwhile: asked once more when there is another credential to show.
            _credentials.Reject(credential);
            var renewed = await _credentials.GetAsync(cancellation);
            if (!renewed.IsSameAs(credential))
            {
                response.Dispose();
                response = await SendOnceAsync(request, renewed, cancellation);
            }
        }

        if (response.IsSuccessStatusCode) return response;
        using (response) throw await ErrorBody.ReadAsync(response, request.ToString(), time, cancellation);
    }

    public void Dispose()
    {
        _connections.Dispose();
        _credentials.Dispose();
    }

    private async Task<T> ExchangeAsync<T>(ApiServerRequest request, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var timeout = new RequestTimeout(Timeout, time, cancellation);
        return await timeout.Run(async token =>
        {
            using var response = await SendAsync(request, token);
            try
            {
                await using var body = await response.Content.ReadAsStreamAsync(token);
                return await JsonSerializer.DeserializeAsync(body, type, token) ?? throw new JsonException("the answer is null");
            }
            catch (JsonException e)
            {
                throw new ApiServerException((int)response.StatusCode, ApiServerException.InvalidAnswer, $"{request}: the answer cannot be read: {e.Message}", inner: e);
            }
            catch (Exception e) when (e is IOException or HttpRequestException)
            {
                throw Unreachable(request, e);
            }
        });
    }

    private async Task<HttpResponseMessage> SendOnceAsync(ApiServerRequest request, Credential credential, CancellationToken cancellation)
    {
        using var message = request.ToMessage(_server);
        message.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        if (credential.Token is { } token) message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, value) in _credentials.Impersonation) message.Headers.TryAddWithoutValidation(name, value);

        // The handler takes the name for the handshake from this header.
        if (config.TlsServerName is { } host) message.Headers.Host = $"{host}:{config.Server.Port}";
        try
        {
            return await _connections.Pool(credential.Certificate).SendAsync(message, cancellation);
        }
        catch (HttpRequestException e)
        {
            if (e.HttpRequestError == HttpRequestError.SecureConnectionError) _connections.DoubtAuthority();
            throw Unreachable(request, e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw Unreachable(request, e); // the connect timeout of the handler
        }
    }

    private ApiServerException Unreachable(ApiServerRequest request, Exception e) =>
        new(0, ApiServerException.Unreachable, $"{request}: {config.Server} cannot be reached: {e.InnerException?.Message ?? e.Message}", inner: e);

    private static string Version() =>
        typeof(ApiServerClient).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
}
