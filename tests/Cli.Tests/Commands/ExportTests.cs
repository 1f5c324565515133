using Spanhook.Cli.Exporting;
using Spanhook.Support;

namespace Spanhook.Cli.Tests.Commands;

public sealed class ExportTests
{
    private const string Whole = """
        apiVersion: spanhook.dev/v1alpha1
        kind: TracingPolicy
        metadata: {name: sdk}
        spec:
          namespaceSelector: {matchLabels: {team: ml} }
          podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [batch]}]}
          inject: {languages: [sdk, java], engines: [auto]}
          limits: {endpointOverride: Denied}
          instrumentation:
            exporter:
              endpoint: http://$(OTEL_NODE_IP):4318
              protocol: http/protobuf
              tls: {secretName: otel, ca_file: ca.crt}
            propagators: [tracecontext, baggage]
            sampler: {type: parentbased_traceidratio, argument: "0.1"}
            resource: {resourceAttributes: {deployment.environment.name: it's production} }
            defaults: {useLabelsForResourceAttributes: true}
            env:
            - {name: TOKEN, valueFrom: {secretKeyRef: {name: otel, key: token, optional: true} } }
            - {name: CPUS, valueFrom: {resourceFieldRef: {resource: limits.cpu} } }
            - {name: QUOTED, value: 'it''s a \ "text"'}
        """;

    public static TheoryData<string> EnforcementFiles => [.. EnforcementExport.Files.Keys];

    [Theory, MemberData(nameof(EnforcementFiles))]
    public void The_files_of_deploy_enforcement_are_what_is_exported(string file) =>
        Golden.AssertMatches(RepositoryRoot.PathOf(["deploy", "enforcement", .. file.Split('/')]), EnforcementExport.Files[file]);

    [Fact]
    public void Deploy_enforcement_has_no_other_files()
    {
        var folder = RepositoryRoot.PathOf("deploy", "enforcement");
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/'));
        Assert.Equal(EnforcementExport.Files.Keys.Append("README.md").Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("warn", "Warn, Audit")]
    [InlineData("deny", "Deny")]
    public void The_action_is_the_only_difference(string action, string actions)
    {
        var run = CliRun.Of("export", "vap", "--action", action);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(4, run.Out.Split($"validationActions: [{actions}]").Length - 1);
        Assert.Equal(4, run.Out.Split("kind: ValidatingAdmissionPolicy\n").Length - 1);
    }

    [Fact]
    public void A_policy_becomes_a_MutatingAdmissionPolicy_and_what_is_left_out_is_told()
    {
        using var folder = new TempFolder();
        var run = CliRun.Of("export", "map", "sdk", "--cluster", folder.Write("cluster.yaml", Whole));
        Assert.Equal(0, run.ExitCode);
        Golden.AssertMatches(GoldenFile("map.golden.yaml"), run.Out);
        Golden.AssertMatches(GoldenFile("map.stderr.golden.txt"), run.Error);
        Assert.Equal(run.Out.Replace("k8s.io/v1\n", "k8s.io/v1beta1\n", StringComparison.Ordinal), CliRun.Of("export", "map", "sdk", "--cluster", folder.Write("cluster.yaml", Whole), "--api-version", "v1beta1").Out);
    }

    [Theory]
    [InlineData("inject: {languages: [java]}", "inject.languages does not name sdk")]
    [InlineData("inject: {engines: [auto]}", "inject.engines auto: command lines have to be read for it")]
    [InlineData("mode: Audit, inject: {languages: [sdk]}", "mode is Audit")]
    [InlineData("inject: {languages: [sdk]}, rollout: {percent: 10}", "rollout.percent is 10")]
    public void A_policy_of_which_nothing_can_be_expressed_exports_nothing(string spec, string why)
    {
        using var folder = new TempFolder();
        var run = CliRun.Of("export", "map", "none", "-f", folder.Write("cluster.yaml", $"apiVersion: spanhook.dev/v1alpha1\nkind: TracingPolicy\nmetadata: {{name: none}}\nspec: {{{spec} }}\n"));
        Assert.Equal((1, ""), (run.ExitCode, run.Out));
        Assert.Contains(why, run.Error, StringComparison.Ordinal);
        Assert.Contains("error: nothing of TracingPolicy none can be a MutatingAdmissionPolicy", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("other", "there is no TracingPolicy other")]
    [InlineData("wrong", "spec.optOut: 'Never' is not known; write Allowed or Denied")]
    public void A_policy_that_is_not_there_or_is_wrong_is_bad_input(string name, string says)
    {
        using var folder = new TempFolder();
        var run = CliRun.Of("export", "map", name, "-f", folder.Write("cluster.yaml", "apiVersion: spanhook.dev/v1alpha1\nkind: TracingPolicy\nmetadata: {name: wrong}\nspec: {optOut: Never}\n"));
        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
    }

    private static string GoldenFile(string name) => RepositoryRoot.PathOf("tests", "Cli.Tests", "Commands", "Export", name);
}
