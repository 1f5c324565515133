using Spanhook.Api.Policy;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Decision;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>What is done with an engine whose version is not known.</summary>
internal enum UnknownVersionMode
{
    /// <summary>It is left alone.</summary>
    Skip,

    /// <summary>A wrapper looks for the packages first.</summary>
    Guard,

    /// <summary>It is injected: the user takes the risk.</summary>
    Inject,
}

/// <summary>How engines are treated on one pod: its annotations, its namespace's, then the policies that enforce, field by field.</summary>
internal sealed record EngineSettings
{
    public UnknownVersionMode UnknownVersion { get; private init; }

    /// <summary>The policies' wish; null when none has one.</summary>
    public IReadOnlyList<string>? DetailedTraces { get; private init; }

    /// <summary>What the annotation says that is none of the words; null when it is one.</summary>
    public string? InvalidUnknownVersion { get; private init; }

    private IReadOnlyList<ImageVersion> Versions { get; init; } = [];

    /// <summary>The version that the policies state for an image; null when none does.</summary>
    public string? VersionOf(string? image)
    {
        if (image is null) return null;
        foreach (var stated in Versions)
        {
            if (Matches(stated.Image!, image)) return stated.Version;
        }

        return null;
    }

    public static EngineSettings Read(RequestAnnotations annotations, PolicySettings policies)
    {
        var written = annotations.First(Annotations.UnknownVersion);
        var annotated = Parse(written);
        return new()
        {
            UnknownVersion = annotated ?? policies.UnknownVersion ?? UnknownVersionMode.Skip,
            DetailedTraces = policies.DetailedTraces,
            Versions = policies.Versions,
            InvalidUnknownVersion = written is not null && annotated is null ? written : null,
        };
    }

    // With a tag the image itself, without one whatever its tag is.
    private static bool Matches(string pattern, string image) => pattern.EndsWith('*')
        ? image.StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal)
        : image.StartsWith(pattern, StringComparison.Ordinal) && (image.Length == pattern.Length || image[pattern.Length] is ':' or '@');

    /// <summary>Reads skip, guard or inject, whatever the case; null for anything else.</summary>
    public static UnknownVersionMode? Parse(string? text) => text?.ToLowerInvariant() switch
    {
        "skip" => UnknownVersionMode.Skip,
        "guard" => UnknownVersionMode.Guard,
        "inject" => UnknownVersionMode.Inject,
        _ => null,
    };
}
