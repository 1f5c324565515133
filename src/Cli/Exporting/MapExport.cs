using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Spanhook.Api.Meta;
using Spanhook.Api.Policy;
using Spanhook.Injection;
using Spanhook.Manifests;

namespace Spanhook.Cli.Exporting;

/// <summary>What became of a policy: manifests, or why there are none; and what is left to the webhook.</summary>
/// <param name="Yaml">The MutatingAdmissionPolicy and its binding; null when nothing can be expressed.</param>
/// <param name="LeftOut">What is not in them, each with the reason.</param>
internal sealed record MapResult(string? Yaml, IReadOnlyList<string> LeftOut);

/// <summary>
/// TracingPolicy → MutatingAdmissionPolicy: the SDK's environment, which the API server can add alone. It runs before the webhook, which then finds the
/// variables and adds what is missing.
/// </summary>
internal sealed class MapExport(string name, TracingPolicySpec spec, string apiVersion)
{
    private const string Language = "sdk";

    // No index is to be had of a list in CEL: so many containers are looked at.
    private const int MaxContainers = 32;

    private static readonly string[] Maps = ["annotations", "namespaceAnnotations"];

    private readonly List<string> _leftOut = [];

    public MapResult Export()
    {
        if (Refusal() is { } refusal) return new(null, [refusal, .. OfInject(), .. OfOthers()]);
        var environment = MapEnvironment.Of(name, spec);
        _leftOut.AddRange(OfInject());
        _leftOut.AddRange(OfOthers());
        _leftOut.AddRange(environment.LeftOut);
        _leftOut.Add("OTEL_RESOURCE_ATTRIBUTES of a container that has some: only the webhook adds what is missing there, as it does service.version and resource.opentelemetry.io/* annotations");
        _leftOut.Add("other policies and Instrumentations: pods and Namespaces that ask by annotation are left to the webhook");
        return new(Header() + ManifestWriter.ToYaml(Policy(environment)) + "---\n" + ManifestWriter.ToYaml(Binding()), _leftOut);
    }

    private string? Refusal()
    {
        if (spec.Mode is "Audit" or "Off") return $"mode is {spec.Mode}: a MutatingAdmissionPolicy can only do it; write mode: Enforce when the audit is over";
        if (spec.Inject?.Languages?.Contains(Language, StringComparer.Ordinal) != true) return "inject.languages does not name sdk, whose environment is all that a MutatingAdmissionPolicy can add";
        return spec.Rollout?.Percent is { } percent and < 100
            ? string.Create(CultureInfo.InvariantCulture, $"rollout.percent is {percent}: CEL has no hash that tells workloads apart; export at 100")
            : null;
    }

    private IEnumerable<string> OfInject()
    {
        foreach (var language in spec.Inject?.Languages ?? [])
        {
            if (language != Language) yield return $"inject.languages {language}: its agent's files come by an init container, which only the webhook adds";
        }

        foreach (var engine in spec.Inject?.Engines ?? []) yield return $"inject.engines {engine}: command lines have to be read for it, which CEL cannot";
        if (spec.Inject?.Containers is { Count: > 0 }) yield return "inject.containers: init containers of these names only by the webhook";
    }

    private IEnumerable<string> OfOthers()
    {
        if (spec.ServiceNames?.Engine is not null) yield return "serviceNames.engine: it is about engines";
        if (spec.Engines is not null) yield return "engines: it is about engines";
        if (spec.Limits is not null) yield return "limits: an annotation's endpoint is looked at by the webhook only, and comes too late for variables that are set by then";
        if (spec.PrivilegedInjection is not null) yield return "privilegedInjection: sidecars come from the webhook only";
    }

    private string Header()
    {
        var header = new StringBuilder();
        header.Append(CultureInfo.InvariantCulture, $"# Generated from TracingPolicy {name}: kubectl spanhook export map {name}. Generate it anew when the policy changes.\n");
        header.Append("# It sets the SDK's environment, where the container does not, before any webhook is called and also when none answers. Not in here:\n");
        foreach (var left in _leftOut) header.Append(CultureInfo.InvariantCulture, $"# - {left}\n");
        return header.ToString();
    }

    private JsonObject Binding() => new()
    {
        ["apiVersion"] = apiVersion,
        ["kind"] = "MutatingAdmissionPolicyBinding",
        ["metadata"] = Metadata(),
        ["spec"] = new JsonObject { ["policyName"] = Metadata()["name"]!.GetValue<string>() },
    };

    private JsonObject Metadata() => new() { ["name"] = $"spanhook-{name}" };

