using System.Text.Json.Nodes;
using Spanhook.Api.Core;
using Spanhook.Injection.Cluster;
using Spanhook.Support;

namespace Spanhook.Injection.Tests.Decision;

/// <summary>Rules 3.2 and 3.3: pod against namespace, by which of the Instrumentations a, b and the default is taken.</summary>
public sealed class AnnotationPrecedenceTests
{
    private const string Key = "instrumentation.opentelemetry.io/inject-sdk";

    [Theory]
    [InlineData(null, null, "not_requested")]
    [InlineData("", "", "not_requested")]
    [InlineData("true", null, "a")]
    [InlineData("TRUE", "", "a")]
    [InlineData(null, "true", "a")]
    [InlineData("", "true", "a")]
    [InlineData("  ", "true", "a")]
    [InlineData("b", null, "b")]
    [InlineData(" b ", null, "b")]
    [InlineData(null, "b", "b")]
    [InlineData("true", "true", "a")]
    [InlineData("true", "b", "b")]
    [InlineData("b", "true", "b")]
    [InlineData("b", "a", "b")]
    [InlineData("b", "false", "b")]
    [InlineData("true", "false", "a")]
    [InlineData("true", "False", "a")]
    [InlineData("false", null, "opted_out_pod")]
    [InlineData("FALSE", "true", "opted_out_pod")]
    [InlineData("false", "b", "opted_out_pod")]
    [InlineData(null, "false", "opted_out_namespace")]
    [InlineData("", "false", "opted_out_namespace")]
    [InlineData("B", null, "instrumentation_not_found")]
    [InlineData("c", "true", "instrumentation_not_found")]
    [InlineData("shop/b", null, "b")]
    [InlineData("shop/b/c", null, "instrumentation_not_found")]
    public void Pod_and_namespace_together_choose(string? pod, string? ns, string expected)
    {
        var cluster = ClusterSnapshot.Compile(new()
        {
            Namespaces = [new Namespace { Metadata = new() { Name = "shop", Annotations = Annotations(ns) } }],
            Instrumentations =
            [
                new() { Metadata = new() { Name = "a", Namespace = "shop", Annotations = new Dictionary<string, string> { ["instrumentation.opentelemetry.io/default"] = "true" } } },
                new() { Metadata = new() { Name = "b", Namespace = "shop" } },
            ],
        });
        var json = new JsonObject
        {
            ["metadata"] = new JsonObject { ["annotations"] = new JsonObject(Annotations(pod).Select(a => KeyValuePair.Create<string, JsonNode?>(a.Key, a.Value))) },
            ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "app" }) },
        };
        var injected = Injected.From(json.ToJsonString(), "shop", cluster);
        var leading = injected.Result.Leading;
        Assert.Equal(expected, leading.Reason.Code == "injected" ? leading.Source!.Split('/')[^1] : leading.Reason.Code);
    }

    private static Dictionary<string, string> Annotations(string? value) => value is null ? [] : new() { [Key] = value };
}
