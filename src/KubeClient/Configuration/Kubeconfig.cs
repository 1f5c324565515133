using System.Text.Json;
using Spanhook.Api;
using Spanhook.Manifests;

namespace Spanhook.KubeClient.Configuration;

/// <summary>Kubeconfig files as kubectl merges them: of several files the first that sets a value, or names an entry, wins.</summary>
internal sealed class Kubeconfig
{
    private readonly List<KubeconfigEntry> _roots = [];

    private Kubeconfig(string shown) => Shown = shown;

    /// <summary>The files, for people.</summary>
    public string Shown { get; }

    /// <exception cref="ApiServerConfigException">A file cannot be read, or there is none.</exception>
    public static Kubeconfig Load(string? file, ConfigEnvironment environment)
    {
        var fallback = Path.Combine(environment.Home, ".kube", "config");
        string[] files = file is not null ? [file]
            : environment["KUBECONFIG"] is { } list ? list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            : [fallback];

        // As kubectl: files of KUBECONFIG may be absent, one that is named may not.
        var present = files.Where(File.Exists).Distinct(StringComparer.Ordinal).ToList();
        if (file is not null && present.Count == 0) throw new ApiServerConfigException($"{file}: there is no such kubeconfig: check the path");
        if (present.Count == 0)
            throw new ApiServerConfigException($"there is no kubeconfig ({string.Join(", ", files)}), and this is no pod: name one with --kubeconfig FILE or KUBECONFIG");
        var config = new Kubeconfig(string.Join(", ", present));
        foreach (var path in present) config.Add(path);
        return config;
    }

    /// <summary>A text of the top level.</summary>
    public string? Text(string name) => _roots.Select(root => root.Text(name)).FirstOrDefault(text => text is not null);

    /// <summary>The entry of that name in one of the lists, as <c>contexts</c>; what is in it stands under <paramref name="inner"/>.</summary>
    public KubeconfigEntry? Find(string list, string inner, string name) => Entries(list).FirstOrDefault(entry => entry.Text("name") == name)?.Child(inner);

    public IReadOnlyList<string> Names(string list) => [.. Entries(list).Select(entry => entry.Text("name")).OfType<string>().Distinct(StringComparer.Ordinal)];

    private IEnumerable<KubeconfigEntry> Entries(string list) => _roots.SelectMany(root => root.Items(list));

    private void Add(string path)
    {
        try
        {
            foreach (var document in ManifestReader.ReadFile(path))
            {
                if (!document.IsObject) throw new ApiServerConfigException(document.Problem("", "this is no kubeconfig: write a mapping with clusters, users and contexts").ToString());
                using var json = document.ToJson();
                var root = json.RootElement.Clone();
                if (root.Text("kind"u8) is { } kind && kind != "Config")
                    throw new ApiServerConfigException(document.Problem("/kind", $"'{kind}' is no kubeconfig: write kind: Config").ToString());
                _roots.Add(new KubeconfigEntry(document, root, ""));
            }
        }
        catch (ManifestException e)
        {
            throw new ApiServerConfigException(e.Message, e);
        }
    }
}

/// <summary>A mapping of a kubeconfig, with its place.</summary>
internal sealed class KubeconfigEntry(ManifestDocument document, JsonElement element, string pointer)
{
    /// <summary>Paths are relative to it.</summary>
    public string Folder => Path.GetDirectoryName(Path.GetFullPath(document.File))!;

    public JsonElement Json => element;

    public bool Has(string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>Null when absent or empty.</summary>
    /// <exception cref="ApiServerConfigException">It is no text.</exception>
    public string? Text(string name)
    {
        if (!Has(name)) return null;
        var value = element.GetProperty(name);
        if (value.ValueKind != JsonValueKind.String) throw Problem(name, "must be a text: write it in quotes");
        return value.GetString() is { Length: > 0 } text ? text : null;
    }

    public bool Flag(string name)
    {
        if (!Has(name)) return false;
        var value = element.GetProperty(name);
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Problem(name, "must be true or false");
    }

    public KubeconfigEntry? Child(string name)
    {
        if (!Has(name)) return null;
        var value = element.GetProperty(name);
        return value.ValueKind == JsonValueKind.Object ? new(document, value, $"{pointer}/{name}") : throw Problem(name, "must be a mapping: write its fields below it");
    }

    public IEnumerable<KubeconfigEntry> Items(string name)
    {
        if (!Has(name)) yield break;
        var list = element.GetProperty(name);
        if (list.ValueKind != JsonValueKind.Array) throw Problem(name, "must be a list: put each entry after '- '");
        var index = 0;
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object) throw Problem($"{name}/{index}", "must be a mapping: write its fields");
            yield return new(document, item, $"{pointer}/{name}/{index++}");
        }
    }

    public IReadOnlyList<string> Texts(string name)
    {
        if (!Has(name)) return [];
        var list = element.GetProperty(name);
        if (list.ValueKind != JsonValueKind.Array || list.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String)) throw Problem(name, "must be a list of texts");
        return [.. list.EnumerateArray().Select(item => item.GetString()!)];
    }

    /// <summary>A path of this file: relative to the folder of the kubeconfig.</summary>
    public string? PathIn(string name) => Text(name) is { } path ? Path.GetFullPath(path, Folder) : null;

    /// <summary>PEM: in base64 under <c>NAME-data</c>, or a file under <c>NAME</c>; the data win.</summary>
    public PemSource? Pem(string name)
    {
        var data = $"{name}-data";
        if (Text(data) is { } base64)
        {
            var bytes = new byte[base64.Length];
            return Convert.TryFromBase64String(base64, bytes, out var length)
                ? PemSource.OfText(System.Text.Encoding.UTF8.GetString(bytes, 0, length), Place(data))
                : throw Problem(data, $"is no base64: write the PEM file in base64, or its path as {name}");
        }

        if (PathIn(name) is not { } file) return null;
        return File.Exists(file) ? PemSource.OfFile(file, Place(name)) : throw Problem(name, $"{file} is not there: check the path, which is relative to the kubeconfig");
    }

    public ApiServerConfigException Problem(string name, string message) => new($"{Place(name)}: {message}");

    private string Place(string name)
    {
        var path = $"{pointer}/{name}";
        return document.Problem(path, path[1..].Replace('/', '.')).ToString();
    }
}
