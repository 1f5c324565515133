namespace Spanhook.Deploy.Tests;

public sealed class ChartTests
{
    [Fact]
    public void By_default_the_chart_makes_the_objects_of_the_base()
    {
        var (chart, overlay) = (Deployed.Chart(), Deployed.Overlay("base"));
        // The namespace is helm's, which makes it before the chart; the CRDs stand beside the base.
        Assert.Equal(overlay.Names.Where(n => n != "Namespace/spanhook"), chart.Names.Where(n => !IsDefinition(n)));
        foreach (var name in chart.Names.Where(n => !IsDefinition(n))) AssertSame(overlay[name], chart[name], name);
    }

    [Fact]
    public void The_chart_has_the_definitions_of_deploy_crds_and_keeps_them()
    {
        var (chart, crds) = (Deployed.Chart(), Deployed.Overlay("crds/"));
        Assert.Equal(crds.Names, chart.Names.Where(IsDefinition));
        foreach (var name in crds.Names)
        {
            Assert.Equal("keep", (string?)chart[name]["metadata"]!["annotations"]!["helm.sh/resource-policy"]);
            chart[name]["metadata"]!.AsObject().Remove("annotations");
            AssertSame(crds[name], chart[name], name);
        }
    }

    [Fact]
    public void Rendered_twice_it_is_the_same_text()
    {
        string[] arguments = ["template", "spanhook", Deployed.PathOf("helm", "spanhook"), "-n", "spanhook"];
        Assert.Equal(Tool.Helm.Run(arguments), Tool.Helm.Run(arguments));
    }

    [Fact]
    public void Helm_lint_has_no_complaint() => Tool.Helm.Run("lint", Deployed.PathOf("helm", "spanhook"), "--strict");

    [Fact]
    public void With_cert_manager_it_makes_the_rights_and_certificates_of_the_overlay()
    {
        var (chart, overlay) = (Deployed.Chart("certificates: {mode: certManager}"), Deployed.Overlay("cert-manager"));
        Assert.Equal(overlay.Names.Where(n => n != "Namespace/spanhook"), chart.Names.Where(n => !IsDefinition(n)));
        foreach (var name in chart.Names.Where(n => !IsDefinition(n))) AssertSame(overlay[name], chart[name], name);
    }

    [Fact]
    public void Opt_in_and_a_cluster_that_has_the_Instrumentation()
    {
        var chart = Deployed.Chart("webhook: {optIn: true}\ncrds: {instrumentation: {install: false}}");
        AssertSame(Deployed.Overlay("opt-in")["MutatingWebhookConfiguration/spanhook"], chart["MutatingWebhookConfiguration/spanhook"], "webhook");
        Assert.Equal("CustomResourceDefinition/tracingpolicies.spanhook.dev", Assert.Single(chart.Names, IsDefinition));
    }

    [Theory]
    [InlineData("replica: 2", "replica")]
    [InlineData("webhook: {failurePolicy: Fail}", "failurePolicy")]
    [InlineData("certificates: {mode: magic}", "mode")]
    [InlineData("replicas: 0", "replicas")]
    public void A_value_that_the_schema_does_not_know_is_refused_by_name(string values, string named)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, values);
        var (code, _, error) = Tool.Helm.TryRun("template", "spanhook", Deployed.PathOf("helm", "spanhook"), "-f", file);
        File.Delete(file);
        Assert.NotEqual(0, code);
        Assert.Contains(named, error, StringComparison.Ordinal);
    }

    private static bool IsDefinition(string name) => name.StartsWith("CustomResourceDefinition/", StringComparison.Ordinal);

    private static void AssertSame(JsonNode expected, JsonNode actual, string name)
    {
        var (left, right) = (WithoutLabels(expected), WithoutLabels(actual));
        Assert.True(JsonNode.DeepEquals(left, right), $"{name} differs:\n{left.ToJsonString()}\n{right.ToJsonString()}");
    }

    private static JsonNode WithoutLabels(JsonNode value)
    {
        var copy = value.DeepClone();
        copy["metadata"]!.AsObject().Remove("labels");
        return copy;
    }
}
