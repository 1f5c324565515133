using Spanhook.Manifests;

namespace Spanhook.Cli.Injecting;

/// <summary>The documents that <c>-f</c> names, in the order in which it names them.</summary>
internal static class ManifestInput
{
    /// <exception cref="ManifestException">With every problem of every file; or there is nothing to read.</exception>
    public static IReadOnlyList<ManifestDocument> Read(IReadOnlyList<string> paths, bool recursive, TextReader input)
    {
        var documents = new List<ManifestDocument>();
        var problems = new List<ManifestProblem>();
        foreach (var path in paths)
        {
            try
            {
                if (path == "-") documents.AddRange(ManifestReader.Read(input, "-"));
                else ReadPath(path, recursive, documents, problems);
            }
            catch (ManifestException e)
            {
                problems.AddRange(e.Problems);
            }
        }

        if (problems.Count == 0 && documents.Count == 0)
        {
            problems.Add(new ManifestProblem(string.Join(", ", paths), 0, 0, "there is no manifest in it: give a file with at least one object"));
        }

        return problems.Count == 0 ? documents : throw new ManifestException(problems);
    }

    private static void ReadPath(string path, bool recursive, List<ManifestDocument> documents, List<ManifestProblem> problems)
    {
        foreach (var file in ManifestFiles.List(path, recursive))
        {
            try
            {
                documents.AddRange(ManifestReader.ReadFile(file));
            }
            catch (ManifestException e)
            {
                problems.AddRange(e.Problems);
            }
        }
    }
}
