using System.Text.Json;
using Spanhook.Api;
using Spanhook.Injection.Cluster;
using Spanhook.Manifests;

namespace Spanhook.Support.Policies;

/// <summary>A spec of a TracingPolicy and whether it can be used: what the compiler refuses the CRD refuses, and nothing else.</summary>
/// <param name="Spec">The spec as YAML in one line.</param>
/// <param name="Field">The field that is wrong, below spec; empty for a spec that is right.</param>
/// <param name="Says">What the compiler says of it.</param>
public sealed record PolicySpec(string Spec, string Field = "", string Says = "")
{
    public bool IsGood => Field.Length == 0;

    public override string ToString() => Spec.Length <= 100 ? Spec : Spec[..100] + "…";
}

/// <summary>The table that the compiler and the API server are both asked about.</summary>
public static class PolicySpecs
{
    public static readonly PolicySpec[] Bad =
    [
        new("mode: enforce", "mode", "'enforce' is not known; write Enforce, Audit or Off"),
        new("mode: ''", "mode", "write Enforce, Audit or Off"),
        new("optOut: Never", "optOut", "'Never' is not known; write Allowed or Denied"),
        new("rollout: {percent: -1}", "rollout.percent", "-1 is no share; write a whole number from 0 to 100"),
        new("rollout: {percent: 101}", "rollout.percent", "101 is no share"),
        new("inject: {engines: [vlm]}", "inject.engines[0]", "'vlm' is not known; did you mean vllm?"),
        new("inject: {engines: [auto, '']}", "inject.engines[1]", "'' is not known"),
        new("inject: {engines: [ollama]}", "inject.engines[0]", "ollama cannot be traced: Ollama has no OpenTelemetry"),
        new("inject: {engines: [java]}", "inject.engines[0]", "java is a language; write it in inject.languages"),
        new($"inject: {{engines: [{Many("vllm", 33)}]}}", "inject.engines", "has 33 entries; write at most 32"),
        new("inject: {languages: [node]}", "inject.languages[0]", "'node' is not known; did you mean nodejs?"),
        new("inject: {languages: [go]}", "inject.languages[0]", "go is injected by annotation only: annotate the pods with instrumentation.opentelemetry.io/inject-go"),
        new("inject: {languages: [nginx]}", "inject.languages[0]", "nginx is injected by annotation only"),
        new("inject: {languages: [apache-httpd]}", "inject.languages[0]", "apache-httpd is injected by annotation only"),
        new("inject: {languages: [vllm]}", "inject.languages[0]", "vllm is an engine; write it in inject.engines"),
        new($"inject: {{languages: [{Many("java", 6)}]}}", "inject.languages", "has 6 entries; write at most 5"),
        new("inject: {engines: [auto], containers: [Main]}", "inject.containers[0]", "'Main' is no name of a container"),
        new("inject: {engines: [auto], containers: ['']}", "inject.containers[0]", "'' is no name of a container"),
        new($"inject: {{engines: [auto], containers: [{new string('a', 64)}]}}", "inject.containers[0]", "is no name of a container"),
        new($"inject: {{engines: [auto], containers: [{Many("main", 65)}]}}", "inject.containers", "has 65 entries; write at most 64"),
        new("namespaceSelector: {matchLabels: {'a b': c} }", "namespaceSelector.matchLabels", "'a b' is no key of a label"),
        new("namespaceSelector: {matchLabels: {UPPER.example/a: c} }", "namespaceSelector.matchLabels", "is no key of a label"),
        new($"podSelector: {{matchLabels: {{{new string('k', 64)}: c}} }}", "podSelector.matchLabels", "is no key of a label"),
        new("podSelector: {matchLabels: {a: 'b c'} }", "podSelector.matchLabels.a", "'b c' is no value of a label"),
        new("podSelector: {matchLabels: {a: -b} }", "podSelector.matchLabels.a", "'-b' is no value of a label"),
        new($"podSelector: {{matchLabels: {{a: {new string('v', 64)}}} }}", "podSelector.matchLabels.a", "is no value of a label"),
        new($"podSelector: {{matchLabels: {{{string.Join(", ", Enumerable.Range(0, 33).Select(i => $"k{i}: v"))}}} }}", "podSelector.matchLabels", "has 33 entries; write at most 32"),
        new("podSelector: {matchExpressions: [{key: '', operator: Exists}]}", "podSelector.matchExpressions[0].key", "'' is no key of a label"),
        new("podSelector: {matchExpressions: [{key: a/b/c, operator: Exists}]}", "podSelector.matchExpressions[0].key", "'a/b/c' is no key of a label"),
        new("podSelector: {matchExpressions: [{key: a, operator: Is}]}", "podSelector.matchExpressions[0].operator", "operator 'Is' is not known"),
        new("podSelector: {matchExpressions: [{key: a, operator: In}]}", "podSelector.matchExpressions[0].values", "operator In on 'a' needs values"),
        new("podSelector: {matchExpressions: [{key: a, operator: NotIn, values: []}]}", "podSelector.matchExpressions[0].values", "operator NotIn on 'a' needs values"),
        new("podSelector: {matchExpressions: [{key: a, operator: Exists, values: [b]}]}", "podSelector.matchExpressions[0].values", "operator Exists on 'a' takes no values"),
        new("podSelector: {matchExpressions: [{key: a, operator: In, values: [b, 'c d']}]}", "podSelector.matchExpressions[0].values", "'c d' is no value of a label"),
        new($"podSelector: {{matchExpressions: [{{key: a, operator: In, values: [{Many("b", 129)}]}}]}}", "podSelector.matchExpressions[0].values", "has 129 entries; write at most 128"),
        new("engines: {unknownVersion: inject}", "engines.unknownVersion", "'inject' is not known; write Skip, Guard or Inject"),
        new("engines: {vllm: {detailedTraces: [scheduler]} }", "engines.vllm.detailedTraces", "'scheduler' was never one of vLLM's"),
        new("engines: {vllm: {detailedTraces: [all, all, all, all]} }", "engines.vllm.detailedTraces", "has 4 entries; write at most 3"),
        new("engines: {versions: [{image: '', version: 0.19.0}]}", "engines.versions[0].image", "is missing; write an image"),
        new("engines: {versions: [{image: a, version: latest}]}", "engines.versions[0].version", "'latest' is no version; write for example 0.19.0"),
        new("engines: {versions: [{image: a, version: '19'}]}", "engines.versions[0].version", "'19' is no version"),
        new("engines: {versions: [{image: a, version: 2024.1.1}]}", "engines.versions[0].version", "'2024.1.1' is no version"),
        new("serviceNames: {engine: 'vllm-{rol}'}", "serviceNames.engine", "'vllm-{rol}' has an unknown placeholder; did you mean {role}?"),
        new("serviceNames: {engine: 'vllm-{role'}", "serviceNames.engine", "has an unknown placeholder"),
        new("serviceNames: {engine: 'vllm-role}'}", "serviceNames.engine", "has an unknown placeholder"),
        new("serviceNames: {engine: 'vllm-{{role} }'}", "serviceNames.engine", "has an unknown placeholder"),
        new("serviceNames: {engine: ''}", "serviceNames.engine", "has 0 characters; write 1 to 255"),
        new($"serviceNames: {{engine: {new string('a', 256)}}}", "serviceNames.engine", "has 256 characters"),
        new("serviceNames: {engine: 'my engine'}", "serviceNames.engine", "has a character that no service name should have"),
        new("serviceNames: {engine: '$(HOME)'}", "serviceNames.engine", "has a character that no service name should have"),
        new("limits: {endpointOverride: allowed}", "limits.endpointOverride", "'allowed' is not known; write Denied or Allowed"),
        new("limits: {endpointOverride: Allowed, allowedEndpoints: ['http://otel:4317']}", "limits.allowedEndpoints[0]", "is no host; write a host or its ending without scheme and port"),
        new("limits: {endpointOverride: Allowed, allowedEndpoints: ['otel:4317']}", "limits.allowedEndpoints[0]", "is no host"),
        new("limits: {endpointOverride: Allowed, allowedEndpoints: ['*.observability']}", "limits.allowedEndpoints[0]", "is no host"),
        new("limits: {endpointOverride: Allowed, allowedEndpoints: ['.']}", "limits.allowedEndpoints[0]", "is no host"),
        new("limits: {endpointOverride: Allowed, allowedEndpoints: ['Otel.Example']}", "limits.allowedEndpoints[0]", "is no host"),
        new($"limits: {{endpointOverride: Allowed, allowedEndpoints: [{Many("a", 65)}]}}", "limits.allowedEndpoints", "has 65 entries; write at most 64"),
        new("privilegedInjection: {allowedNamespaces: ['team-*']}", "privilegedInjection.allowedNamespaces[0]", "'team-*' is no name of a Namespace; write the whole name, or \"*\" for all"),
        new($"privilegedInjection: {{allowedNamespaces: [{Many("a", 257)}]}}", "privilegedInjection.allowedNamespaces", "has 257 entries; write at most 256"),
        new("instrumentation: {sampler: {type: traceidratio, argument: '25%'} }", "instrumentation.sampler.argument", "'25%' is no ratio"),
        new("instrumentation: {propagators: [w3c]}", "instrumentation.propagators", "'w3c' is not known"),
        new("instrumentation: {exporter: {protocol: http} }", "instrumentation.exporter.protocol", "'http' is not known; write grpc or http/protobuf"),
        new("instrumentation: {exporter: {endpoint: 'collector:4317'} }", "instrumentation.exporter.endpoint", "'collector:4317' has no scheme; write for example"),
        new("instrumentation: {exporter: {endpoint: 'http:///a'} }", "instrumentation.exporter.endpoint", "has no scheme"),
        new("instrumentation: {env: [{name: VENDOR_API_KEY, value: abc}]}", "instrumentation.env[0].value", "VENDOR_API_KEY looks like a secret"),
        new("instrumentation: {nginx: {attrs: [{name: A_TOKEN, value: abc}]} }", "instrumentation.nginx.attrs[0].value", "A_TOKEN looks like a secret"),
        new("instrumentation: {env: [{name: 'A=B', value: c}]}", "instrumentation.env[0].name", "'A=B' is no name of a variable"),
    ];

