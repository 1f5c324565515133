using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Spanhook.Support;

/// <summary>
/// The objects of one resource, the log of their changes, and who watches. Resource versions, watches that ask for the future, pages and compaction
/// behave as with etcd behind a real API server.
/// </summary>
public sealed class FakeResource
{
    private readonly FakeApiServer _server;
    private readonly SortedDictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);
    private readonly List<(long Version, string Type, JsonObject Object)> _log = [];
    private readonly Dictionary<string, (long Version, List<JsonObject> Items)> _pages = [];
    private readonly List<FakeWatch> _watches = [];
    private long _compacted;
    private int _tokens;

    internal FakeResource(FakeApiServer server, string path, string apiVersion, string kind) => (_server, Path, ApiVersion, Kind) = (server, path, apiVersion, kind);

    public string Path { get; }
    public string ApiVersion { get; }
    public string Kind { get; }

    /// <summary>What admission makes of an object that is created.</summary>
    public Func<JsonObject, JsonObject> Admit { get; set; } = value => value;

    /// <summary>False: as if its definition were not there.</summary>
    public bool Exists { get; private set; } = true;

    /// <summary>Whether its definition has the status subresource.</summary>
    public bool HasStatus { get; set; } = true;

    public int OpenWatches
    {
        get
        {
            lock (_server.Lock) return _watches.Count;
        }
    }

    /// <summary>Resource versions by namespace/name.</summary>
    public IReadOnlyDictionary<string, string> State
    {
        get
        {
            lock (_server.Lock) return _objects.ToDictionary(o => o.Key, o => o.Value["metadata"]!["resourceVersion"]!.GetValue<string>(), StringComparer.Ordinal);
        }
    }

    /// <summary>Creates or replaces; returns what is stored.</summary>
    public JsonObject Put(JsonObject value)
    {
        lock (_server.Lock)
        {
            var stored = (JsonObject)value.DeepClone();
            var metadata = stored["metadata"] as JsonObject ?? [];
            stored["metadata"] = metadata;
            stored["apiVersion"] ??= ApiVersion;
            stored["kind"] ??= Kind;
            var key = KeyOf(stored);
            var type = _objects.ContainsKey(key) ? "MODIFIED" : "ADDED";
            metadata["uid"] = _objects.TryGetValue(key, out var old) ? old["metadata"]!["uid"]!.GetValue<string>() : Guid.NewGuid().ToString();
            Log(type, stored);
            _objects[key] = stored;
            return (JsonObject)stored.DeepClone();
        }
    }

    public bool Delete(string key)
    {
        lock (_server.Lock)
        {
            if (!_objects.Remove(key, out var value)) return false;
            Log("DELETED", (JsonObject)value.DeepClone());
            return true;
        }
    }

    public JsonObject? Find(string key)
    {
        lock (_server.Lock) return _objects.TryGetValue(key, out var value) ? (JsonObject)value.DeepClone() : null;
    }

    /// <summary>Deletes the definition: objects are deleted, watches end, requests answer 404.</summary>
    public void Remove()
    {
        lock (_server.Lock)
        {
            foreach (var key in _objects.Keys.ToList()) Delete(key);
            Exists = false;
            Each(watch => watch.Close());
        }
    }

    public void Restore()
    {
        lock (_server.Lock) Exists = true;
    }

    /// <summary>Everything older than now is gone: watches from older versions and further pages answer 410.</summary>
    public void Compact()
    {
        lock (_server.Lock)
        {
            _log.Clear();
            _pages.Clear();
            _compacted = _server.Version;
        }
    }

    /// <summary>Ends the watches as a server does whose time is over.</summary>
    public void CloseWatches() => Each(watch => watch.Close());

    /// <summary>Breaks the connections of the watches.</summary>
    public void CutWatches() => Each(watch => watch.Cut());

    /// <summary>Nothing reaches those who watch now, and they are not told.</summary>
    public void SilenceWatches() => Each(watch => watch.IsSilent = true);

    /// <summary>As <see cref="SilenceWatches"/>, after one more line.</summary>
    public void SilenceWatchesBut(Action send)
    {
        lock (_server.Lock)
        {
            send();
            SilenceWatches();
        }
    }

    /// <summary>Sends a line as it is.</summary>
    public void Send(string line) => Each(watch => watch.Send(line));

    public void SendError(int code, string reason) =>
        Send($$$"""{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"said by the script","reason":"{{{reason}}}","code":{{{code}}}}}""");

    public void SendBookmark(long? version = null) =>
        Send($$$"""{"type":"BOOKMARK","object":{"kind":"{{{Kind}}}","metadata":{"resourceVersion":"{{{version ?? _server.Version}}}"},"apiVersion":"{{{ApiVersion}}}"}}""");

    /// <summary>The objects as they are now.</summary>
    public IReadOnlyList<JsonObject> Copy()
    {
        lock (_server.Lock) return [.. _objects.Values.Select(o => (JsonObject)o.DeepClone())];
    }

    /// <summary>The objects, and their versions, become those of then; what happened since cannot be watched.</summary>
    public void Replace(IReadOnlyList<JsonObject> objects)
    {
        lock (_server.Lock)
        {
            _objects.Clear();
            foreach (var value in objects) _objects[KeyOf(value)] = (JsonObject)value.DeepClone();
            _server.NextVersion(); // nobody may watch on from what is the newest version now
            Compact();
            CutWatches();
        }
    }

    /// <summary>A page, of one namespace or of all; null when it has expired.</summary>
    internal (List<JsonObject> Items, long Version, string? Continue)? Page(int limit, string? token, string? ns)
    {
        lock (_server.Lock)
        {
            (long Version, List<JsonObject> Items) page;
            if (string.IsNullOrEmpty(token)) page = (_server.Version, [.. _objects.Where(entry => ns is null || entry.Key.StartsWith(ns + "/", StringComparison.Ordinal)).Select(entry => entry.Value)]);
            else if (!_pages.Remove(token, out page)) return null;
            if (limit <= 0 || page.Items.Count <= limit) return (page.Items, page.Version, null);
            var next = string.Create(CultureInfo.InvariantCulture, $"page/{++_tokens}&of={page.Version}");
            _pages[next] = (page.Version, page.Items[limit..]);
            return (page.Items[..limit], page.Version, next);
        }
    }

    /// <summary>A watch; null when the version is too old.</summary>
    internal FakeWatch? Watch(long after, Func<JsonObject, JsonObject> form)
    {
        lock (_server.Lock)
        {
            if (after < _compacted) return null;
            var watch = new FakeWatch(after, form);
            foreach (var (version, type, value) in _log) watch.Send(version, type, value);
            _watches.Add(watch);
            return watch;
        }
    }

    internal void Leave(FakeWatch watch)
    {
        lock (_server.Lock) _watches.Remove(watch);
    }

    private void Log(string type, JsonObject value)
    {
        var version = _server.NextVersion();
        value["metadata"]!["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture);
        _log.Add((version, type, value));
        foreach (var watch in _watches) watch.Send(version, type, value);
    }

    private void Each(Action<FakeWatch> act)
    {
        lock (_server.Lock)
        {
            foreach (var watch in _watches.ToList()) act(watch);
        }
    }

    private static string KeyOf(JsonObject value)
    {
        var name = value["metadata"]!["name"]!.GetValue<string>();
        return value["metadata"]!["namespace"]?.GetValue<string>() is { } ns ? $"{ns}/{name}" : name;
    }
}

/// <summary>An open watch.</summary>
internal sealed class FakeWatch(long after, Func<JsonObject, JsonObject> form)
{
    private readonly Channel<byte[]> _lines = Channel.CreateUnbounded<byte[]>();

    public ChannelReader<byte[]> Lines => _lines.Reader;

    public bool IsCut { get; private set; }

    public bool IsSilent { get; set; }

    /// <summary>As the watch cache does: what is not newer than what was asked for is never sent, even if the client asked for the future.</summary>
    public void Send(long version, string type, JsonObject value)
    {
        if (version > after) Send($$"""{"type":"{{type}}","object":{{form(value).ToJsonString()}}}""");
    }

    public void Send(string line)
    {
        if (!IsSilent) _lines.Writer.TryWrite(Encoding.UTF8.GetBytes(line + "\n"));
    }

    public void Close() => _lines.Writer.TryComplete();

    public void Cut()
    {
        IsCut = true;
        _lines.Writer.TryComplete();
    }
}
