namespace Spanhook.Cli.Tests.Commands;

/// <summary>Each: exit code 2, nothing on standard output, and one line that names file, document, line and the fix.</summary>
public sealed class BadInputTests : IDisposable
{
    private const string Pod = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: web
          annotations:
            instrumentation.opentelemetry.io/inject-java: "true"
        spec:
          containers:
          - name: app
            image: app
            env:
            - name: A
              value: b

        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("    env:\n    - name: A\n      value: b", "    env: A=b", 11, "Pod web: spec.containers[0].env: must be a list, not a string: put each entry on its own line after '- '")]
    [InlineData("      value: b", "      value: 1", 13, "Pod web: spec.containers[0].env[0].value: must be a string, not the number 1: put it in quotes, \"1\"")]
    [InlineData("      value: b", "      value: yes", 13, "Pod web: spec.containers[0].env[0].value: must be a string, not the boolean true: put it in quotes, \"true\"")]
    [InlineData("    - name: A\n      value: b", "    - A", 12, "Pod web: spec.containers[0].env[0]: must be a mapping, not a string: write '- name: …'")]
    [InlineData("    - name: A\n      value: b", "    - value: b", 12, "Pod web: spec.containers[0].env[0].name: is missing: write a name")]
    [InlineData("    image: app", "    image: app\n    command: vllm serve", 11, "Pod web: spec.containers[0].command: must be a list, not a string: put each entry on its own line after '- '")]
    [InlineData("    image: app", "    image: app\n    args:\n    - --port\n    - 8000", 13, "Pod web: spec.containers[0].args[1]: must be a string, not the number 8000: put it in quotes, \"8000\"")]
    [InlineData("inject-java: \"true\"", "inject-java: true", 6, "Pod web: metadata.annotations[instrumentation.opentelemetry.io/inject-java]: must be a string, not the boolean true: put it in quotes, \"true\"")]
    [InlineData("  annotations:\n    instrumentation.opentelemetry.io/inject-java: \"true\"", "  labels: a", 5, "Pod web: metadata.labels: must be a mapping, not a string: write its fields below it")]
    [InlineData("  - name: app\n    image: app", "  - image: app", 9, "Pod web: spec.containers[0].name: is missing: write the container's name")]
    [InlineData("  name: web\n", "  name: 5\n", 4, "Pod web: metadata.name: must be a string, not the number 5: put it in quotes, \"5\"")]
    [InlineData("kind: Pod\n", "", 1, "kind is not set: every object begins with apiVersion and kind")]
    [InlineData("apiVersion: v1\n", "", 1, "apiVersion is not set: every object begins with apiVersion and kind")]
    public void A_field_of_the_wrong_type(string written, string wrong, int line, string message)
    {
        Assert.Contains(written, Pod, StringComparison.Ordinal);
        if (wrong.Contains("name: 5", StringComparison.Ordinal)) message = message.Replace("Pod web", "Pod without a name", StringComparison.Ordinal);
        AssertRefused("# head\n---\n" + Pod.Replace(written, wrong, StringComparison.Ordinal), $"document 1, line {line + 2}: {message}");
    }

    [Theory]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n", 1, "Pod web: spec: is missing: write the pod's spec with its containers")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {}\n", 4, "Pod web: spec.containers: has no container: write at least one with a name and an image")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers: []\n", 5, "Pod web: spec.containers: has no container: write at least one with a name and an image")]
    [InlineData("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 1}\n", 4, "Deployment web: spec.template is missing: write the pod template there")]
    [InlineData("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers: {}\n", 7, "Deployment web: spec.template.spec.containers: must be a list, not a mapping: put each entry on its own line after '- '")]
    [InlineData("apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n- kind: Pod\n", 6, "apiVersion is not set: every object begins with apiVersion and kind")]
    [InlineData("apiVersion: v1\nkind: List\nitems:\n- 3\n", 4, "this is no Kubernetes object: write a mapping with apiVersion, kind and metadata")]
    [InlineData("just text\n", 1, "this is no Kubernetes object: write a mapping with apiVersion, kind and metadata")]
    [InlineData("a: b\na: c\n", 2, "the field \"a\" is there twice: keep one")]
    public void An_object_that_is_none(string yaml, int line, string message) =>
        AssertRefused($"apiVersion: v1\nkind: ConfigMap\n---\n{yaml}", $"document 2, line {line + 3}: {message}");

    [Fact]
    public void A_namespace_that_contradicts_the_command_line() =>
        AssertRefused(Pod.Replace("  name: web", "  name: web\n  namespace: shop", StringComparison.Ordinal), "document 1, line 5: Pod web is of namespace shop, not ml: remove metadata.namespace, or give --namespace=shop", "-n", "ml");

    [Fact]
    public void All_problems_of_all_documents_are_told_at_once()
    {
        var run = Run($"{Pod.Replace("      value: b", "      value: 1", StringComparison.Ordinal)}---\nkind: x\n");
        Assert.Equal((2, "", 2), (run.ExitCode, run.Out, run.Error.TrimEnd('\n').Split('\n').Length));
    }

    [Fact]
    public void An_instrumentation_that_is_not_there_is_named_at_the_annotation()
    {
        var run = Run(Pod.Replace("\"true\"", "missing", StringComparison.Ordinal));
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith($"error: {_folder.PathOf("in.yaml")}: document 1, line 6: Pod default/web: java: no Instrumentation was found", run.Error, StringComparison.Ordinal);
        Assert.Contains("(instrumentation_not_found)", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.json", "{\"a\": }", "document 1, line 1: this is no JSON: ")]
    [InlineData("a.yaml", "a: 1\n---\na: [\n", "document 2, line 3: this is no YAML: ")]
    [InlineData("a.yaml", "", "there is no manifest in it: give a file with at least one object")]
    public void A_file_that_cannot_be_read(string name, string text, string message)
    {
        var run = CliRun.Of("inject", "-f", _folder.Write(name, text), "--cluster", _folder.Write("cluster.yaml", ""));
        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.StartsWith($"error: {_folder.PathOf(name)}: {message}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cluster_that_cannot_be_read()
    {
        var run = CliRun.With(Pod, "inject", "-f", "-", "--cluster", _folder.Write("cluster.yaml", "apiVersion: opentelemetry.io/v1alpha1\nkind: Instrumentation\nmetadata: {name: a}\nspec:\n  sampler: {argument: 0.5}\n"));
        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.Equal($"error: {_folder.PathOf("cluster.yaml")}: document 1, line 5: Instrumentation a: spec.sampler.argument: must be a string, not the number 0.5: put it in quotes, \"0.5\"\n", run.Error);
    }

    [Theory]
    [InlineData("Option '--cluster' is required.", "inject", "-f", "-")]
    [InlineData("Option '--filename' is required.", "inject", "--cluster", "x")]
    [InlineData("'html'", "inject", "-f", "-", "--cluster", "x", "-o", "html")]
    [InlineData("'cobol'", "inject", "-f", "-", "--cluster", "x", "--disable", "cobol")]
    [InlineData("'some'", "inject", "-f", "-", "--cluster", "x", "--cross-namespace", "some")]
    [InlineData("there is no such file or folder: check the path", "inject", "-f", "-", "--cluster", "nowhere.yaml")]
    [InlineData("'injekt'", "injekt")]
    public void Bad_usage(string message, params string[] args)
    {
        var run = CliRun.Of(args);
        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    private CliRun Run(string yaml, params string[] more) => CliRun.Of(["inject", "-f", _folder.Write("in.yaml", yaml), "--cluster", _folder.Write("cluster.yaml", ""), .. more]);

    private void AssertRefused(string yaml, string message, params string[] more)
    {
        var run = Run(yaml, more);
        Assert.Equal($"error: {_folder.PathOf("in.yaml")}: {message}\n", run.Error);
        Assert.Equal((2, ""), (run.ExitCode, run.Out));
    }
}
