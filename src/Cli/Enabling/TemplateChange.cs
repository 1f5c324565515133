using System.Text.Json.Nodes;
using Spanhook.Manifests;

namespace Spanhook.Cli.Enabling;

/// <summary>What becomes of one annotation of a pod template.</summary>
/// <param name="Key">The whole key.</param>
/// <param name="Value">Null takes it away.</param>
internal readonly record struct AnnotationEdit(string Key, string? Value);

/// <summary>Edits of the annotations of every template of a workload, as the smallest merge patch (RFC 7386) that makes them.</summary>
internal sealed class TemplateChange
{
    private TemplateChange(JsonObject patch, IReadOnlyList<AnnotationEdit> edits) => (Patch, Edits) = (patch, edits);

    /// <summary>Empty when everything is so already.</summary>
    public JsonObject Patch { get; }

    /// <summary>Those that change something.</summary>
    public IReadOnlyList<AnnotationEdit> Edits { get; }

    public bool IsNone => Patch.Count == 0;

    /// <param name="workload">As the API server has it.</param>
    /// <param name="edits">The wishes; what is so already is left away.</param>
    public static TemplateChange Of(ManifestObject workload, IReadOnlyList<AnnotationEdit> edits)
    {
        var (patch, effective) = (new JsonObject(), new List<AnnotationEdit>());
        foreach (var template in WorkloadTemplate.Of(workload))
        {
            foreach (var edit in edits.Where(edit => template.Annotations?[edit.Key]?.ToString() != edit.Value))
            {
                At(patch, $"{template.Pointer}/metadata/annotations")[edit.Key] = edit.Value;
                if (!effective.Contains(edit)) effective.Add(edit);
            }
        }

        return new TemplateChange(patch, effective);
    }

    /// <summary>The workload as it would be then.</summary>
    public JsonObject ApplyTo(JsonObject workload)
    {
        var copy = (JsonObject)workload.DeepClone();
        Merge(copy, Patch);
        return copy;
    }

    private static JsonObject At(JsonObject patch, string pointer)
    {
        var at = patch;
        foreach (var field in pointer.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (at[field] is not JsonObject child) at[field] = child = [];
            at = child;
        }

        return at;
    }

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (field, value) in patch)
        {
            if (value is null) target.Remove(field);
            else if (value is not JsonObject child) target[field] = value.DeepClone();
            else if (target[field] is JsonObject old) Merge(old, child);
            else Merge((JsonObject)(target[field] = new JsonObject()), child);
        }
    }
}
