using System.Text.Json;

namespace Spanhook.Deploy.Tests;

public sealed class EnforcementTests
{
    [Theory]
    [InlineData("warn")]
    [InlineData("deny")]
    public void The_chart_makes_the_objects_of_the_overlay(string action)
    {
        var (chart, overlay) = (Deployed.Chart($"enforcement: {{requireInjection: {{enabled: true, action: {action}}}, guardOptOut: {{enabled: true, action: {action}}} }}"), Deployed.Overlay("enforcement/" + action));
        Assert.Equal(4 + 4 + 2, overlay.Names.Count());
        foreach (var name in overlay.Names) Assert.Equal(Text(overlay[name]), Text(chart[name]));
    }

    [Fact]
    public void By_default_the_chart_has_none_of_them() => Assert.DoesNotContain(Deployed.Chart().Names, name => name.StartsWith("ValidatingAdmissionPolicy", StringComparison.Ordinal));

    /// <summary>Values; the bindings and their actions.</summary>
    public static TheoryData<string, string[]> Parts => new()
    {
        { "requireInjection: {enabled: true}", ["guard-exemptions Warn", "guard-namespaces Warn", "require-injection Warn"] },
        { "guardOptOut: {enabled: true, action: deny}", ["guard-namespaces Deny", "guard-opt-outs Deny"] },
        { "requireInjection: {enabled: true, action: deny}, guardOptOut: {enabled: true}", ["guard-exemptions Deny", "guard-namespaces Deny", "guard-opt-outs Warn", "require-injection Deny"] },
    };

    [Theory, MemberData(nameof(Parts))]
    public void Each_part_stands_alone_and_what_both_need_takes_the_stricter_action(string values, string[] expected)
    {
        const string kind = "ValidatingAdmissionPolicyBinding/spanhook-";
        var chart = Deployed.Chart($"enforcement: {{{values} }}");
        var bindings = chart.Names.Where(name => name.StartsWith(kind, StringComparison.Ordinal)).Select(name => $"{name[kind.Length..]} {(string?)chart[name]["spec"]!["validationActions"]![0]}");
        Assert.Equal(expected, bindings);
        Assert.All(expected, one => Assert.Contains($"ValidatingAdmissionPolicy/spanhook-{one.Split(' ')[0]}", chart.Names));
        Assert.Contains("ClusterRole/spanhook-optout", chart.Names);
    }

    private static string Text(JsonNode value)
    {
        var copy = value.DeepClone();
        copy["metadata"]!.AsObject().Remove("labels");
        return Sorted(copy)!.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }

    // helm sorts keys.
    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => KeyValuePair.Create(m.Key, Sorted(m.Value?.DeepClone())))),
        JsonArray list => new JsonArray([.. list.Select(item => Sorted(item?.DeepClone()))]),
        _ => node?.DeepClone(),
    };
}
