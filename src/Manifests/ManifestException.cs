using System.Globalization;

namespace Spanhook.Manifests;

/// <summary>Something wrong in a manifest, with the place and what to write instead.</summary>
/// <param name="File">The file's path, or <c>-</c> for standard input.</param>
/// <param name="Document">1 for the first document of the file; 0 when the file as a whole is meant.</param>
/// <param name="Line">From 1; 0 when the file as a whole is meant.</param>
/// <param name="Message">What is wrong, and the fix.</param>
public sealed record ManifestProblem(string File, int Document, int Line, string Message)
{
    /// <summary>One line: <c>web.yaml: document 2, line 14: …</c>.</summary>
    public override string ToString() => Document == 0
        ? $"{File}: {Message}"
        : string.Create(CultureInfo.InvariantCulture, $"{File}: document {Document}, line {Line}: {Message}");
}

/// <summary>Manifests that cannot be used. The message has one line per problem.</summary>
public sealed class ManifestException : Exception
{
    public ManifestException(IReadOnlyList<ManifestProblem> problems)
        : base(string.Join('\n', problems)) => Problems = problems;

    public ManifestException(ManifestProblem problem)
        : this([problem])
    {
    }

    /// <summary>Never empty; in the order of the files.</summary>
    public IReadOnlyList<ManifestProblem> Problems { get; }
}
