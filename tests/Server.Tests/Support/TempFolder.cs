namespace Spanhook.Server.Tests.Support;

/// <summary>A folder of one test.</summary>
internal sealed class TempFolder : IDisposable
{
    private int _writes;

    public string Path { get; } = Directory.CreateTempSubdirectory("spanhook-tests-").FullName;

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file whose time differs from that of every write before, however coarse the file system's clock is.</summary>
    public string Write(string name, string content)
    {
        var path = PathOf(name);
        File.WriteAllText(path, content);
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddYears(50).AddSeconds(++_writes));
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