    public static readonly PolicySpec[] Good =
    [
        new(""),
        new("mode: Enforce, priority: -5"),
        new("mode: 'Off', optOut: Denied"),
        new("mode: Audit, rollout: {percent: 0}, inject: {engines: [auto]}, optOut: Allowed"),
        new("rollout: {percent: 100}, inject: {engines: [vllm, nim, llm-d-sidecar]}"),
        new("inject: {languages: [java, nodejs, python, dotnet, sdk], containers: [main]}"),
        new("inject: {languages: [java, python]}"),
        new($"inject: {{engines: [auto], containers: [{new string('a', 63)}, '0']}}"),
        new("namespaceSelector: {}, podSelector: {matchLabels: {}, matchExpressions: []}"),
        new("namespaceSelector: {matchLabels: {team: ml, app.kubernetes.io/name: '', A_b.C-d: E_f.G-1} }"),
        new($"podSelector: {{matchLabels: {{{new string('k', 63)}: {new string('v', 63)}}} }}"),
        new("podSelector: {matchExpressions: [{key: a, operator: In, values: [b, '']}, {key: example.com/c, operator: NotIn, values: [D]}, {key: e, operator: Exists}, {key: f, operator: DoesNotExist, values: []}]}"),
        new("engines: {unknownVersion: Guard, vllm: {detailedTraces: [model, worker]}, versions: [{image: 'registry.example/*', version: v0.19.0-rc1}, {image: b, version: 23.05-py3}]}"),
        new("engines: {vllm: {detailedTraces: []} }"),
        new("serviceNames: {engine: 'vllm-{role}'}"),
        new("serviceNames: {engine: '{namespace}/{owner}.{container}:{model}@A_1-{role}'}"),
        new($"serviceNames: {{engine: {new string('a', 255)}}}"),
        new("limits: {endpointOverride: Allowed, allowedEndpoints: [.observability.svc, otel.example, 10.0.0.1]}"),
        new("limits: {endpointOverride: Denied, allowedEndpoints: []}"),
        new("privilegedInjection: {allowedNamespaces: ['*', profiling]}"),
        new("instrumentation: {exporter: {endpoint: 'HTTPS://a'}, env: [{name: A_KEY, value: /certs/a}, {name: A_HEADERS, value: 'a=$(B)'}, {name: KEYBOARD, value: a}]}"),
        new("instrumentation: {exporter: {endpoint: 'http://otel-collector.observability:4317', protocol: grpc}, sampler: {type: parentbased_traceidratio, argument: '0.1'}, propagators: [tracecontext, baggage]}"),
    ];

    /// <summary>The policy as people write it.</summary>
    public static string ToYaml(string name, string spec) => $"apiVersion: spanhook.dev/v1alpha1\nkind: TracingPolicy\nmetadata: {{name: {name}}}\nspec: {{{spec} }}\n";

    /// <summary>What the compiler says of a policy with this spec.</summary>
    public static IReadOnlyList<ObjectProblem> Compile(string spec) => Snapshot(spec).Problems;

    /// <summary>A cluster of nothing but a policy "policy" with this spec.</summary>
    public static ClusterSnapshot Snapshot(string spec)
    {
        var node = ManifestReader.Parse(ToYaml("policy", spec), "policy").Single().ToNode()!;
        return ClusterSnapshot.Compile(new() { Policies = [node.Deserialize(ApiJsonContext.Default.TracingPolicy)!] });
    }

    private static string Many(string item, int count) => string.Join(", ", Enumerable.Repeat(item, count));
}
