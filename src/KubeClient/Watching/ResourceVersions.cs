using System.Globalization;

namespace Spanhook.KubeClient.Watching;

/// <summary>
/// Resource versions are opaque but for one thing: those of one collection that are decimal numbers may be compared (Kubernetes 1.35 says so, and all
/// before behaved so). What is no number is never older.
/// </summary>
internal static class ResourceVersions
{
    /// <summary>True when the server went back in time: etcd was restored from a backup.</summary>
    public static bool IsOlder(string found, string known) =>
        ulong.TryParse(found, NumberStyles.None, CultureInfo.InvariantCulture, out var now)
        && ulong.TryParse(known, NumberStyles.None, CultureInfo.InvariantCulture, out var before)
        && now < before;
}
