namespace Spanhook.EndToEnd.Support;

/// <summary>A folder for one run, removed at its end; those of runs that were killed are removed by the next.</summary>
internal sealed class RunFolder : IDisposable
{
    private const string Prefix = "spanhook-e2e-";
    private readonly FileStream _inUse;

    public RunFolder()
    {
        RemoveLeftOvers();
        Path = Directory.CreateTempSubdirectory(Prefix).FullName;
        _inUse = new FileStream(Lock(Path), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
    }

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        _inUse.Dispose();
        Directory.Delete(Path, recursive: true);
    }

    private static string Lock(string folder) => System.IO.Path.Combine(folder, "in-use");

    private static void RemoveLeftOvers()
    {
        foreach (var folder in Directory.EnumerateDirectories(System.IO.Path.GetTempPath(), Prefix + "*"))
        {
            try
            {
                // Locked while its run is alive; the kernel lets go of the lock of a process that was killed.
                using (new FileStream(Lock(folder), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                {
                }

                Directory.Delete(folder, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // In use, or another user's.
            }
        }
    }
}
