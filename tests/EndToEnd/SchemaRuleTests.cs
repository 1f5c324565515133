using Spanhook.Manifests;

namespace Spanhook.EndToEnd;

/// <summary>
/// The CEL rules of the CRDs, each broken alone: the API server does not come to them while anything else is wrong. The rule is named by its
/// message; what is said comes from its messageExpression where it has one.
/// </summary>
public sealed class SchemaRuleTests(TestCluster cluster)
{
    private const string NoRatio = "is no ratio; write a number from 0 to 1, for example \"0.25\"";
    private const string Jaeger = "is not valid; write endpoint=URL,pollingIntervalMs=MILLISECONDS,initialSamplingRate=0..1";
    private const string JaegerEndpoint = "has an empty endpoint; write endpoint=URL,pollingIntervalMs=MILLISECONDS,initialSamplingRate=0..1";
    private const string JaegerInterval = "has a pollingIntervalMs that is no whole number; write for example pollingIntervalMs=5000";
    private const string JaegerRate = "has an initialSamplingRate that is no ratio; write a number from 0 to 1, for example initialSamplingRate=0.25";
    private const string NoName = "is no name of a variable: it has a '='";
    private const string TwoValues = "has both value and valueFrom; remove one of them";
    private const string TwoVolumes = "cannot stand beside volumeClaimTemplate; remove one of them";
    private const string Secret = "looks like a secret; write valueFrom.secretKeyRef";
    private const string NoValues = "operators In and NotIn need values";
    private const string Values = "operators Exists and DoesNotExist take no values";
    private const string NoScheme = "has no scheme; write for example http://otel-collector.observability:4318";
    private const string NoVersion = "is no version; write for example 0.19.0";
    private const string Placeholder = "has an unknown placeholder; write {role}, {model}, {owner}, {namespace} or {container}";
    private const string Character = "has a character that no service name should have; write letters, digits and - _ . / : @";
    private const string NoKey = "has a key that is no key of a label";
    private const string NoHost = "is no host; write a host or its ending without scheme and port, for example .observability.svc";

    /// <summary>Rule; spec of an Instrumentation, which is spec.instrumentation of a TracingPolicy too; field; what is said.</summary>
    public static TheoryData<string, string, string, string> Shared => new()
    {
        { NoRatio, "sampler: {type: traceidratio, argument: '25%'}", "sampler.argument", "'25%' is no ratio; write a number from 0 to 1" },
        { NoRatio, "sampler: {type: parentbased_traceidratio, argument: '1.5'}", "sampler.argument", "'1.5' is no ratio" },
        { Jaeger, "sampler: {type: jaeger_remote, argument: 'http://a'}", "sampler.argument", Jaeger },
        { JaegerEndpoint, "sampler: {type: jaeger_remote, argument: 'endpoint=,initialSamplingRate=1'}", "sampler.argument", JaegerEndpoint },
        { JaegerInterval, "sampler: {type: parentbased_jaeger_remote, argument: 'endpoint=http://a,pollingIntervalMs=5s'}", "sampler.argument", JaegerInterval },
        { JaegerRate, "sampler: {type: jaeger_remote, argument: 'endpoint=http://a,initialSamplingRate=2'}", "sampler.argument", JaegerRate },
        { NoName, "env: [{name: 'A=B', value: c}]", "env[0].name", NoName },
        { NoName, "apacheHttpd: {attrs: [{name: 'A=B', value: c}]}", "apacheHttpd.attrs[0].name", NoName },
        { TwoValues, "env: [{name: A, value: b, valueFrom: {fieldRef: {fieldPath: metadata.name} } }]", "env[0]", "A has both value and valueFrom; remove one of them" },
        { TwoValues, "java: {env: [{name: A, value: b, valueFrom: {fieldRef: {fieldPath: metadata.name} } }]}", "java.env[0]", "A has both value and valueFrom; remove one of them" },
        { TwoVolumes, "java: {volumeLimitSize: 1Gi, volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce]} } }", "java.volumeLimitSize", TwoVolumes },
        { TwoVolumes, "nginx: {volumeLimitSize: 1Gi, volumeClaimTemplate: {spec: {resources: {requests: {storage: 1Gi} } } } }", "nginx.volumeLimitSize", TwoVolumes },
    };

