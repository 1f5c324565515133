using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Spanhook.Api.Meta;
using Spanhook.KubeClient.Connection;

namespace Spanhook.KubeClient.Watching;

/// <summary>
/// Keeps a <see cref="Store{T}"/> equal to a collection of the API server: lists, then watches, whatever comes in between. A machine of the states
/// of <see cref="ReflectorPhase"/>; each step makes one request and names the next state. Nothing but cancellation ends it.
/// </summary>
/// <remarks>
/// Lists ask without a resourceVersion, which is the newest state and may be paged; with 0 an API server that lags behind could take us back in
/// time, and its answer would ignore the page size. An object that cannot be read is reported, and its last readable version kept.
/// </remarks>
public sealed class Reflector<T>
    where T : class
{
    private const int PageSize = 500;

    private readonly ApiServerClient _client;
    private readonly WatchedResource<T> _resource;
    private readonly Backoff _backoff;
    private readonly ReflectorRecovery _recovery;
    private readonly ReflectorFacts _facts;

    public Reflector(ApiServerClient client, WatchedResource<T> resource, Random? random = null)
    {
        (_client, _resource) = (client, resource);
        Store = new Store<T>(resource);
        _backoff = new Backoff(random ?? Random.Shared);
        _recovery = new ReflectorRecovery(_backoff);
        _facts = new ReflectorFacts(resource.Name, client.Time);
    }

    public Store<T> Store { get; }

    /// <summary>Called after the store, or whether it is synced, changed; on the reflector's own thread.</summary>
    public Action Changed { get; init; } = () => { };

    /// <summary>Called with what cannot be used, each time.</summary>
    public Action<WatchProblem> Problem { get; init; } = _ => { };

    public ReflectorStatus Status => _facts.Status(Store.Count);

    /// <summary>Runs until it is cancelled, and ends without an exception then.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            var state = ReflectorState.Start;
            while (true)
            {
                var step = await StepAsync(state, cancellation);
                _facts.Enter(step.Next.Phase);
                if (step.Wait > TimeSpan.Zero) await Task.Delay(step.Wait, _client.Time, cancellation);
                state = step.Next;
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    private async Task<ReflectorStep> StepAsync(ReflectorState state, CancellationToken cancellation)
    {
        try
        {
            return state.Phase switch
            {
                ReflectorPhase.Watching => await WatchAsync(state.ResourceVersion, cancellation),
                ReflectorPhase.Verifying => await VerifyAsync(state.ResourceVersion, cancellation),
                _ => await ListAsync(isWhole: state.Phase == ReflectorPhase.ListingWhole, cancellation),
            };
        }
#pragma warning disable CA1031 // whatever an API server says, what is known serves on, and is kept up to date as soon as that is possible again
        catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return Fail(state, Described(e));
        }
    }

    private ApiServerException Described(Exception e) =>
        e as ApiServerException ?? new ApiServerException(200, ApiServerException.InvalidAnswer, $"{_resource.Name}: the answer cannot be read: {e.Message}", inner: e);

    private ReflectorStep Fail(ReflectorState state, ApiServerException error)
    {
        var step = _recovery.After(state, error, Store.Count);
        _facts.Fail(error.Message, step.Next.Phase);
        Problem(new WatchProblem(_resource.Name, null, error.Message) { Error = error });
        if (step.Next.Phase != ReflectorPhase.Absent) return step;
        var changed = Store.Replace([]);
        if (_facts.Sync(isAbsent: true) || changed) Changed();
        return step;
    }

    private async Task<ReflectorStep> ListAsync(bool isWhole, CancellationToken cancellation)
    {
        _facts.CountList();
        var objects = new Dictionary<NamespacedName, T>();
        var next = "";
        string version;
        do
        {
            var query = isWhole ? "" : $"?limit={PageSize}{(next.Length > 0 ? "&continue=" + Uri.EscapeDataString(next) : "")}";
            var page = await PageAsync(query, item => Keep(item, objects), cancellation);
            (version, next) = (page.ResourceVersion!, page.Continue ?? "");
        }
        while (next.Length > 0);

        _recovery.Listed();
        var changed = Store.Replace(objects);
        if (_facts.Sync() || changed) Changed();
        return new ReflectorStep(ReflectorState.Watching(version));
    }

    private async Task<ReflectorStep> VerifyAsync(string version, CancellationToken cancellation)
    {
        _facts.CountList();
        var page = await PageAsync("?limit=1", _ => { }, cancellation);
        return new ReflectorStep(ResourceVersions.IsOlder(page.ResourceVersion!, version) ? ReflectorState.Start : ReflectorState.Watching(version));
    }

    private async Task<ListMeta> PageAsync(string query, Action<ReadOnlySequence<byte>> handle, CancellationToken cancellation)
    {
        var request = new ApiServerRequest(HttpMethod.Get, _resource.Path + query) { Accept = _resource.AcceptList };
        using var timeout = new RequestTimeout(ApiServerClient.Timeout, _client.Time, cancellation);
        var page = await timeout.Run(async token =>
        {
            using var response = await _client.SendAsync(request, token);
            try
            {
                await using var body = await response.Content.ReadAsStreamAsync(token);
                return await ListPage.ReadAsync(body, handle, token);
            }
            catch (Exception e) when (e is IOException or HttpRequestException)
            {
                throw new ApiServerException(0, ApiServerException.Unreachable, $"{request}: the answer broke off: {e.Message}", inner: e);
            }
        });
        _facts.Contact();
        return page;
    }

    // An item has the form of an event's object: what cannot be read is treated alike.
    private void Keep(ReadOnlySequence<byte> item, Dictionary<NamespacedName, T> objects)
    {
        var read = WatchEvent<T>.ParseObject(item, _resource);
        var key = WatchedResource<T>.KeyOf(read.Metadata);
        if (read.Object is { } value) objects[key] = Store.Known(_resource.Keep(value));
        else if (KeepLastReadable(key, read.Problem) is { } last) objects[key] = last;
    }

    private async Task<ReflectorStep> WatchAsync(string version, CancellationToken cancellation)
    {
        var asked = _backoff.Between(TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(8));
        var query = string.Create(CultureInfo.InvariantCulture,
            $"?watch=1&allowWatchBookmarks=true&timeoutSeconds={(int)asked.TotalSeconds}&resourceVersion={Uri.EscapeDataString(version)}");
        var request = new ApiServerRequest(HttpMethod.Get, _resource.Path + query) { Accept = _resource.AcceptWatch };
        using var response = await OpenAsync(request, cancellation);
        var watch = new WatchProgress(version, _client.Time);
        _facts.Open();
        try
        {
            var end = await WatchStream.ReadAsync(response, line => Apply(WatchEvent<T>.Parse(line, _resource), watch), _client.Time, cancellation);
            if (end == WatchEnd.Cut) throw new ApiServerException(0, ApiServerException.Unreachable, $"{request}: the watch broke off");
            if (watch.IsProgress) _recovery.Progressed();
            return _recovery.AfterEnd(watch, wasAsked: end == WatchEnd.Silent || watch.Age >= asked * 0.9);
        }
        catch (Exception e) when (e is ApiServerException or JsonException)
        {
            if (watch.IsProgress) _recovery.Progressed();
            return Fail(ReflectorState.Watching(watch.Version), Described(e));
        }
        finally
        {
            _facts.Close();
        }
    }

    private async Task<HttpResponseMessage> OpenAsync(ApiServerRequest request, CancellationToken cancellation)
    {
        using var timeout = new RequestTimeout(ApiServerClient.Timeout, _client.Time, cancellation);
        return await timeout.Run(token => _client.SendAsync(request, token));
    }

    private void Apply(in WatchEvent<T> found, WatchProgress watch)
    {
        if (found.Kind == WatchEventKind.Error) throw ApiServerException.From(found.Status!, 500, $"the watch of {_resource.Name}");
        var version = found.Metadata.ResourceVersion ?? "";
        if (ResourceVersions.IsOlder(version, watch.Version))
            throw new ApiServerException(410, "Expired", $"{_resource.Name}: the API server went back from resource version {watch.Version} to {version}: it is listed anew");
        if (version.Length > 0) watch.Version = version;
        watch.HasEvents = true;
        _facts.Contact();
        switch (found.Kind)
        {
            case WatchEventKind.Set: Store.Set(_resource.Keep(found.Object!)); break;
            case WatchEventKind.Deleted: Store.Remove(WatchedResource<T>.KeyOf(found.Metadata)); break;
            case WatchEventKind.Unreadable: KeepLastReadable(WatchedResource<T>.KeyOf(found.Metadata), found.Problem); return;
            default: return;
        }

        _facts.CountEvent();
        Changed();
    }

    private T? KeepLastReadable(NamespacedName key, string? problem)
    {
        var last = Store.Find(key);
        var shown = key.Namespace.Length == 0 ? key.Name : key.ToString();
        Problem(new WatchProblem(_resource.Name, shown, $"cannot be read, {(last is null ? "it is left out" : "its last readable version is kept")}: {problem}"));
        return last;
    }
}
