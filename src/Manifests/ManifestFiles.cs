namespace Spanhook.Manifests;

/// <summary>The files that a path means.</summary>
public static class ManifestFiles
{
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    /// <summary>
    /// The path itself when it is a file; else the manifests of the folder (<c>*.yaml</c>, <c>*.yml</c>, <c>*.json</c>), in ordinal order.
    /// Names that begin with a dot are left out, and links to folders are not followed: a mounted ConfigMap shows every file three times.
    /// </summary>
    /// <exception cref="ManifestException">There is no such file or folder.</exception>
    public static IReadOnlyList<string> List(string path, bool recursive)
    {
        if (File.Exists(path)) return [path];
        if (!Directory.Exists(path)) throw new ManifestException(new ManifestProblem(path, 0, 0, "there is no such file or folder: check the path"));
        var files = new List<string>();
        try
        {
            Collect(path, recursive, files);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ManifestException(new ManifestProblem(path, 0, 0, $"the folder cannot be read: {e.Message}"));
        }

        files.Sort(StringComparer.Ordinal);
        return files;
    }

    private static void Collect(string folder, bool recursive, List<string> files)
    {
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            if (!IsHidden(file) && Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)) files.Add(file);
        }

        if (!recursive) return;
        foreach (var child in new DirectoryInfo(folder).EnumerateDirectories())
        {
            if (!IsHidden(child.Name) && child.LinkTarget is null) Collect(Path.Combine(folder, child.Name), recursive, files);
        }
    }

    private static bool IsHidden(string path) => Path.GetFileName(path).StartsWith('.');
}
