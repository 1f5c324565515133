using Spanhook.Api.Meta;

namespace Spanhook.KubeClient.Watching;

/// <summary>The objects of one collection as last known. Written by one reflector, read by anybody.</summary>
public sealed class Store<T>
    where T : class
{
    private readonly Lock _lock = new();
    private readonly WatchedResource<T> _resource;
    private Dictionary<NamespacedName, T> _objects = [];
    private IReadOnlyList<T>? _list = [];

    internal Store(WatchedResource<T> resource) => _resource = resource;

    public int Count
    {
        get
        {
            lock (_lock) return _objects.Count;
        }
    }

    /// <summary>All of them, in no order. The same list until something changes, and the same object until it changes: what was derived of it may be kept.</summary>
    public IReadOnlyList<T> Objects
    {
        get
        {
            lock (_lock) return _list ??= [.. _objects.Values];
        }
    }

    internal T? Find(NamespacedName key)
    {
        lock (_lock) return _objects.GetValueOrDefault(key);
    }

    /// <summary>The object that is stored, when it is the same version of the same object; else the one given.</summary>
    internal T Known(T value)
    {
        var metadata = _resource.MetadataOf(value);
        return Find(WatchedResource<T>.KeyOf(metadata)) is { } stored && IsSameVersion(_resource.MetadataOf(stored), metadata) ? stored : value;
    }

    internal void Set(T value)
    {
        lock (_lock) (_objects[_resource.KeyOf(value)], _list) = (value, null);
    }

    internal void Remove(NamespacedName key)
    {
        lock (_lock)
        {
            if (_objects.Remove(key)) _list = null;
        }
    }

    /// <summary>The end of a list: all at once. False when nothing is different.</summary>
    internal bool Replace(Dictionary<NamespacedName, T> objects)
    {
        lock (_lock)
        {
            var isSame = objects.Count == _objects.Count && objects.All(pair => _objects.TryGetValue(pair.Key, out var stored) && ReferenceEquals(stored, pair.Value));
            if (isSame) return false;
            (_objects, _list) = (objects, null);
            return true;
        }
    }

    private static bool IsSameVersion(ObjectMeta one, ObjectMeta other) =>
        !string.IsNullOrEmpty(one.ResourceVersion) && one.ResourceVersion == other.ResourceVersion && one.Uid == other.Uid;
}
