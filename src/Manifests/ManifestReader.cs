using System.Text;

namespace Spanhook.Manifests;

/// <summary>Reads many YAML or JSON documents from a file, as kubectl does: what starts with a brace is JSON, anything else YAML.</summary>
public static class ManifestReader
{
    /// <summary>Objects and arrays in each other; the limit that the API server's own decoder and System.Text.Json have too.</summary>
    internal const int MaxDepth = 64;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="ManifestException">The file is not there, cannot be read, or is neither YAML nor JSON.</exception>
    public static IReadOnlyList<ManifestDocument> ReadFile(string path)
    {
        try
        {
            using var reader = new StreamReader(path, StrictUtf8);
            return Read(reader, path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ManifestException(new ManifestProblem(path, 0, 0, "there is no such file: check the path"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ManifestException(new ManifestProblem(path, 0, 0, $"the file cannot be read: {e.Message}"));
        }
    }

    /// <param name="reader">Read to its end.</param>
    /// <param name="file">The name for messages.</param>
    /// <exception cref="ManifestException">It is neither YAML nor JSON.</exception>
    public static IReadOnlyList<ManifestDocument> Read(TextReader reader, string file)
    {
        try
        {
            return Parse(reader.ReadToEnd(), file);
        }
        catch (DecoderFallbackException)
        {
            throw new ManifestException(new ManifestProblem(file, 0, 0, "the file is not UTF-8: save it as UTF-8"));
        }
    }

    /// <inheritdoc cref="Read"/>
    public static IReadOnlyList<ManifestDocument> Parse(string text, string file)
    {
        if (!LooksLikeJson(text)) return YamlDocuments(text, file);
        try
        {
            return JsonSource.Read(text, file);
        }
        catch (ManifestException e)
        {
            // A YAML flow mapping starts with a brace too. When it is no YAML either, the file's name tells which error helps.
            if (file.EndsWith(".json", StringComparison.OrdinalIgnoreCase)) throw;
            try
            {
                return YamlDocuments(text, file);
            }
            catch (ManifestException) when (!IsYamlName(file))
            {
                throw e;
            }
        }
    }

    private static bool IsYamlName(string file) =>
        file.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);

    private static bool LooksLikeJson(string text)
    {
        var start = text.AsSpan().TrimStart("\uFEFF \t\r\n");
        return start.Length > 0 && start[0] is '{' or '[';
    }

    private static List<ManifestDocument> YamlDocuments(string text, string file)
    {
        var documents = new List<ManifestDocument>();
        foreach (var chunk in YamlChunk.Split(text))
        {
            var number = documents.Count + 1;
            if (new YamlSource(file, number, chunk).Read() is not { } root) continue;
            documents.Add(new ManifestDocument(file, number, root, ManifestFormat.Yaml, chunk.Verbatim));
        }

        return documents;
    }
}
