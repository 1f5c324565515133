namespace Spanhook.Support;

/// <summary>A file that holds what must come out. <c>UPDATE_GOLDEN=1</c> writes it anew (never in CI); a missing one is a failure.</summary>
public static class Golden
{
    public const string Variable = "UPDATE_GOLDEN";

    /// <summary>True when the files are to be written instead of compared. Never in CI.</summary>
    public static bool IsUpdating { get; } = IsSet(Variable) && !IsSet("CI");

    /// <summary>Compares with the file, line ends aside.</summary>
    public static void AssertMatches(string path, string actual)
    {
        if (IsUpdating)
        {
            if (!File.Exists(path) || Read(path) != actual) File.WriteAllText(path, actual);
            return;
        }

        var shown = Path.GetRelativePath(RepositoryRoot.Directory, path);
        if (!File.Exists(path)) Assert.Fail($"{shown} is missing: run the tests with {Variable}=1, read what was written, and commit it");
        var expected = Read(path);
        if (expected != actual) Assert.Fail($"{shown}: {FirstDifference(expected, actual)}");
    }

    private static string Read(string path) => File.ReadAllText(path).ReplaceLineEndings("\n");

    private static bool IsSet(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } and not ("0" or "false");

    private static string FirstDifference(string expected, string actual)
    {
        var (left, right) = (expected.Split('\n'), actual.Split('\n'));
        for (var i = 0; i < Math.Max(left.Length, right.Length); i++)
        {
            var (theirs, ours) = (left.ElementAtOrDefault(i), right.ElementAtOrDefault(i));
            if (theirs != ours) return $"line {i + 1}: expected {Shown(theirs)} but is {Shown(ours)}";
        }

        return "the same lines, another end";
    }

    private static string Shown(string? line) => line is null ? "the end of the file" : $"'{line}'";
}
