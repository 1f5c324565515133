using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spanhook.Api.Core;
using Spanhook.Api.Policy;
using Spanhook.Injection;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Patching;

namespace Spanhook.Cli.Exporting;

/// <summary>
/// The SDK's environment as CEL. It is not written a second time: the injector is run on a pod whose names are marks, and what it adds is put into CEL, the
/// marks as what they stand for.
/// </summary>
internal sealed class MapEnvironment
{
    private const string ContainerMark = "spanhook-container";
    private const string NamespaceMark = "spanhook-namespace";
    private const string ServiceName = "OTEL_SERVICE_NAME";
    private const string Attributes = "OTEL_RESOURCE_ATTRIBUTES";
    private const string Sampler = "OTEL_TRACES_SAMPLER";
    private const string CertificateFolder = "/otel-auto-instrumentation-";

    // These come first, so that the others may refer to them; the last one ends up in front.
    private static readonly string[] Prepended = ["OTEL_POD_IP", "OTEL_NODE_IP"];

    private static readonly string[] NameLabels = ["instance", "name"];

    private readonly List<string> _leftOut = [];

    /// <summary>CEL: the list of JSON patches.</summary>
    public string Expression { get; private init; } = "";

    /// <summary>Variables that are not in it, each with the reason.</summary>
    public IReadOnlyList<string> LeftOut => _leftOut;

    /// <summary>What <see cref="Expression"/> refers to, besides <c>targets</c>.</summary>
    public static IReadOnlyList<(string Name, string Expression)> Variables { get; } =
    [
        ("owners", "object.metadata.?ownerReferences.orValue([]).filter(owner, owner.?controller.orValue(false))"),
        ("owner", "size(variables.owners) == 0 ? '' : variables.owners[0].name"),
        ("hash", "object.metadata.?labels[?'pod-template-hash'].orValue('')"),
        ("isDeployment", "size(variables.owners) > 0 && variables.owners[0].kind == 'ReplicaSet' && variables.hash != '' && variables.owner.endsWith('-' + variables.hash)"),
        ("isCronJob", "size(variables.owners) > 0 && variables.owners[0].kind == 'Job' && variables.owner.matches('.-[0-9]{8}$')"),
        ("workload", "variables.isDeployment ? variables.owner.substring(0, size(variables.owner) - size(variables.hash) - 1)\n"
            + "  : variables.isCronJob ? variables.owner.substring(0, size(variables.owner) - 9)\n"
            + "  : variables.owner != '' ? variables.owner : object.metadata.?name.orValue('')"),
        ("named", $"variables.annotations[?'{EnforcementNames.ServiceName}'].orValue('')"),
    ];

    public static MapEnvironment Of(string policy, TracingPolicySpec spec)
    {
        var leftOut = new List<string>();
        var env = Added(spec);
        if (env.Any(e => ((string?)e["value"])?.StartsWith(CertificateFolder, StringComparison.Ordinal) == true))
            leftOut.Add("instrumentation.exporter.tls: its Secret or ConfigMap is mounted by the webhook only");
        var patches = new List<string> { Patch("!has(object.spec.containers[i].env)", "/env", "[]") };
        foreach (var name in Prepended) patches.AddRange(env.Where(e => (string?)e["name"] == name).Select(e => Patch(Absent(name), "/env/0", Value(e, spec)!)));
        foreach (var variable in env)
        {
            var name = variable["name"]!.GetValue<string>();
            if (Prepended.Contains(name, StringComparer.Ordinal) || ((string?)variable["value"])?.StartsWith(CertificateFolder, StringComparison.Ordinal) == true) continue;
            if (Value(variable, spec) is { } value) patches.Add(Patch(Condition(name), "/env/-", value));
            else leftOut.Add($"instrumentation.env {name}: a resourceFieldRef is left to the webhook");
        }

        patches.AddRange(Mark(policy));
        var made = new MapEnvironment { Expression = string.Join("\n+ ", patches) };
        made._leftOut.AddRange(leftOut);
        return made;
    }

    // What the webhook would add to a pod of which nothing is known.
    private static List<JsonNode> Added(TracingPolicySpec spec)
    {
        var policy = new TracingPolicy { Metadata = new() { Name = "export" }, Spec = new() { Instrumentation = spec.Instrumentation ?? new() } };
        var json = $$"""{"metadata":{"annotations":{"{{EnforcementNames.RequestPrefix}}sdk":"true"} },"spec":{"containers":[{"name":"{{ContainerMark}}","image":"export"}]} }""";
        using var document = JsonDocument.Parse(json);
        var patch = new ArrayBufferWriter<byte>();
        new PodInjector(InjectionOptions.Default).Inject(InjectionRequest.ForPod(new Pod(document.RootElement), NamespaceMark), ClusterSnapshot.Compile(new() { Policies = [policy] }), patch);
        var pod = JsonPatchApplier.Apply(JsonNode.Parse(json)!, patch.WrittenSpan);
        return [.. pod["spec"]!["containers"]![0]!["env"]?.AsArray().Select(e => e!) ?? []];
    }