    /// <summary>Rule; spec of a TracingPolicy; field; what is said.</summary>
    public static TheoryData<string, string, string, string> OfPolicies => new()
    {
        { NoValues, "namespaceSelector: {matchExpressions: [{key: a, operator: In}]}", "namespaceSelector.matchExpressions[0].values", "operator In on a needs values" },
        { NoValues, "podSelector: {matchExpressions: [{key: a, operator: NotIn, values: []}]}", "podSelector.matchExpressions[0].values", "operator NotIn on a needs values" },
        { Values, "namespaceSelector: {matchExpressions: [{key: a, operator: DoesNotExist, values: [b]}]}", "namespaceSelector.matchExpressions[0].values", "operator DoesNotExist on a takes no values" },
        { Values, "podSelector: {matchExpressions: [{key: a, operator: Exists, values: [b]}]}", "podSelector.matchExpressions[0].values", "operator Exists on a takes no values" },
        { NoScheme, "instrumentation: {exporter: {endpoint: 'collector:4317'} }", "instrumentation.exporter.endpoint", "'collector:4317' has no scheme; write for example http://otel-collector.observability:4318" },
        { NoScheme, "instrumentation: {exporter: {endpoint: 'tcp://collector:4317'} }", "instrumentation.exporter.endpoint", "has no scheme" },
        { Secret, "instrumentation: {env: [{name: VENDOR_API_KEY, value: abc}]}", "instrumentation.env[0].value", "VENDOR_API_KEY looks like a secret" },
        { Secret, "instrumentation: {env: [{name: OTEL_EXPORTER_OTLP_HEADERS, value: 'authorization=Bearer abc'}]}", "instrumentation.env[0].value", "OTEL_EXPORTER_OTLP_HEADERS looks like a secret" },
        { Secret, "instrumentation: {python: {env: [{name: DB_PASSWORD, value: abc}]} }", "instrumentation.python.env[0].value", "DB_PASSWORD looks like a secret" },
        { Secret, "instrumentation: {nginx: {attrs: [{name: A_TOKEN, value: abc}]} }", "instrumentation.nginx.attrs[0].value", "A_TOKEN looks like a secret" },
        { NoVersion, "engines: {versions: [{image: a, version: newest}]}", "engines.versions[0].version", "'newest' is no version; write for example 0.19.0" },
        { NoVersion, "engines: {versions: [{image: a, version: '0.19'}]}", "engines.versions[0].version", "'0.19' is no version" },
        { NoKey, "namespaceSelector: {matchLabels: {'a b': c} }", "namespaceSelector.matchLabels", "'a b' is no key of a label" },
        { NoKey, "podSelector: {matchLabels: {a: b, A.example/c: d} }", "podSelector.matchLabels", "'A.example/c' is no key of a label" },
        { Character, "serviceNames: {engine: 'my {role}'}", "serviceNames.engine", "'my {role}' has a character that no service name should have" },
        { Placeholder, "serviceNames: {engine: '{pod}'}", "serviceNames.engine", "'{pod}' has an unknown placeholder; write {role}" },
        { Placeholder, "serviceNames: {engine: 'vllm-{role'}", "serviceNames.engine", "has an unknown placeholder" },
        { NoHost, "limits: {endpointOverride: Allowed, allowedEndpoints: ['http://a']}", "limits.allowedEndpoints[0]", "'http://a' is no host; write a host or its ending without scheme and port" },
        { NoHost, "limits: {endpointOverride: Allowed, allowedEndpoints: ['.a.svc', 'a:4317']}", "limits.allowedEndpoints[1]", "'a:4317' is no host" },
    };

    /// <summary>Beside the line: what looks like a breach and is none.</summary>
    public static TheoryData<string> Accepted => new()
    {
        "namespaceSelector: {matchExpressions: [{key: a, operator: In, values: [b]}, {key: c, operator: Exists}]}",
        "podSelector: {matchExpressions: [{key: a, operator: DoesNotExist, values: []}]}",
        "instrumentation: {exporter: {endpoint: 'HTTPS://collector:4317'} }",
        "instrumentation: {exporter: {endpoint: '$(COLLECTOR)'} }",
        "instrumentation: {env: [{name: VENDOR_API_KEY, valueFrom: {secretKeyRef: {name: vendor, key: key} } }]}",
        "instrumentation: {env: [{name: OTEL_EXPORTER_OTLP_HEADERS, value: 'authorization=$(TOKEN)'}]}",
        "instrumentation: {env: [{name: OTEL_EXPORTER_OTLP_CLIENT_KEY, value: /certs/tls.key}]}",
        "instrumentation: {env: [{name: KEYBOARD, value: qwerty}]}",
        "instrumentation: {sampler: {type: always_on, argument: whatever} }",
        "instrumentation: {sampler: {type: jaeger_remote, argument: 'endpoint=http://a:14250,pollingIntervalMs=5000,initialSamplingRate=0.25'} }",
        "instrumentation: {java: {volumeLimitSize: 1Gi, volumeClaimTemplate: {} } }",
        "engines: {versions: [{image: a, version: v0.19.0}, {image: b, version: '25.04-py3'}]}",
        "serviceNames: {engine: 'vllm-{role}-{model}'}",
        "limits: {endpointOverride: Allowed, allowedEndpoints: [.observability.svc, collector]}",
    };