    private JsonObject Policy(MapEnvironment environment) => new()
    {
        ["apiVersion"] = apiVersion,
        ["kind"] = "MutatingAdmissionPolicy",
        ["metadata"] = Metadata(),
        ["spec"] = new JsonObject
        {
            // What adds tracing never keeps a pod from starting.
            ["failurePolicy"] = "Ignore",
            ["reinvocationPolicy"] = "IfNeeded",
            ["matchConstraints"] = new JsonObject
            {
                ["namespaceSelector"] = NamespaceSelector(),
                ["objectSelector"] = Selector(spec.PodSelector),
                ["resourceRules"] = new JsonArray(new JsonObject
                {
                    ["apiGroups"] = new JsonArray(""),
                    ["apiVersions"] = new JsonArray("v1"),
                    ["operations"] = new JsonArray("CREATE"),
                    ["resources"] = new JsonArray("pods"),
                }),
            },
            ["matchConditions"] = new JsonArray(
                Named("not-a-mirror-pod", $"!('{EnforcementNames.MirrorPod}' in object.metadata.?annotations.orValue({{}}))"),
                Named("not-for-windows", "object.spec.?os.?name.orValue('') != 'windows' && object.spec.?nodeSelector[?'kubernetes.io/os'].orValue('') != 'windows'")),
            ["variables"] = Variables(),
            ["mutations"] = new JsonArray(new JsonObject
            {
                ["patchType"] = "JSONPatch",
                ["jsonPatch"] = new JsonObject { ["expression"] = environment.Expression },
            }),
        },
    };

    private JsonArray Variables()
    {
        var indexes = string.Join(", ", Enumerable.Range(0, MaxContainers));
        var asks = $"key.startsWith('{EnforcementNames.RequestPrefix}') && !(VALUE.trim().lowerAscii() in ['', 'false'])";
        var variables = new JsonArray(
            Named("annotations", "object.metadata.?annotations.orValue({})"),
            Named("namespaceAnnotations", "namespaceObject.metadata.?annotations.orValue({})"),
            Named("asked", $"variables.annotations.exists(key, {asks.Replace("VALUE", "variables.annotations[key]", StringComparison.Ordinal)})\n"
                + $"  || variables.namespaceAnnotations.exists(key, {asks.Replace("VALUE", "variables.namespaceAnnotations[key]", StringComparison.Ordinal)})"),
            Named("optedOut", spec.OptOut == "Denied"
                ? "false"
                : string.Join("\n  || ", Maps.Select(map =>
                    $"variables.{map}[?'{EnforcementNames.RequestPrefix}{Language}'].orValue('').trim().lowerAscii() == 'false'"))),
            Named("indexes", $"[{indexes}].filter(i, i < size(object.spec.containers))"),
            Named("meant", Meant()),
            Named("targets", "variables.asked || variables.optedOut ? [] : variables.meant"));
        foreach (var (variable, expression) in MapEnvironment.Variables) variables.Add(Named(variable, expression));
        return variables;
    }

    // As the webhook chooses: the names that the policy lists, else the pod's default container, else the first that is no known sidecar, else the first.
    private string Meant()
    {
        if (spec.Inject?.Containers is { Count: > 0 } names) return $"variables.indexes.filter(i, object.spec.containers[i].name in [{Quoted(names)}])";
        const string preferred = "variables.indexes.filter(i, object.spec.containers[i].name == variables.annotations[?'{0}'].orValue(''))";
        var byAnnotation = string.Format(CultureInfo.InvariantCulture, preferred, EnforcementNames.DefaultContainer);
        var others = $"variables.indexes.filter(i, !(object.spec.containers[i].name in [{Quoted(EnforcementNames.KnownSidecars)}]))";
        return $"[({byAnnotation}\n  + {others}\n  + [0])[0]]";
    }

    private static string Quoted(IEnumerable<string> words) => string.Join(", ", words.Select(w => $"'{w}'"));

    private static JsonObject Named(string name, string expression) => new() { ["name"] = name, ["expression"] = expression };

    private JsonObject NamespaceSelector()
    {
        var selector = Selector(spec.NamespaceSelector);
        if (selector["matchExpressions"] is not JsonArray expressions) selector["matchExpressions"] = expressions = [];
        expressions.Add(new JsonObject { ["key"] = "kubernetes.io/metadata.name", ["operator"] = "NotIn", ["values"] = new JsonArray("kube-system", "kube-public", "kube-node-lease", "spanhook") });
        expressions.Add(new JsonObject { ["key"] = "spanhook.dev/injection", ["operator"] = "NotIn", ["values"] = new JsonArray("disabled", "off") });
        return selector;
    }

    private static JsonObject Selector(LabelSelector? selector)
    {
        var json = new JsonObject();
        if (selector?.MatchLabels is { Count: > 0 } labels) json["matchLabels"] = new JsonObject(labels.Select(l => KeyValuePair.Create(l.Key, (JsonNode?)l.Value)));
        if (selector?.MatchExpressions is not { Count: > 0 } expressions) return json;
        json["matchExpressions"] = new JsonArray([.. expressions.Select(e =>
        {
            var one = new JsonObject { ["key"] = e.Key, ["operator"] = e.Operator };
            if (e.Values is { Count: > 0 } values) one["values"] = new JsonArray([.. values.Select(v => (JsonNode?)v)]);
            return (JsonNode)one;
        })]);
        return json;
    }
}
