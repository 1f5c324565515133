using Spanhook.Manifests;

namespace Spanhook.EndToEnd;

/// <summary>The CRDs as shipped: what users wrote is kept whole, and mistakes are refused where they are made, in words that help.</summary>
public sealed class SchemaTests(TestCluster cluster)
{
    private static readonly string[] Kinds = ["Instrumentation", "TracingPolicy"];

    public static TheoryData<string, string> BadInstrumentations => new()
    {
        { "exporter: {endpoint: 4318}", "spec.exporter.endpoint: Invalid value: \"integer\"" },
        { "exporter: {protocol: grpc}", "unknown field \"spec.exporter.protocol\"" },
        { "exporter: {endpiont: 'http://a:4318'}", "unknown field \"spec.exporter.endpiont\"" },
        { "propagators: [tracecontext, zipkin]", "spec.propagators[1]: Unsupported value: \"zipkin\": supported values: \"tracecontext\"" },
        { "propagators: tracecontext", "spec.propagators: Invalid value: \"string\"" },
        { "sampler: {type: sometimes}", "spec.sampler.type: Unsupported value: \"sometimes\"" },
        { "env: [{value: b}]", "spec.env[0].name: Required value" },
        { "nodejs: {volumeLimitSize: large}", "spec.nodejs.volumeLimitSize: Invalid value: \"large\"" },
        { "java: {extensions: [{image: a}]}", "spec.java.extensions[0].dir: Required value" },
        { "resource: {resourceAttributes: {a: 1} }", "spec.resource.resourceAttributes.a: Invalid value: \"integer\"" },
    };

    public static TheoryData<string, string> BadPolicies => new()
    {
        { "mode: Sometimes", "spec.mode: Unsupported value: \"Sometimes\": supported values: \"Enforce\", \"Audit\", \"Off\"" },
        { "optOut: Maybe", "spec.optOut: Unsupported value: \"Maybe\"" },
        { "priority: high", "spec.priority: Invalid value: \"string\"" },
        { "rollout: {percent: 101}", "spec.rollout.percent: Invalid value: 101: spec.rollout.percent in body should be less than or equal to 100" },
        { "rollout: {percent: -1}", "should be greater than or equal to 0" },
        { "podSelector: {matchExpressions: [{key: a, operator: Near}]}", "operator: Unsupported value: \"Near\"" },
        { "inject: {languages: [cobol]}", "spec.inject.languages[0]: Unsupported value: \"cobol\"" },
        { "inject: {engines: [vlm]}", "spec.inject.engines[0]" },
        { "engines: {unknownVersion: Hope}", "spec.engines.unknownVersion: Unsupported value: \"Hope\"" },
        { "engines: {vllm: {detailedTraces: [everything]} }", "spec.engines.vllm.detailedTraces[0]: Unsupported value" },
        { "instrumentation: {exporter: {protocol: http/json} }", "spec.instrumentation.exporter.protocol: Unsupported value: \"http/json\"" },
        { "limits: {endpointOverride: Perhaps}", "spec.limits.endpointOverride: Unsupported value: \"Perhaps\"" },
        { "privilegedInjection: {namespaces: [a]}", "unknown field \"spec.privilegedInjection.namespaces\"" },
    };

    [ClusterTheory, MemberData(nameof(BadInstrumentations))]
    public Task A_bad_Instrumentation_is_refused_with_a_sentence(string spec, string message) =>
        IsRefusedAsync($"apiVersion: opentelemetry.io/v1alpha1\nkind: Instrumentation\nmetadata: {{name: bad, namespace: default}}\nspec: {{{spec} }}\n", message);

    [ClusterTheory, MemberData(nameof(BadPolicies))]
    public Task A_bad_TracingPolicy_is_refused_with_a_sentence(string spec, string message) =>
        IsRefusedAsync($"apiVersion: spanhook.dev/v1alpha1\nkind: TracingPolicy\nmetadata: {{name: bad}}\nspec: {{{spec} }}\n", message);

    [ClusterFact]
    public async Task Every_resource_of_the_samples_and_of_the_fixtures_is_kept_whole()
    {
        await cluster.InstallDefinitionsAsync();
        var written = Resources().ToList();
        Assert.True(written.Count > 100, $"only {written.Count} resources were found");

        var answer = await cluster.Kubectl.TryWithAsync(string.Concat(written.Select(item => item.Node.ToJsonString() + "\n")), "create", "--dry-run=server", "--validate=strict", "-o", "json", "-f", "-");
        Assert.True(answer.Succeeded, answer.Error);

        var stored = answer.Documents();
        Assert.Equal(written.Count, stored.Count);
        Assert.All(written.Zip(stored), pair => Assert.True(JsonNode.DeepEquals(pair.First.Node["spec"], pair.Second["spec"]),
            $"{pair.First.File}: spec was {pair.First.Node["spec"]?.ToJsonString()} and is {pair.Second["spec"]?.ToJsonString()}"));
    }

    [ClusterFact]
    public async Task Kubectl_explains_every_field_and_knows_the_short_names()
    {
        await cluster.InstallDefinitionsAsync();
        foreach (var kind in (string[])["otelinst", "otelinsts", "tpol"]) await cluster.Kubectl.RunAsync("get", kind, "-A");
        foreach (var field in (string[])["instrumentation.spec.sampler.argument", "instrumentation.spec.java.extensions", "tracingpolicy.spec.rollout.percent"])
            Assert.DoesNotContain("<empty>", (await cluster.Kubectl.RunAsync("explain", field)).Out, StringComparison.Ordinal);
    }

    private async Task IsRefusedAsync(string manifest, string message)
    {
        await cluster.InstallDefinitionsAsync();
        var answer = await cluster.Kubectl.TryWithAsync(manifest, "create", "--dry-run=server", "-f", "-");
        Assert.False(answer.Succeeded, $"it was accepted: {answer.Out}");
        Assert.True(answer.Error.Contains(message, StringComparison.Ordinal), $"expected: {message}\n  actual: {answer.Error}");
    }

    // In the namespace default and with names of their own, for the server's dry run wants both.
    private static IEnumerable<(string File, JsonNode Node)> Resources()
    {
        var files = Directory.EnumerateFiles(RepositoryRoot.PathOf("tests", "Fixtures"), "cluster.yaml", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(RepositoryRoot.PathOf("samples"), "*.yaml", SearchOption.AllDirectories))
            .Order(StringComparer.Ordinal);
        foreach (var file in files)
        {
            // The case of what an Instrumentation can have wrong: the schema refuses it, as it should.
            if (file.Contains("instrumentation-with-errors", StringComparison.Ordinal)) continue;
            foreach (var node in ManifestReader.ReadFile(file).Select(document => document.ToNode()!).Where(node => Kinds.Contains(node["kind"]?.GetValue<string>(), StringComparer.Ordinal)))
            {
                if (node["kind"]!.GetValue<string>() == "Instrumentation") node["metadata"]!["namespace"] = "default";
                yield return (Path.GetRelativePath(RepositoryRoot.Directory, file), node);
            }
        }
    }
}
