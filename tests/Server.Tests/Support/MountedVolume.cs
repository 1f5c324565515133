namespace Spanhook.Server.Tests.Support;

/// <summary>
/// A folder as the kubelet mounts a Secret or ConfigMap: every file is a link through <c>..data</c>, which is swapped for another folder, so that
/// the links themselves never change.
/// </summary>
internal sealed class MountedVolume(TempFolder folder) : IDisposable
{
    private int _versions;

    public void Swap(params ReadOnlySpan<(string Name, string Content)> files)
    {
        var version = $"..2030_{++_versions}";
        Directory.CreateDirectory(folder.PathOf(version));
        foreach (var (name, content) in files)
        {
            File.WriteAllText(folder.PathOf($"{version}/{name}"), content);
            if (!File.Exists(folder.PathOf(name))) File.CreateSymbolicLink(folder.PathOf(name), $"..data/{name}");
        }

        File.Delete(folder.PathOf("..data"));
        Directory.CreateSymbolicLink(folder.PathOf("..data"), version);
    }

    // The folder deletes what is in it; a link to a folder goes first, or its target would be emptied through it.
    public void Dispose() => File.Delete(folder.PathOf("..data"));
}
