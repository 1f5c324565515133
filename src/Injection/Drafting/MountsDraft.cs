using System.Runtime.InteropServices;
using System.Text.Json;
using Spanhook.Api;

namespace Spanhook.Injection.Drafting;

/// <summary>The volume mounts of one container while they are edited.</summary>
internal sealed class MountsDraft(JsonElement original)
{
    private readonly List<Mount> _added = new(1);
    private List<int>? _removed; // only web servers take a mount away

    public JsonElement Original => original;
    public List<Mount> Added => _added;

    public bool HasRemoved => _removed is not null;

    public int Edits => _added.Count + (_removed?.Count ?? 0);

    /// <summary>Adds a mount unless it is there.</summary>
    public void Add(string volume, string path, bool readOnly = false)
    {
        if (FindByPath(path) is null) _added.Add(new(volume, path, readOnly));
    }

    /// <summary>Whether the mount at that place of the original array is left out.</summary>
    public bool IsRemoved(int index) => _removed?.Contains(index) == true;

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
            if (!IsRemoved(index++) && PathsEqual(item.Member("mountPath"u8), path)) return item.Text("name"u8) ?? "";
        }

        return null;
    }

    /// <summary>Leaves out the user's mounts at exactly this path, which another volume takes over.</summary>
    public void Remove(string path)
    {
        var index = 0;
        foreach (var item in original.Items())
        {
            if (PathsEqual(item.Member("mountPath"u8), path) && !IsRemoved(index)) (_removed ??= []).Add(index);
            index++;
        }
    }

    /// <summary>Two paths are the same mount point whatever slashes end them.</summary>
    public static bool PathsEqual(JsonElement left, string right)
    {
        if (left.ValueKind != JsonValueKind.String) return false;
        var raw = JsonMarshal.GetRawUtf8Value(left);
        // Most paths are written plainly and are compared where they stand.
        if (!raw.Contains((byte)'\\') && !raw.EndsWith("/\""u8) && !right.EndsWith('/')) return left.ValueEquals(right);
        return left.AsText() is { } text && text.AsSpan().TrimEnd('/').SequenceEqual(right.AsSpan().TrimEnd('/'));
    }
}

/// <summary>A mount that is added.</summary>
internal readonly record struct Mount(string Volume, string Path, bool ReadOnly = false);
