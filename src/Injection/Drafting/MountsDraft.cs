using System.Text.Json;
using Spanhook.Api;

namespace Spanhook.Injection.Drafting;

/// <summary>The volume mounts of one container while they are edited.</summary>
internal sealed class MountsDraft(JsonElement original)
{
    private readonly List<Mount> _added = [];
    private readonly List<int> _removed = [];

    public JsonElement Original => original;
    public IReadOnlyList<Mount> Added => _added;

    /// <summary>Places in the original array that are left out.</summary>
    public IReadOnlyList<int> Removed => _removed;

    public int Edits => _added.Count + _removed.Count;

    /// <summary>Adds a mount unless it is there.</summary>
    public void Add(string volume, string path, bool readOnly = false)
    {
        if (FindByPath(path) is null) _added.Add(new(volume, path, readOnly));
    }

    /// <summary>The volume that is mounted at a path; null when none is.</summary>
    public string? FindByPath(string path)
    {
        foreach (var mount in _added)
        {
            if (mount.Path == path) return mount.Volume;
        }

        var index = 0;
        foreach (var item in original.Items())
        {
            if (!_removed.Contains(index++) && PathsEqual(item.Text("mountPath"u8), path)) return item.Text("name"u8) ?? "";
        }

        return null;
    }

    /// <summary>Leaves out the user's mounts at exactly this path, which another volume takes over.</summary>
    public void Remove(string path)
    {
        var index = 0;
        foreach (var item in original.Items())
        {
            if (PathsEqual(item.Text("mountPath"u8), path) && !_removed.Contains(index)) _removed.Add(index);
            index++;
        }
    }

    /// <summary>Two paths are the same mount point whatever slashes end them.</summary>
    public static bool PathsEqual(string? left, string right) =>
        left is not null && left.AsSpan().TrimEnd('/').SequenceEqual(right.AsSpan().TrimEnd('/'));
}

/// <summary>A mount that is added.</summary>
internal readonly record struct Mount(string Volume, string Path, bool ReadOnly = false);
