using Spanhook.Api.Meta;
using Spanhook.Injection.Cluster;

namespace Spanhook.Injection.Tests.Cluster;

public sealed class LabelSelectorMatcherTests
{
    private static readonly Dictionary<string, string> Labels = new(StringComparer.Ordinal) { ["app"] = "cart", ["tier"] = "gold", ["empty"] = "" };

    [Theory]
    [InlineData("app", "In", "cart", true)]
    [InlineData("app", "In", "web,cart", true)]
    [InlineData("app", "In", "web", false)]
    [InlineData("app", "In", "CART", false)]
    [InlineData("none", "In", "cart", false)]
    [InlineData("app", "NotIn", "cart", false)]
    [InlineData("app", "NotIn", "web", true)]
    [InlineData("none", "NotIn", "cart", true)]
    [InlineData("app", "Exists", "", true)]
    [InlineData("empty", "Exists", "", true)]
    [InlineData("none", "Exists", "", false)]
    [InlineData("app", "DoesNotExist", "", false)]
    [InlineData("none", "DoesNotExist", "", true)]
    [InlineData("app", "in", "cart", false)]
    [InlineData("app", "", "cart", false)]
    public void A_requirement_is_evaluated_as_Kubernetes_does(string key, string op, string values, bool expected) =>
        Assert.Equal(expected, Matches(new() { MatchExpressions = [new() { Key = key, Operator = op, Values = values.Length == 0 ? null : values.Split(',') }] }));

    [Theory]
    [InlineData("app=cart", true)]
    [InlineData("app=cart,tier=gold", true)]
    [InlineData("app=cart,tier=silver", false)]
    [InlineData("none=", false)]
    [InlineData("empty=", true)]
    public void Every_match_label_must_be_there(string labels, bool expected) =>
        Assert.Equal(expected, Matches(new() { MatchLabels = labels.Split(',').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal) }));

    [Fact]
    public void An_absent_selector_and_an_empty_one_match_everything()
    {
        Assert.True(Matches(null));
        Assert.True(Matches(new()));
        Assert.True(Matches(new() { MatchLabels = new Dictionary<string, string>(), MatchExpressions = [] }));
    }

    [Fact]
    public void Labels_and_expressions_must_both_hold() =>
        Assert.False(Matches(new() { MatchLabels = new Dictionary<string, string> { ["app"] = "cart" }, MatchExpressions = [new() { Key = "app", Operator = "NotIn", Values = ["cart"] }] }));

    private static bool Matches(LabelSelector? selector) => LabelSelectorMatcher.Matches(selector, key => Labels.GetValueOrDefault(key));
}
