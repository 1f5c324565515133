using Spanhook.Api;
using Spanhook.Api.Core;

namespace Spanhook.Injection;

/// <summary>
/// The annotation <c>spanhook.dev/injected</c>: a comma list of <c>INJECTOR/CONTAINER=SOURCE</c>. A hint for people and for telling our own
/// init containers from the OpenTelemetry Operator's; never a reason to skip, since whoever creates the pod can write it.
/// </summary>
internal sealed class InjectionMarker
{
    private readonly List<KeyValuePair<string, string>> _entries = new(1);

    public static InjectionMarker Read(Pod pod)
    {
        var marker = new InjectionMarker();
        foreach (var entry in (pod.Annotations.Text(Annotations.MarkerUtf8) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0) marker.Set(entry[..equals], entry[(equals + 1)..]);
        }

        return marker;
    }

    /// <summary>True when an earlier pass says that it used this injector.</summary>
    public bool Names(string injector)
    {
        foreach (var (key, _) in _entries)
        {
            if (key.Length > injector.Length && key[injector.Length] == '/' && key.StartsWith(injector, StringComparison.Ordinal)) return true;
        }

        return false;
    }

    /// <summary>True when an earlier pass says that it used this injector on this container.</summary>
    public bool Has(string injector, string container)
    {
        var key = $"{injector}/{container}";
        return _entries.Exists(e => e.Key == key);
    }

    /// <param name="injector">The injector's name.</param>
    /// <param name="container">The container's name.</param>
    /// <param name="source">Where the settings came from, without spaces.</param>
    public void Add(string injector, string container, string source) => Set($"{injector}/{container}", source);

    public override string ToString()
    {
        _entries.Sort(static (left, right) => string.CompareOrdinal(left.Key, right.Key));
        return _entries.Count == 1 ? $"{_entries[0].Key}={_entries[0].Value}" : string.Join(',', _entries.Select(e => $"{e.Key}={e.Value}"));
    }

    private void Set(string key, string source)
    {
        for (var i = 0; i < _entries.Count; i++)
        {
            if (_entries[i].Key != key) continue;
            _entries[i] = new(key, source);
            return;
        }

        _entries.Add(new(key, source));
    }
}
