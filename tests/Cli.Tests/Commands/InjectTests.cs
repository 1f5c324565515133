using System.Text.Json.Nodes;
using Spanhook.Manifests;
using Spanhook.Support;

namespace Spanhook.Cli.Tests.Commands;

public sealed class InjectTests : IDisposable
{
    private const string Cluster = """
        apiVersion: opentelemetry.io/v1alpha1
        kind: Instrumentation
        metadata: {name: otel, namespace: shop}
        spec: {exporter: {endpoint: "http://otel-collector:4318"}}

        """;

    private const string Pod = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: web
          namespace: shop
          annotations:
            instrumentation.opentelemetry.io/inject-sdk: "true"
        spec:
          future: 1e400
          containers:
          - name: app
            image: app:1.0
            env:
            - {name: OTEL_RESOURCE_ATTRIBUTES, value: team=a}

        """;

    private const string ConfigMap = "# a comment\napiVersion: v1\nkind: ConfigMap\nmetadata: {name:   odd}\ndata: {a: 0o17}   # another\n";

    private readonly TempFolder _folder = new();
    private readonly string _cluster;

    public InjectTests() => _cluster = _folder.Write("cluster.yaml", Cluster);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_pod_comes_back_injected_and_unknown_fields_stay()
    {
        var run = Inject(Pod);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("  future: 1e400\n", run.Out, StringComparison.Ordinal);
        var pod = Assert.Single(ManifestReader.Parse(run.Out, "out.yaml")).ToNode()!;
        Assert.True(InjectionMark.IsOn(pod));
        Assert.Contains(pod["spec"]!["containers"]![0]!["env"]!.AsArray(), env => env!["name"]!.GetValue<string>() == "OTEL_SERVICE_NAME");
    }

    [Fact]
    public void What_is_no_workload_or_is_not_injected_stays_as_it_was_written()
    {
        var unasked = Pod.Replace("\"true\"", "\"false\"", StringComparison.Ordinal);
        Assert.Equal($"{ConfigMap}---\n{unasked}", Inject($"---\n{ConfigMap}---\n# nothing\n---\n{unasked}").Out);
    }

    [Fact]
    public void An_injected_pod_is_not_injected_again()
    {
        var once = Inject(Pod).Out;
        Assert.Equal(once, Inject(once).Out);
    }

    [Fact]
    public void Lists_are_injected_item_by_item()
    {
        var list = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "List", ["items"] = new JsonArray(Node(ConfigMap), Node(Pod)) };

        var run = Inject(list.ToJsonString());

        var items = ManifestReader.Parse(run.Out, "out.yaml")[0].ToNode()!["items"]!.AsArray();
        Assert.Equal(Node(ConfigMap)!.ToJsonString(), items[0]!.ToJsonString());
        Assert.True(InjectionMark.IsOn(items[1]!));
    }

    [Fact]
    public void Json_of_one_document_is_the_object_and_of_several_a_list()
    {
        var one = Inject(Pod, "-o", "json").Json;
        Assert.True(InjectionMark.IsOn(one));

        var several = Inject($"{Pod}---\n{ConfigMap}", "-o", "json").Json;
        Assert.Equal(["apiVersion", "items", "kind", "metadata"], several.AsObject().Select(field => field.Key));
        Assert.Equal(one.ToJsonString(), several["items"]![0]!.ToJsonString());
    }

    [Fact]
    public void The_patch_of_one_workload_applies_to_the_object_as_it_was_written()
    {
        var job = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j, namespace: shop}\nspec:\n  template:\n" + string.Join('\n', Pod.Split('\n').Skip(2).Select(line => "    " + line)).TrimEnd() + "\n";
        var patch = Inject(job, "-o", "patch").Json.AsArray();

        Assert.All(patch, operation => Assert.StartsWith("/spec/template/", operation!["path"]!.GetValue<string>(), StringComparison.Ordinal));
        var applied = Injection.Patching.JsonPatchApplier.Apply(Node(job)!, System.Text.Encoding.UTF8.GetBytes(patch.ToJsonString()));
        Assert.Equal(Inject(job, "-o", "json").Json.ToJsonString(), applied.ToJsonString());
    }

    [Fact]
    public void Patches_of_several_workloads_say_whose_they_are()
    {
        var run = Inject($"{Pod}---\n{Pod.Replace("name: web", "name: other", StringComparison.Ordinal)}---\n{ConfigMap}", "-o", "patch");
        Assert.Equal(["web", "other"], run.Json.AsArray().Select(entry => entry!["object"]!["name"]!.GetValue<string>()));
        Assert.All(run.Json.AsArray(), entry => Assert.NotEmpty(entry!["patch"]!.AsArray()));
    }

    [Fact]
    public void The_patch_of_what_is_not_injected_is_empty() => Assert.Equal("[]\n", Inject(Pod.Replace("\"true\"", "\"false\"", StringComparison.Ordinal), "-o", "patch").Out);

    [Fact]
    public void The_namespace_is_the_objects_own_else_the_chosen_one_else_default()
    {
        var without = Pod.Replace("  namespace: shop\n", "", StringComparison.Ordinal);

        Assert.Contains("k8s.namespace.name=shop", Inject(without, "-n", "shop").Out, StringComparison.Ordinal);
        Assert.DoesNotContain("namespace: shop\n", Inject(without, "-n", "shop").Out, StringComparison.Ordinal);
        Assert.Contains("Pod default/web", Inject(without, "-o", "report").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_read_in_order_and_deeper_only_when_asked()
    {
        _folder.Write("in/b.yaml", Pod.Replace("name: web", "name: b", StringComparison.Ordinal));
        _folder.Write("in/a.json", Node(Pod.Replace("name: web", "name: a", StringComparison.Ordinal))!.ToJsonString());
        _folder.Write("in/deep/c.yml", Pod.Replace("name: web", "name: c", StringComparison.Ordinal));

        string[] Names(params string[] more) => [.. CliRun.Of(["inject", "-f", _folder.PathOf("in"), "--cluster", _cluster, "-o", "patch", .. more]).Json.AsArray().Select(entry => entry!["object"]!["name"]!.GetValue<string>())];

        Assert.Equal(["a", "b"], Names());
        Assert.Equal(["a", "b", "c"], Names("-R"));
        Assert.Equal(["a", "b", "c"], Names("-f", _folder.PathOf("in/deep/c.yml")));
    }

    [Fact]
    public void An_injector_can_be_switched_off()
    {
        var run = Inject(Pod, "--disable", "java", "sdk");
        Assert.Equal(Pod, run.Out);
        Assert.Contains("(language_disabled)", run.Error, StringComparison.Ordinal);
        Assert.StartsWith("Warning: -: document 1, line 7: Pod shop/web: sdk", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_namespaces_instrumentation_is_used_when_any_may()
    {
        var other = Pod.Replace("namespace: shop", "namespace: other", StringComparison.Ordinal).Replace("\"true\"", "shop/otel", StringComparison.Ordinal);
        Assert.Equal(other, Inject(other).Out);
        Assert.NotEqual(other, Inject(other, "--cross-namespace", "any").Out);
        Assert.Equal(other, Inject(other, "--cross-namespace=granted").Out);
    }

    [Fact]
    public void The_report_tells_what_was_added_to_which_container_by_whose_wish()
    {
        var sidecar = Pod.Replace("  containers:\n", "  containers:\n  - {name: proxy, image: proxy:1}\n", StringComparison.Ordinal).Replace("inject-sdk: \"true\"", "inject-java: \"true\"\n    instrumentation.opentelemetry.io/container-names: app", StringComparison.Ordinal);

        Assert.Equal("""
            Pod shop/web: injected
              container app
                java injected from Instrumentation shop/otel
                + env OTEL_NODE_IP
                + env OTEL_POD_IP
                + env JAVA_TOOL_OPTIONS
                + env OTEL_SERVICE_NAME
                + env OTEL_EXPORTER_OTLP_ENDPOINT
                + env OTEL_RESOURCE_ATTRIBUTES_POD_NAME
                + env OTEL_RESOURCE_ATTRIBUTES_NODE_NAME
                ~ env OTEL_RESOURCE_ATTRIBUTES
                + mount /otel-auto-instrumentation-java-app
              pod
                + init container opentelemetry-auto-instrumentation-java
                + volume opentelemetry-auto-instrumentation-java
                + label spanhook.dev/injected
                + annotation spanhook.dev/injected

