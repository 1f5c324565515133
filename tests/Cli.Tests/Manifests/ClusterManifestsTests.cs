using Spanhook.Manifests;

namespace Spanhook.Cli.Tests.Manifests;

public sealed class ClusterManifestsTests
{
    private const string Instrumentation = """
        apiVersion: opentelemetry.io/v1alpha1
        kind: Instrumentation
        metadata:
          name: a
          namespace: ml
        spec:
          exporter:
            endpoint: http://c:4317
          sampler:
            type: parentbased_traceidratio
            argument: "0.1"
          env:
          - name: A
            value: b

        """;

    [Fact]
    public void Objects_of_every_kind_are_taken_out_of_lists_files_and_folders()
    {
        using var folder = new TempFolder();
        folder.Write("a.yaml", Instrumentation + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n");
        folder.Write("deeper/b.json", """
            {"apiVersion": "v1", "kind": "List", "items": [
              {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "ml", "annotations": {"a": "b"}}},
              {"apiVersion": "apps/v1", "kind": "ReplicaSetList", "items": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "rs"}, "spec": {"replicas": 1}}]},
              {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "job", "namespace": "ml", "ownerReferences": [{"apiVersion": "batch/v1", "kind": "CronJob", "name": "c", "uid": "u"}]}},
              {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"generateName": "job-"}}
            ]}
            """);
        folder.Write("deeper/c.yml", "apiVersion: spanhook.dev/v1alpha1\nkind: TracingPolicy\nmetadata: {name: p}\nspec: {priority: 3, podSelector: {matchLabels: {a: b}}}\nstatus: {injectedPods: 4}\n");
        folder.Write("..data/a.yaml", Instrumentation);
        folder.Write(".hidden.yaml", "{");
        folder.Write("notes.txt", "{");

        var cluster = ClusterManifests.Load(folder.Root);

        Assert.Empty(cluster.Warnings);
        var instrumentation = Assert.Single(cluster.Objects.Instrumentations);
        Assert.Equal(("ml", "a", "http://c:4317", "0.1"), (instrumentation.Metadata.Namespace, instrumentation.Metadata.Name, instrumentation.Spec.Exporter?.Endpoint, instrumentation.Spec.Sampler?.Argument));
        Assert.Equal("b", Assert.Single(cluster.Objects.Namespaces).Metadata.Annotations["a"]);
        Assert.Equal(3, Assert.Single(cluster.Objects.Policies).Spec.Priority);
        Assert.Equal("default", Assert.Single(cluster.Objects.ReplicaSets).Metadata.Namespace);
        Assert.Equal("CronJob", Assert.Single(cluster.Objects.Jobs).Metadata.OwnerReferences[0].Kind);
    }

    [Fact]
    public void Objects_of_another_group_or_version_are_left_alone()
    {
        var cluster = Read("apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\nmetadata: {name: p}\nspec: 3\n---\napiVersion: opentelemetry.io/v1beta1\nkind: Instrumentation\nmetadata: {name: p}\n");

        Assert.Empty(cluster.Objects.Policies);
        Assert.Empty(cluster.Objects.Instrumentations);
        Assert.Equal("c.yaml: document 2, line 6: Instrumentation opentelemetry.io/v1beta1 is not read: write apiVersion: opentelemetry.io/v1alpha1", Assert.Single(cluster.Warnings).ToString());
    }

    [Theory]
    [InlineData("argument: \"0.1\"", "argument: 0.1", 11, "Instrumentation a: spec.sampler.argument: must be a string, not the number 0.1: put it in quotes, \"0.1\"")]
    [InlineData("endpoint: http://c:4317", "endpoint: [x]", 8, "Instrumentation a: spec.exporter.endpoint: must be a string, not a list: write \"…\"")]
    [InlineData("  sampler:\n    type: parentbased_traceidratio\n    argument: \"0.1\"", "  propagators: tracecontext", 9, "Instrumentation a: spec.propagators: must be a list, not a string: put each value on its own line after '- '")]
    [InlineData("  sampler:\n    type: parentbased_traceidratio\n    argument: \"0.1\"", "  sampler: always_on", 9, "Instrumentation a: spec.sampler: must be a mapping, not a string: write its fields (type, argument) below it")]
    [InlineData("    value: b", "    value: true", 14, "Instrumentation a: spec.env[0].value: must be a string, not the boolean true: put it in quotes, \"true\"")]
    [InlineData("  - name: A\n    value: b", "  -", 13, "Instrumentation a: spec.env[0]: an item is missing: remove the '-' or write a value")]
    [InlineData("  env:", "  defaults: {useLabelsForResourceAttributes: \"true\"}\n  env:", 12, "Instrumentation a: spec.defaults.useLabelsForResourceAttributes: must be true or false, not a string: write true or false, without quotes")]
    [InlineData("  env:", "  resource:\n    resourceAttributes:\n      a.b/c: 1\n  env:", 14, "Instrumentation a: spec.resource.resourceAttributes[a.b/c]: must be a string, not the number 1: put it in quotes, \"1\"")]
    [InlineData("  name: a", "  name: 1", 4, "Instrumentation: metadata.name: must be a string, not the number 1: put it in quotes, \"1\"")]
    [InlineData("  name: a\n", "", 3, "Instrumentation without a name: write metadata.name")]
    [InlineData("  namespace: ml", "  namespace: ml\n  annotations: {x: 1}", 6, "Instrumentation a: metadata.annotations.x: must be a string, not the number 1: put it in quotes, \"1\"")]
    [InlineData("kind: Instrumentation\n", "", 1, "kind is not set: every object begins with apiVersion and kind")]
    public void A_wrong_type_is_refused_with_its_place_and_what_to_write(string written, string wrong, int line, string message)
    {
        Assert.Contains(written, Instrumentation, StringComparison.Ordinal);
        var problem = Assert.Single(Assert.Throws<ManifestException>(() => Read(Instrumentation.Replace(written, wrong, StringComparison.Ordinal))).Problems);
        Assert.Equal((1, message), (problem.Document, problem.Message));
        Assert.Equal(line, problem.Line);
    }

    [Theory]
    [InlineData("priority: 1.5", "TracingPolicy p: spec.priority: must be a whole number, not the number 1.5: write one, without quotes")]
    [InlineData("priority: 99999999999", "TracingPolicy p: spec.priority: must be a whole number, not the number 99999999999: write one, without quotes")]
    [InlineData("podSelector: {matchLabels: [a]}", "TracingPolicy p: spec.podSelector.matchLabels: must be a mapping of names to strings, not a list: write name: \"value\" below it")]
    [InlineData("podSelector: {matchLabels: {a: }}", "TracingPolicy p: spec.podSelector.matchLabels.a: a value is missing: write a: \"\"")]
    public void A_wrong_type_in_a_policy_is_refused(string field, string message) =>
        Assert.Equal(message, Assert.Single(Assert.Throws<ManifestException>(() => Read($"apiVersion: spanhook.dev/v1alpha1\nkind: TracingPolicy\nmetadata: {{name: p}}\nspec:\n  {field}\n")).Problems).Message);

    [Fact]
    public void Unknown_fields_are_warnings_with_a_suggestion()
    {
        var cluster = Read(Instrumentation.Replace("endpoint:", "endPoint:", StringComparison.Ordinal).Replace("  env:", "  javaa: {}\n  java: {securityContext: {anything: goes}}\n  env:", StringComparison.Ordinal) + "status: {x: y}\n");

        Assert.Equal(
            ["c.yaml: document 1, line 8: Instrumentation a: spec.exporter.endPoint: there is no such field, it is ignored: write endpoint",
                "c.yaml: document 1, line 12: Instrumentation a: spec.javaa: there is no such field, it is ignored: remove it, or write one of exporter, resource, propagators, sampler, defaults, env, java, nodejs, python, dotnet, go, apacheHttpd, nginx, imagePullPolicy, initContainerSecurityContext"],
            cluster.Warnings.Select(warning => warning.ToString()));
    }

    [Fact]
    public void The_same_object_twice_is_an_error_that_names_both_places()
    {
        var problem = Assert.Single(Assert.Throws<ManifestException>(() => Read(Instrumentation + "---\n" + Instrumentation)).Problems);
        Assert.Equal("c.yaml: document 2, line 19: Instrumentation ml/a is there twice: remove this one or the one of c.yaml, line 4", problem.ToString());
    }

    [Fact]
    public void All_problems_of_all_files_are_told_at_once()
    {
        using var folder = new TempFolder();
        folder.Write("a.yaml", "a: [");
        folder.Write("b.yaml", "a: 1\na: 2\n");
        Assert.Equal(["a.yaml", "b.yaml"], Assert.Throws<ManifestException>(() => ClusterManifests.Load(folder.Root)).Problems.Select(problem => Path.GetFileName(problem.File)));
        Assert.Equal(2, Assert.Throws<ManifestException>(() => Read("kind: Namespace\n---\n- 1\n")).Problems.Count);
    }

    [Theory]
    [InlineData("spec.sampler.argument", 11)]
    [InlineData("spec.env[0].value", 14)]
    [InlineData("spec.env[7].value", 12)]
    [InlineData("spec.java.image", 6)]
    [InlineData("", 1)]
    public void A_problem_that_the_compiler_finds_gets_its_place(string field, int line)
    {
        var cluster = Read(Instrumentation);
        Assert.Equal($"c.yaml: document 1, line {line}: Instrumentation ml/a: {field}: wrong", cluster.Problem("Instrumentation", "ml/a", field, "wrong")?.ToString());
        Assert.Null(cluster.Problem("Instrumentation", "ml/b", field, "wrong"));
    }

    [Fact]
    public void A_path_that_is_not_there_is_named() =>
        Assert.Equal("nowhere/at-all: there is no such file or folder: check the path", Assert.Throws<ManifestException>(() => ClusterManifests.Load("nowhere/at-all")).Message);

    private static ClusterManifests Read(string yaml) => ClusterManifests.From(ManifestReader.Parse(yaml, "c.yaml"));
}
