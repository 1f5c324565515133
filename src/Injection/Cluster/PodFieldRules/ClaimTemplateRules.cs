using System.Text.Json;
using Spanhook.Api;

namespace Spanhook.Injection.Cluster.PodFieldRules;

/// <summary>The template of the claim that an agent's volume is made by.</summary>
internal static class ClaimTemplateRules
{
    private static readonly TextRule LabelValue = new(text => KubernetesNames.IsLabelValue(text) ? null : $"'{text}' is no value of a label; write at most 63 letters, digits, '-', '_' and '.'");

    private static readonly MapRule Quantities = new(_ => null, new QuantityRule());

    private static readonly string[] NotInTemplates =
    [
        "name", "generateName", "namespace", "finalizers", "ownerReferences", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "managedFields",
        "resourceVersion", "selfLink", "uid",
    ];

    private static readonly ObjectRule Metadata = new(MetadataFields());

    private static readonly ObjectRule Spec = new(new(StringComparer.Ordinal)
    {
        ["accessModes"] = new ListRule(TextRule.OneOf("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")),
        ["dataSource"] = Source(),
        ["dataSourceRef"] = Source(),
        ["resources"] = new ObjectRule(new(StringComparer.Ordinal) { ["limits"] = Quantities, ["requests"] = Quantities }),
        ["selector"] = new ObjectRule(new(StringComparer.Ordinal) { ["matchLabels"] = new MapRule(KeyProblem, LabelValue), ["matchExpressions"] = new ListRule(Requirement()) }),
        ["storageClassName"] = TextRule.NameOf("a StorageClass", isOptional: true),
        ["volumeAttributesClassName"] = TextRule.NameOf("a VolumeAttributesClass", isOptional: true),
        // A block device cannot be mounted, and the files of an agent go nowhere else.
        ["volumeMode"] = TextRule.OneOf("Filesystem"),
        ["volumeName"] = TextRule.Any,
    })
    {
        Together = CheckSpec,
    };

    public static readonly ObjectRule Template = new(new(StringComparer.Ordinal) { ["metadata"] = Metadata, ["spec"] = Spec }) { Required = ["spec"] };

    // Only labels and annotations go from the template to the claim.
    private static Dictionary<string, FieldRule> MetadataFields()
    {
        var fields = NotInTemplates.ToDictionary(name => name, FieldRule (_) => new UnsetRule(), StringComparer.Ordinal);
        fields["labels"] = new MapRule(KeyProblem, LabelValue);
        fields["annotations"] = new MapRule(key => KeyProblem(key.ToLowerInvariant()), TextRule.Any);
        return fields;
    }

    private static void CheckSpec(JsonElement spec, string field, ProblemCollector problems)
    {
        var modes = spec.Member("accessModes"u8);
        if (modes.Count() == 0) problems.Error(field + ".accessModes", "is missing; write for example [ReadWriteOnce]");
        if (modes.Count() > 1 && modes.Items().Any(m => m.AsText() == "ReadWriteOncePod")) problems.Error(field + ".accessModes", "has ReadWriteOncePod beside another mode; leave one of them");
        var storage = spec.Member("resources"u8).Member("requests"u8).Member("storage"u8);
        if (!storage.IsPresent() || Quantity.Parse(storage) == 0) problems.Error(field + ".resources.requests.storage", "is missing; write for example 1Gi");
        if (spec.Member("dataSource"u8) is var one && one.IsPresent() && spec.Member("dataSourceRef"u8) is var other && other.IsPresent() && !JsonElement.DeepEquals(one, other))
            problems.Error(field + ".dataSource", "is not the same as dataSourceRef; leave one of them");
    }

    private static ObjectRule Source() => new(new(StringComparer.Ordinal)
    {
        ["apiGroup"] = TextRule.NameOf("an API group", isOptional: true),
        ["kind"] = TextRule.Any,
        ["name"] = TextRule.Any,
        ["namespace"] = TextRule.NameOf("a namespace", isOptional: true),
    })
    {
        Required = ["kind", "name"],
        Together = (source, field, problems) =>
        {
            if (source.Text("name"u8) is "") problems.Error(field + ".name", "is empty");
            if (string.IsNullOrEmpty(source.Text("apiGroup"u8)) && source.Text("kind"u8) is { } kind and not "PersistentVolumeClaim")
                problems.Error(field + ".kind", $"'{kind}' needs an apiGroup; without one write PersistentVolumeClaim");
            if (source.Text("kind"u8) is "") problems.Error(field + ".kind", "is empty");
        },
    };

    private static ObjectRule Requirement() => new(new(StringComparer.Ordinal)
    {
        ["key"] = new TextRule(KeyProblem),
        ["operator"] = TextRule.OneOf([.. LabelSelectorMatcher.Operators]),
        ["values"] = new ListRule(LabelValue),
    })
    {
        Required = ["key", "operator"],
        Together = (requirement, field, problems) =>
        {
            var (needsValues, hasValues) = (requirement.Text("operator"u8) is "In" or "NotIn", requirement.Member("values"u8).Count() > 0);
            if (needsValues != hasValues) problems.Error(field + ".values", needsValues ? "is missing; In and NotIn need values" : "goes with In and NotIn only; remove it");
        },
    };

    private static string? KeyProblem(string key) => KubernetesNames.IsQualifiedName(key) ? null : $"'{key}' is no key of a label or annotation; {KubernetesNames.QualifiedHelp}";

    /// <summary>A field of metadata that a template may only have empty.</summary>
    private sealed class UnsetRule : FieldRule
    {
        public override void Check(JsonElement value, string field, ProblemCollector problems)
        {
            if (value.GetRawText() is not ("\"\"" or "[]" or "{}" or "0")) problems.Error(field, "cannot be set; a claim's template has only labels and annotations");
        }
    }
}