            1 workload, 1 injected

            """.ReplaceLineEndings("\n"), Inject(sidecar, "-o", "report").Out);
    }

    [Fact]
    public void The_report_tells_why_not()
    {
        var run = Inject($"{Pod.Replace("\"true\"", "\"false\"", StringComparison.Ordinal)}---\n{ConfigMap}", "-o", "report");
        Assert.StartsWith("Pod shop/web: not injected\n  ", run.Out, StringComparison.Ordinal);
        Assert.Contains("(opted_out_pod)\n\n1 workload, 0 injected\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Colours_add_nothing_but_escape_sequences()
    {
        var coloured = CliRun.With(Pod, hasColours: true, ["inject", "-f", "-", "--cluster", _cluster, "-o", "report"]).Out;
        Assert.Contains("\u001b[32m", coloured, StringComparison.Ordinal);
        Assert.Equal(Inject(Pod, "-o", "report").Out, System.Text.RegularExpressions.Regex.Replace(coloured, "\u001b\\[[0-9;]*m", ""));
    }

    [Fact]
    public void Problems_of_the_cluster_are_named_where_they_stand_and_the_rest_is_done_all_the_same()
    {
        _folder.Write("cluster.yaml", $"{Cluster}---\n{Cluster.Replace("otel,", "bad,", StringComparison.Ordinal).Replace("exporter:", "sampler: {type: sometimes}, other: 1, exporter:", StringComparison.Ordinal)}");

        var run = Inject(Pod.Replace("\"true\"", "otel", StringComparison.Ordinal));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"error: {_cluster}: document 2, line 9: Instrumentation shop/bad: spec.sampler.type: ", run.Error, StringComparison.Ordinal);
        Assert.Contains($"Warning: {_cluster}: document 2, line 9: Instrumentation bad: spec.other: there is no such field", run.Error, StringComparison.Ordinal);
        Assert.True(InjectionMark.IsOn(Node(run.Out)!));
    }

    private static JsonNode? Node(string yaml) => ManifestReader.Parse(yaml, "x.yaml")[0].ToNode();

    private CliRun Inject(string input, params string[] more) => CliRun.With(input, ["inject", "-f", "-", "--cluster", _cluster, .. more]);
}