    private static string Patch(string condition, string path, string value) =>
        $"variables.targets.filter(i, {condition})\n    .map(i, JSONPatch{{op: 'add', path: '/spec/containers/' + string(i) + '{path}', value: {value}}})";

    // As the webhook marks what it edits; it finds nothing left to edit.
    private static IEnumerable<string> Mark(string policy)
    {
        foreach (var (map, value) in new[] { ("annotations", $"variables.targets.map(i, 'sdk/' + object.spec.containers[i].name + '=TracingPolicy/{policy}').join(',')"), ("labels", "'true'") })
        {
            yield return $"(size(variables.targets) > 0 && !has(object.metadata.{map}) ? [JSONPatch{{op: 'add', path: '/metadata/{map}', value: {{}}}}] : [])";
            yield return $"(size(variables.targets) > 0 && !('{EnforcementNames.Marker}' in object.metadata.?{map}.orValue({{}}))\n"
                + $"    ? [JSONPatch{{op: 'add', path: '/metadata/{map}/' + jsonpatch.escapeKey('{EnforcementNames.Marker}'), value: {value}}}] : [])";
        }
    }

    private static string Condition(string name) => name switch
    {
        ServiceName => $"{Absent(name)} && !object.spec.containers[i].?env.orValue([]).exists(e, e.name == '{Attributes}' && e.?value.orValue('').matches('(^|,)[ ]*service[.]name[ ]*='))",

        // Type and argument belong together.
        Sampler or Sampler + "_ARG" => $"{Absent(Sampler)} && {Absent(Sampler + "_ARG")}",
        _ => Absent(name),
    };

    private static string Absent(string name) => $"!object.spec.containers[i].?env.orValue([]).exists(e, e.name == '{name}')";

    // Null where CEL has no type for it.
    private static string? Value(JsonNode variable, TracingPolicySpec spec)
    {
        var name = variable["name"]!.GetValue<string>();
        if (variable["valueFrom"] is JsonObject source) return From(source) is { } from ? $"Object.spec.containers.env{{name: '{name}', valueFrom: {from}}}" : null;
        var text = name switch
        {
            ServiceName => ServiceNameExpression(spec),
            Attributes => AttributesExpression(variable["value"]!.GetValue<string>()),
            _ => Text((string?)variable["value"] ?? ""),
        };
        return $"Object.spec.containers.env{{name: {Quote(name)}, value: {text}}}";
    }

    private static string? From(JsonObject source)
    {
        var (kind, reference) = source.First();
        var key = $"Object.spec.containers.env.valueFrom{{{kind}: Object.spec.containers.env.valueFrom.{kind}{{";
        return kind switch
        {
            "fieldRef" => $"{key}fieldPath: {Quote((string?)reference!["fieldPath"] ?? "")}}}}}",
            "secretKeyRef" or "configMapKeyRef" =>
                $"{key}name: {Quote((string?)reference!["name"] ?? "")}, key: {Quote((string?)reference["key"] ?? "")}{((bool?)reference["optional"] is { } optional ? $", optional: {(optional ? "true" : "false")}" : "")}}}}}",
            _ => null,
        };
    }

    private static string ServiceNameExpression(TracingPolicySpec spec)
    {
        var byLabels = spec.Instrumentation?.Defaults?.UseLabelsForResourceAttributes == true
            ? string.Concat(NameLabels.Select(l => $" : object.metadata.?labels[?'app.kubernetes.io/{l}'].orValue('') != '' ? object.metadata.labels['app.kubernetes.io/{l}']"))
            : "";

        // As the webhook writes it: what the kubelet would expand is escaped.
        return "variables.named != '' ? (variables.named.contains('$(') || variables.named.contains('$$') ? variables.named.replace('$', '$$') : variables.named)"
            + $"{byLabels} : variables.workload != '' ? variables.workload : object.spec.containers[i].name";
    }

    private static string AttributesExpression(string text) =>
        Text(text) + " + (variables.isDeployment ? ',k8s.deployment.name=' + variables.workload : '')";

    /// <summary>A CEL string, with what the marks stand for.</summary>
    private static string Text(string text)
    {
        var cel = new StringBuilder(Quote(text));
        cel.Replace(ContainerMark, "' + object.spec.containers[i].name + '").Replace(NamespaceMark, "' + request.namespace + '");
        return cel.Replace(" + ''", "").ToString();
    }

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("'");
        foreach (var c in text) quoted.Append(c is '\'' or '\\' ? $"\\{c}" : c is '\n' ? "\\n" : c is '\r' ? "\\r" : c.ToString());
        return quoted.Append('\'').ToString();
    }
}
