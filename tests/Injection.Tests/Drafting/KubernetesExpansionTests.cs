using System.Text.Json.Nodes;
using Spanhook.Injection.Drafting;
using Spanhook.Injection.Tests.Properties;

namespace Spanhook.Injection.Tests.Drafting;

public sealed class KubernetesExpansionTests
{
    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("$")]
    [InlineData("a$b")]
    [InlineData("$(KNOWN)")]
    [InlineData("$$(KNOWN)")]
    [InlineData("$$$(KNOWN)")]
    [InlineData("$$")]
    [InlineData("x$$y")]
    [InlineData("$($(KNOWN))")]
    [InlineData("$(KNOWN")]
    [InlineData("$(UNKNOWN)")]
    [InlineData("100$")]
    public void An_escaped_text_is_what_the_container_sees(string text)
    {
        var env = new JsonArray(Variable("KNOWN", "secret"), Variable("TEXT", KubernetesExpansion.Escape(text)));
        Assert.Equal(text, KubeletEnvironment.Of(env)["TEXT"]);
    }

    [Theory]
    [InlineData("$(A)", "A", true)]
    [InlineData("x$(B)y$(A)z", "A", true)]
    [InlineData("$$(A)", "A", false)]
    [InlineData("$$$(A)", "A", true)]
    [InlineData("$(AB)", "A", false)]
    [InlineData("$(A", "A", false)]
    [InlineData("A", "A", false)]
    [InlineData("", "A", false)]
    public void A_reference_is_recognized(string value, string name, bool expected) => Assert.Equal(expected, KubernetesExpansion.RefersTo(value, name));

    private static JsonObject Variable(string name, string value) => new() { ["name"] = name, ["value"] = value };
}
