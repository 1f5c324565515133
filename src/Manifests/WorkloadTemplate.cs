using System.Text.Json.Nodes;

namespace Spanhook.Manifests;

/// <summary>
/// The pod template of a workload: the way from a manifest to the pod that the API server would be asked to admit for it, and back.
/// </summary>
public sealed class WorkloadTemplate
{
    private readonly JsonObject _template;
    private readonly bool _isPod;

    private WorkloadTemplate(ManifestObject workload, TemplatePlace place, JsonObject template, bool isPod) =>
        (Workload, Pointer, Role, HadMetadata, _template, _isPod) = (workload, place.Pointer, place.Role, template["metadata"] is JsonObject, template, isPod);

    /// <summary>The annotations that its pods get; null when it has none.</summary>
    public JsonObject? Annotations => _template["metadata"]?["annotations"] as JsonObject;

    public ManifestObject Workload { get; }

    /// <summary>The JSON pointer of the template in the workload: empty for a Pod, <c>/spec/template</c> for a Deployment.</summary>
    public string Pointer { get; }

    /// <summary>Which template it is where a workload has several (<c>leader</c>, <c>worker</c>); null for an only one.</summary>
    public string? Role { get; }

    /// <summary>Whether the template was written with metadata.</summary>
    public bool HadMetadata { get; }

    /// <summary>The templates of an object; none when it is no workload.</summary>
    /// <exception cref="ManifestException">A field that the injection reads has the wrong type, or there is no container.</exception>
    public static IReadOnlyList<WorkloadTemplate> Of(ManifestObject workload)
    {
        if (WorkloadKind.Of(workload) is not { } kind) return [];
        var templates = new List<WorkloadTemplate>();
        var problems = new List<ManifestProblem>(new PodShape(workload, "").CheckIdentity());
        foreach (var place in kind.Places.SelectMany(place => Expand(place, workload.Json)))
        {
            switch (Find(workload.Json, place.Pointer))
            {
                case JsonObject template:
                    problems.AddRange(new PodShape(workload, place.Pointer).Check(template));
                    templates.Add(new WorkloadTemplate(workload, place, template, kind.IsPod));
                    break;
                case null when !place.IsRequired: break;
                default:
                    var field = JsonPointer.ToFieldPath(place.Pointer);
                    problems.Add(workload.Problem(place.Pointer, $"{workload.Kind} {workload.Name}: {field} is missing: write the pod template there"));
                    break;
            }
        }

        return problems.Count == 0 ? templates : throw new ManifestException(problems);
    }

    /// <summary>
    /// The pod that the API server would be asked to admit. A Pod is itself. Another workload's pod is owned by the workload directly: the name
    /// of the ReplicaSet (or of a CronJob's Job) between them is not known before it exists.
    /// </summary>
    /// <param name="ns">The namespace that the workload is created in.</param>
    public JsonObject ToPod(string ns)
    {
        if (_isPod) return (JsonObject)_template.DeepClone();
        var name = (Workload.Name ?? "").TrimEnd('-');
        var metadata = new JsonObject { ["generateName"] = $"{name}-", ["namespace"] = ns };
        if (_template["metadata"] is JsonObject written)
        {
            foreach (var (field, value) in written)
            {
                if (field is not ("name" or "generateName" or "namespace" or "ownerReferences" or "creationTimestamp")) metadata[field] = value?.DeepClone();
            }
        }

        metadata["ownerReferences"] = new JsonArray(new JsonObject
        {
            ["apiVersion"] = Workload.ApiVersion,
            ["kind"] = Workload.Kind,
            ["name"] = name,
            ["controller"] = true,
            ["blockOwnerDeletion"] = true,
        });
        return new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Pod", ["metadata"] = metadata, ["spec"] = _template["spec"]?.DeepClone() };
    }

    /// <summary>Puts an injected pod back into the template: its spec, labels and annotations, and nothing else of it.</summary>
    public void TakeBack(JsonObject pod)
    {
        foreach (var field in (ReadOnlySpan<string>)["labels", "annotations"])
        {
            if (pod["metadata"]?[field] is { } value) Metadata()[field] = value.DeepClone();
        }

        _template["spec"] = pod["spec"]?.DeepClone();
    }

    /// <summary>A problem at this JSON pointer into the pod.</summary>
    public ManifestProblem Problem(string pointer, string message) => Workload.Problem(Pointer + pointer, message);

    /// <summary>Whether the pod has a value at this JSON pointer.</summary>
    public bool Has(string pointer) => Find(_template, pointer) is not null;

    private JsonObject Metadata()
    {
        if (_template["metadata"] is JsonObject metadata) return metadata;
        metadata = [];
        _template.Remove("metadata");
        _template.Insert(0, "metadata", metadata);
        return metadata;
    }

    /// <summary>A place in a list is one for every item, whose name is the template's role.</summary>
    private static IEnumerable<TemplatePlace> Expand(TemplatePlace place, JsonObject workload)
    {
        var asterisk = place.Pointer.IndexOf("/*", StringComparison.Ordinal);
        if (asterisk < 0) return [place];
        var (list, rest) = (place.Pointer[..asterisk], place.Pointer[(asterisk + 2)..]);
        return Find(workload, list) is not JsonArray items
            ? []
            : items.Select((item, i) => place with { Pointer = JsonPointer.Append(list, i) + rest, Role = RoleOf(item) });
    }

    private static string? RoleOf(JsonNode? item) => (item as JsonObject)?["name"] is JsonValue name && name.TryGetValue<string>(out var text) ? text : null;

    private static JsonNode? Find(JsonNode node, string pointer)
    {
        JsonNode? at = node;
        foreach (var token in JsonPointer.Parse(pointer))
        {
            at = at switch
            {
                JsonObject json => json[token],
                JsonArray items when JsonPointer.Index(token) is { } index && index < items.Count => items[index],
                _ => null,
            };
        }

        return at;
    }
}
