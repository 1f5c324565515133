using System.Text.Json.Nodes;
using Spanhook.Cli.Comparing;

namespace Spanhook.Cli.Tests.Comparing;

/// <summary>What the API server adds is no difference; what it does not have is one.</summary>
public sealed class StoredJsonTests
{
    [Theory]
    [InlineData("""{"a": 1}""", """{"a": 1, "b": 2}""")]
    [InlineData("""{"valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}""", """{"valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}}""")]
    [InlineData("""{"limits": {"memory": "1024Mi", "cpu": "0.5"}}""", """{"limits": {"memory": "1Gi", "cpu": "500m"}}""")]
    [InlineData("""{"emptyDir": {"sizeLimit": "200Mi"}}""", """{"emptyDir": {"sizeLimit": "209715200"}}""")]
    [InlineData("""{"emptyDir": {}}""", """{}""")]
    [InlineData("""{"list": []}""", """{}""")]
    [InlineData("""{"text": ""}""", """{}""")]
    [InlineData("""{"gone": null}""", """{}""")]
    [InlineData("""{"env": [{"name": "A", "value": "1"}]}""", """{"env": [{"name": "B", "value": "2"}, {"name": "A", "value": "1", "x": 1}]}""")]
    [InlineData("""{"volumeMounts": [{"name": "v", "mountPath": "/a"}]}""", """{"volumeMounts": [{"name": "v", "mountPath": "/b"}, {"name": "v", "mountPath": "/a"}]}""")]
    [InlineData("""{"command": ["a", "b"]}""", """{"command": ["a", "b"]}""")]
    public void Nothing_differs(string asked, string stored) => Assert.Null(StoredJson.FirstDifference(JsonNode.Parse(asked), JsonNode.Parse(stored)));

    [Theory]
    [InlineData("""{"image": "a:1"}""", """{"image": "a:2"}""", "image")]
    [InlineData("""{"a": {"b": 1}}""", """{"a": {"b": 2}}""", "a.b")]
    [InlineData("""{"a": {"b": 1}}""", """{}""", "a")]
    [InlineData("""{"limits": {"memory": "1Gi"}}""", """{"limits": {"memory": "1G"}}""", "limits.memory")]
    [InlineData("""{"value": "1Gi"}""", """{"value": "1024Mi"}""", "value")]
    [InlineData("""{"command": ["a", "b"]}""", """{"command": ["b", "a"]}""", "command")]
    [InlineData("""{"command": ["a"]}""", """{"command": ["a", "b"]}""", "command")]
    [InlineData("""{"env": [{"name": "A", "value": "1"}]}""", """{"env": [{"name": "A", "value": "2"}]}""", "env.A")]
    [InlineData("""{"env": [{"name": "A", "value": "1"}]}""", """{}""", "env")]
    public void Something_differs(string asked, string stored, string place) => Assert.Equal(place, StoredJson.FirstDifference(JsonNode.Parse(asked), JsonNode.Parse(stored)));

    [Theory]
    [InlineData("1", "1000m", true)]
    [InlineData("1Ki", "1024", true)]
    [InlineData("1e3", "1k", true)]
    [InlineData("0.1", "100m", true)]
    [InlineData("1M", "1Mi", false)]
    [InlineData("x", "x", false)]
    [InlineData("", "", false)]
    [InlineData("99999999999999999999999999999E", "1", false)]
    public void Quantities_are_compared_by_amount(string left, string right, bool areEqual) => Assert.Equal(areEqual, QuantityText.AreEqual(left, right));
}
