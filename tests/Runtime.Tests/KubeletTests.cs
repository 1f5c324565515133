using System.Text.Json.Nodes;
using Xunit;

namespace Spanhook.Runtime.Tests;

/// <summary>The stand-in is only worth something if it expands as Kubernetes does.</summary>
public sealed class KubeletTests
{
    private static readonly Dictionary<string, string> Values = new(StringComparer.Ordinal) { ["A"] = "1", ["B"] = "$(A)", ["EMPTY"] = "" };

    [Theory]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("$(A)", "1")]
    [InlineData("x$(A)y$(A)z", "x1y1z")]
    [InlineData("$(EMPTY)", "")]
    [InlineData("$(B)", "$(A)")]
    [InlineData("$(MISSING)", "$(MISSING)")]
    [InlineData("$$(A)", "$(A)")]
    [InlineData("$$$(A)", "$1")]
    [InlineData("$$$$(A)", "$$(A)")]
    [InlineData("$A ${A} $", "$A ${A} $")]
    [InlineData("$(A", "$(A")]
    [InlineData("$(A$(A)", "$(A$(A)")]
    [InlineData("$()", "$()")]
    public void References_are_expanded_as_the_kubelet_does(string text, string expected) => Assert.Equal(expected, Kubelet.Expand(text, Values));

    [Fact]
    public void A_reference_sees_only_what_stands_before_it()
    {
        var pod = JsonNode.Parse("""
            {"spec":{"containers":[{"name":"app","env":[
              {"name":"EARLY","value":"$(LATE)"},
              {"name":"LATE","value":"x"},
              {"name":"AFTER","value":"$(LATE)/$(POD)/$(CONFIGURED)"},
              {"name":"POD","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}},
              {"name":"CONFIGURED","valueFrom":{"configMapKeyRef":{"name":"settings","key":"k"}}},
              {"name":"LAST","value":"$(LATE)/$(POD)/$(CONFIGURED)"},
              {"name":"NOTHING"}]}]}}
            """)!;
        var kubelet = new Kubelet(pod, new Dictionary<string, string>(StringComparer.Ordinal) { ["metadata.name"] = "web-1" },
            new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal)
            {
                ["settings"] = new Dictionary<string, string>(StringComparer.Ordinal) { ["k"] = "$(LATE)" },
            });

        var environment = kubelet.EnvironmentOf("app");

        Assert.Equal("$(LATE)", environment["EARLY"]);
        Assert.Equal("x/$(POD)/$(CONFIGURED)", environment["AFTER"]);
        Assert.Equal("x/web-1/$(LATE)", environment["LAST"]);
        Assert.Equal("", environment["NOTHING"]);
    }
}
