using Spanhook.Manifests;

namespace Spanhook.Deploy.Tests;

/// <summary>The objects that an overlay or the chart makes, by kind and name.</summary>
internal sealed class Deployed
{
    private readonly SortedDictionary<string, JsonNode> _objects = new(StringComparer.Ordinal);

    private Deployed(IEnumerable<ManifestDocument> documents)
    {
        foreach (var document in documents)
        {
            var value = JsonNode.Parse(document.Utf8Json.Span)!;
            _objects.Add($"{value["kind"]}/{value["metadata"]!["name"]}", value);
        }
    }

    public IEnumerable<string> Names => _objects.Keys;

    public JsonNode this[string name] => _objects[name];

    public JsonNode Pod => this["Deployment/spanhook"]["spec"]!["template"]!["spec"]!;

    public JsonNode Container => Pod["containers"]![0]!;

    public JsonNode Webhook => Assert.Single(this["MutatingWebhookConfiguration/spanhook"]["webhooks"]!.AsArray())!;

    public static string PathOf(params string[] parts) => RepositoryRoot.PathOf(["deploy", .. parts]);

    public static Deployed Overlay(string name) =>
        Parse(Tool.Kubectl.Run("kustomize", name == "base" ? PathOf("kustomize", "base") : name.Contains('/', StringComparison.Ordinal) ? PathOf(name.TrimEnd((char)47)) : PathOf("kustomize", "overlays", name)));

    public static Deployed Chart(string? values = null)
    {
        if (values is null) return Parse(Tool.Helm.Run("template", "spanhook", PathOf("helm", "spanhook"), "-n", "spanhook"));
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, values);
            return Parse(Tool.Helm.Run("template", "spanhook", PathOf("helm", "spanhook"), "-n", "spanhook", "-f", file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    public static Deployed Read(params string[] path) => new(ManifestReader.ReadFile(PathOf(path)));

    public static Deployed Parse(string text) => new(ManifestReader.Parse(text, "rendered.yaml"));
}
