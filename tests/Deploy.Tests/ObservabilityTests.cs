using Spanhook.Manifests;

namespace Spanhook.Deploy.Tests;

public sealed class ObservabilityTests
{
    private static JsonNode Config => Assert.Single(ManifestReader.ReadFile(Deployed.PathOf("observability", "collector-config.yaml"))).ToNode()!;

    [Fact]
    public void Both_OTLP_receivers_have_a_port_of_the_Service()
    {
        var deployed = Deployed.Overlay("observability/");
        var collector = deployed["Deployment/otel-collector"]["spec"]!["template"]!;
        var service = deployed["Service/otel-collector"]["spec"]!;
        Assert.Equal((string?)collector["metadata"]!["labels"]!["app.kubernetes.io/name"], (string?)service["selector"]!["app.kubernetes.io/name"]);
        var container = collector["spec"]!["containers"]![0]!["ports"]!.AsArray().ToDictionary(p => (string)p!["name"]!, p => (int)p!["containerPort"]!);
        foreach (var (protocol, port) in new[] { ("grpc", 4317), ("http", 4318) })
        {
            Assert.EndsWith($":{port}", (string?)Config["receivers"]!["otlp"]!["protocols"]![protocol]!["endpoint"], StringComparison.Ordinal);
            var exposed = Assert.Single(service["ports"]!.AsArray(), p => (int)p!["port"]! == port)!;
            Assert.Equal(port, container[(string)exposed["targetPort"]!]);
        }
    }

    [Fact]
    public void The_memory_limiter_is_first_the_batch_last_and_every_part_of_the_pipeline_exists()
    {
        var pipeline = Config["service"]!["pipelines"]!["traces"]!;
        Assert.Equal(["memory_limiter", "filter/scrapes", "batch"], OverlayTests.Texts(pipeline["processors"]));
        foreach (var part in new[] { "receivers", "processors", "exporters" })
            Assert.All(OverlayTests.Texts(pipeline[part]), name => Assert.NotNull(Config[part]![name]));
    }

    [Fact]
    public void Spans_of_scraping_metrics_are_dropped_by_path_and_never_by_the_bare_name_GET()
    {
        var conditions = OverlayTests.Texts(Config["processors"]!["filter/scrapes"]!["traces"]!["span"]);
        foreach (var attribute in new[] { "url.path", "http.route", "http.target", "http.url" })
            Assert.Single(conditions, c => c.Contains($"attributes[\"{attribute}\"]", StringComparison.Ordinal) && c.Contains("/metrics", StringComparison.Ordinal));
        Assert.Equal("name == \"GET /metrics\"", Assert.Single(conditions, c => c.StartsWith("name ", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_resource_of_the_operator_has_the_same_configuration()
    {
        var resource = Deployed.Read("observability", "opentelemetrycollector.yaml")["OpenTelemetryCollector/otel"];
        Assert.True(JsonNode.DeepEquals(Config, resource["spec"]!["config"]));
    }

    [Fact]
    public void Promtool_accepts_the_alerts() => Tool.Promtool.Run("check", "rules", Deployed.PathOf("dashboards", "alerts.yaml"));

    [Fact]
    public void The_PrometheusRule_has_the_same_alerts()
    {
        var groups = Assert.Single(ManifestReader.ReadFile(Deployed.PathOf("dashboards", "alerts.yaml"))).ToNode()!["groups"];
        Assert.True(JsonNode.DeepEquals(groups, Deployed.Read("dashboards", "prometheusrule.yaml")["PrometheusRule/spanhook"]["spec"]!["groups"]));
    }

    /// <summary>Promtool reads the expressions of the dashboard as rules.</summary>
    [Fact]
    public void Promtool_can_read_every_expression_of_the_dashboard()
    {
        var dashboard = JsonNode.Parse(File.ReadAllText(Deployed.PathOf("dashboards", "spanhook.json")))!;
        var expressions = dashboard["panels"]!.AsArray().SelectMany(p => p!["targets"]!.AsArray()).Select(t => ((string)t!["expr"]!).Replace("$__rate_interval", "5m", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(expressions);
        var rules = expressions.Select((e, i) => new JsonObject { ["record"] = $"panel:{i}", ["expr"] = e }).ToArray<JsonNode>();
        var file = Path.GetTempFileName();
        File.WriteAllText(file, new JsonObject { ["groups"] = new JsonArray(new JsonObject { ["name"] = "dashboard", ["rules"] = new JsonArray(rules) }) }.ToJsonString());
        Tool.Promtool.Run("check", "rules", file);
        File.Delete(file);
    }
}
