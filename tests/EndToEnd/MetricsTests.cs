using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Spanhook.Manifests;

namespace Spanhook.EndToEnd;

/// <summary>The metrics of a server that is fed by an API server and has injected a pod.</summary>
public sealed partial class MetricsTests(TestCluster cluster)
{
    [ClusterTheory]
    [InlineData("spanhook_ca_bundle_match", 1)]
    [InlineData("spanhook_webhook_configuration_present", 1)]
    [InlineData("spanhook_cache_synced", 1)]
    [InlineData("spanhook_cache_stale_seconds", 0)]
    public async Task The_state_of_a_server_that_runs_well_is(string metric, double expected)
    {
        var webhook = await cluster.RunWebhookAsync();

        // Looked at every few seconds.
        await Soon.TrueAsync($"{metric} is {expected}", TimeSpan.FromSeconds(8), async () => Value(await webhook.GetAsync("/metrics"), metric) is { } value && value.Equals(expected));
    }

    [ClusterFact]
    public async Task The_end_of_the_certificate_is_that_of_a_week()
    {
        var webhook = await cluster.RunWebhookAsync();
        var left = Value(await webhook.GetAsync("/metrics"), "spanhook_cert_not_after_seconds") - DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        Assert.InRange(TimeSpan.FromSeconds(left ?? 0), TimeSpan.FromHours(167), TimeSpan.FromHours(168.1));
    }

    /// <summary>What nobody measures makes an alert that cannot fire. A counter of what never happened yet is on no page; the documentation has it.</summary>
    [ClusterTheory]
    [InlineData("alerts.yaml")]
    [InlineData("spanhook.json")]
    public async Task Every_metric_that_is_looked_at_is_there(string file)
    {
        var webhook = await cluster.RunWebhookAsync();
        var page = await webhook.GetAsync("/metrics");
        var expressions = Expressions(ManifestReader.ReadFile(RepositoryRoot.PathOf("deploy", "dashboards", file)).Single().ToNode()).ToList();
        var named = expressions.SelectMany(text => Metric().Matches(text)).Select(match => match.Value).Distinct(StringComparer.Ordinal).ToList();

        Assert.True(named.Count >= 5, $"only {named.Count} metrics are named by {expressions.Count} expressions");
        var documented = await File.ReadAllTextAsync(RepositoryRoot.PathOf("docs", "metrics.md"), TestContext.Current.CancellationToken);
        Assert.All(named.Select(metric => Family().Replace(metric, "")), family =>
            Assert.True(page.Contains($"# TYPE {family} ", StringComparison.Ordinal) || documented.Contains($"| `{family}` | counter |", StringComparison.Ordinal), $"{family} is measured nowhere"));
    }

    [ClusterFact]
    public async Task Promtool_accepts_the_page()
    {
        var webhook = await cluster.RunWebhookAsync();
        var page = await webhook.GetAsync("/metrics");
        try
        {
            using var promtool = Process.Start(new ProcessStartInfo("promtool", ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
            await promtool.StandardInput.WriteAsync(page);
            promtool.StandardInput.Close();
            var said = await promtool.StandardOutput.ReadToEndAsync() + await promtool.StandardError.ReadToEndAsync();
            await promtool.WaitForExitAsync();
            // It frowns (exit code 3) upon names of the framework's own meters; of ours it has nothing to say.
            Assert.True(promtool.ExitCode is 0 or 3, said);
            Assert.DoesNotContain("spanhook_", said, StringComparison.Ordinal);
        }
        catch (Win32Exception)
        {
            Assert.Skip("promtool is not on PATH");
        }
    }

    private static double? Value(string page, string metric) =>
        page.Split('\n').FirstOrDefault(line => line.StartsWith(metric + " ", StringComparison.Ordinal) || line.StartsWith(metric + "{", StringComparison.Ordinal)) is { } line
            ? double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)
            : null;

    private static IEnumerable<string> Expressions(JsonNode? node) => node switch
    {
        JsonObject item => (item["expr"] is JsonValue text ? [text.GetValue<string>()] : Enumerable.Empty<string>()).Concat(item.SelectMany(field => Expressions(field.Value))),
        JsonArray items => items.SelectMany(Expressions),
        _ => [],
    };

    // Those of the API server, and up, are not on this page.
    [GeneratedRegex(@"\b(?:spanhook|process)_[a-z_]+", RegexOptions.NonBacktracking)]
    private static partial Regex Metric();

    [GeneratedRegex("_bucket$", RegexOptions.NonBacktracking)]
    private static partial Regex Family();
}
