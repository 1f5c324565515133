namespace Spanhook.Manifests;

/// <summary>One document of a manifest file.</summary>
/// <param name="Source">The file's path, or <c>-</c> for standard input.</param>
/// <param name="Number">1 for the first document of the file.</param>
/// <param name="Line">The line on which it starts, from 1.</param>
public sealed record ManifestDocument(string Source, int Number, int Line);