    [ClusterTheory, MemberData(nameof(Shared))]
    public async Task A_breach_in_an_Instrumentation_is_refused_with_its_field(string rule, string spec, string field, string said)
    {
        Assert.NotEmpty(rule);
        await IsRefusedAsync(Instrumentation(spec), $"spec.{field}: Invalid value", said);
    }

    [ClusterTheory, MemberData(nameof(Shared))]
    public async Task The_same_breach_in_a_TracingPolicy_is_refused_with_its_field(string rule, string spec, string field, string said)
    {
        Assert.NotEmpty(rule);
        await IsRefusedAsync(Policy($"instrumentation: {{{spec} }}"), $"spec.instrumentation.{field}: Invalid value", said);
    }

    [ClusterTheory, MemberData(nameof(OfPolicies))]
    public async Task A_breach_in_a_TracingPolicy_is_refused_with_its_field(string rule, string spec, string field, string said)
    {
        Assert.NotEmpty(rule);
        await IsRefusedAsync(Policy(spec), $"spec.{field}: Invalid value", said);
    }

    [ClusterTheory, MemberData(nameof(Accepted))]
    public async Task What_only_looks_like_a_breach_is_accepted(string spec)
    {
        await cluster.InstallDefinitionsAsync();
        var answer = await cluster.Kubectl.TryWithAsync(Policy(spec), "create", "--dry-run=server", "-f", "-");
        Assert.True(answer.Succeeded, answer.Error);
    }

    /// <summary>Complete: whatever rule is added has to be broken here.</summary>
    [Theory]
    [InlineData("instrumentations.opentelemetry.io.yaml", false)]
    [InlineData("tracingpolicies.spanhook.dev.yaml", true)]
    public void Every_rule_of_the_schema_is_broken_once(string file, bool isPolicy)
    {
        var definition = ManifestReader.ReadFile(RepositoryRoot.PathOf("deploy", "crds", file)).Single().ToNode()!;
        var rules = Rules(definition["spec"]!["versions"]![0]!["schema"]!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        var broken = Shared.Concat(isPolicy ? OfPolicies : []).Select(row => row.Data.Item1).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        Assert.Equal(rules, broken);
    }

    private static IEnumerable<string> Rules(JsonNode? node) => node switch
    {
        JsonObject item => (item["x-kubernetes-validations"] as JsonArray ?? []).Select(rule => rule!["message"]!.GetValue<string>()).Concat(item.SelectMany(field => Rules(field.Value))),
        JsonArray items => items.SelectMany(Rules),
        _ => [],
    };

    private static string Instrumentation(string spec) => $"apiVersion: opentelemetry.io/v1alpha1\nkind: Instrumentation\nmetadata: {{name: bad, namespace: default}}\nspec: {{{spec} }}\n";

    private static string Policy(string spec) => $"apiVersion: spanhook.dev/v1alpha1\nkind: TracingPolicy\nmetadata: {{name: bad}}\nspec: {{{spec} }}\n";

    // One thing is wrong, and it is said once.
    private async Task IsRefusedAsync(string manifest, string field, string said)
    {
        await cluster.InstallDefinitionsAsync();
        var answer = await cluster.Kubectl.TryWithAsync(manifest, "create", "--dry-run=server", "-f", "-");
        Assert.False(answer.Succeeded, $"it was accepted: {answer.Out}");
        Assert.True(answer.Error.Contains(field, StringComparison.Ordinal) && answer.Error.Contains(said, StringComparison.Ordinal), $"expected: {field}: {said}\n  actual: {answer.Error}");
        Assert.Single(answer.Error.Split("Invalid value").Skip(1));
    }
}
