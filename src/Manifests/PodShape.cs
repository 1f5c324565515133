using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spanhook.Manifests;

/// <summary>
/// The types of what the injection reads of a pod. The API server checks a pod before a webhook sees it; here nobody did, and a mistake that
/// is named now is one that kubectl would have named without a line.
/// </summary>
internal sealed class PodShape(ManifestObject workload, string prefix)
{
    private readonly List<ManifestProblem> _problems = [];

    /// <summary>The names of the workload itself.</summary>
    public IReadOnlyList<ManifestProblem> CheckIdentity()
    {
        if (workload.Json["metadata"] is not JsonObject metadata) return _problems;
        foreach (var field in (ReadOnlySpan<string>)["name", "generateName", "namespace"])
        {
            if (metadata[field] is { } value) String(value, $"/metadata/{field}");
        }

        return _problems;
    }

    public IReadOnlyList<ManifestProblem> Check(JsonObject template)
    {
        if (Object(template, "", "metadata") is { } metadata)
        {
            foreach (var field in (ReadOnlySpan<string>)["labels", "annotations"])
            {
                foreach (var (name, value) in Object(metadata, "/metadata", field) ?? []) String(value, JsonPointer.Append($"/metadata/{field}", name));
            }
        }

        if (!template.ContainsKey("spec") || template["spec"] is null) Add("/spec", "is missing: write the pod's spec with its containers");
        else if (Object(template, "", "spec") is { } spec) CheckSpec(spec);
        return _problems;
    }

    private void CheckSpec(JsonObject spec)
    {
        if (spec["containers"] is null or JsonArray { Count: 0 }) Add("/spec/containers", "has no container: write at least one with a name and an image");
        foreach (var field in (ReadOnlySpan<string>)["containers", "initContainers"])
        {
            var (items, pointer) = (Array(spec, "/spec", field), $"/spec/{field}");
            for (var i = 0; i < items.Count; i++) CheckContainer(items[i], JsonPointer.Append(pointer, i));
        }

        CheckNamed(Array(spec, "/spec", "volumes"), "/spec/volumes");
    }

    private void CheckContainer(JsonNode? node, string pointer)
    {
        if (node is not JsonObject container)
        {
            Add(pointer, $"must be a mapping, not {ValueText.Describe(node)}: write name and image");
            return;
        }

        if (container["name"] is null) Add($"{pointer}/name", "is missing: write the container's name");
        else String(container["name"], $"{pointer}/name");
        foreach (var field in (ReadOnlySpan<string>)["image", "imagePullPolicy", "restartPolicy"])
        {
            if (container[field] is { } value) String(value, $"{pointer}/{field}");
        }

        foreach (var field in (ReadOnlySpan<string>)["command", "args"])
        {
            var words = Array(container, pointer, field);
            for (var i = 0; i < words.Count; i++) String(words[i], JsonPointer.Append($"{pointer}/{field}", i));
        }

        CheckNamed(Array(container, pointer, "env"), $"{pointer}/env");
        CheckNamed(Array(container, pointer, "volumeMounts"), $"{pointer}/volumeMounts");
    }

    /// <summary>A list of mappings with a name, and with a value that is a string where there is one.</summary>
    private void CheckNamed(JsonArray items, string pointer)
    {
        for (var i = 0; i < items.Count; i++)
        {
            var child = JsonPointer.Append(pointer, i);
            if (items[i] is not JsonObject item)
            {
                Add(child, $"must be a mapping, not {ValueText.Describe(items[i])}: write '- name: …'");
                continue;
            }

            if (item["name"] is null) Add($"{child}/name", "is missing: write a name");
            else String(item["name"], $"{child}/name");
            if (item["value"] is { } value) String(value, $"{child}/value");
        }
    }

    private JsonObject? Object(JsonObject parent, string pointer, string field)
    {
        if (parent[field] is not { } value) return null;
        if (value is JsonObject found) return found;
        Add($"{pointer}/{field}", $"must be a mapping, not {ValueText.Describe(value)}: write its fields below it");
        return null;
    }

    private JsonArray Array(JsonObject parent, string pointer, string field)
    {
        if (parent[field] is not { } value) return [];
        if (value is JsonArray found) return found;
        Add($"{pointer}/{field}", $"must be a list, not {ValueText.Describe(value)}: put each entry on its own line after '- '");
        return [];
    }

    private void String(JsonNode? value, string pointer)
    {
        if (value?.GetValueKind() != JsonValueKind.String) Add(pointer, ValueText.WantsString(value));
    }

    private void Add(string pointer, string message) => _problems.Add(
        workload.Problem(prefix + pointer, $"{workload.Kind} {workload.Name ?? "without a name"}: {JsonPointer.ToFieldPath(prefix + pointer)}: {message}"));
}
