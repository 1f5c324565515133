namespace Spanhook.Support.Corpus;

/// <summary>What the OpenTelemetry Operator does, recorded. It lies beside the working copy, in <c>../shared/corpus/instrumentation</c>, and may be absent.</summary>
public static class InstrumentationCorpus
{
    /// <summary>Said by a test that is skipped for want of the folder.</summary>
    public const string Absent = "the corpus of recorded results is not beside the working copy (../shared/corpus/instrumentation)";

    private static readonly string Folder = Path.GetFullPath(Path.Combine(RepositoryRoot.Directory, "..", "shared", "corpus", "instrumentation"));

    public static bool IsPresent => Directory.Exists(Folder);

    /// <summary>The names of all records, sorted; none when the folder is absent.</summary>
    public static IReadOnlyList<string> Names { get; } = IsPresent
        ? [.. Directory.EnumerateFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)]
        : [];

    public static CorpusRecord Read(string name) => new(name, File.ReadAllText(Path.Combine(Folder, $"{name}.json")));
}
