using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.JsonPatch;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Spanhook.Injection.Tests.Judges;

/// <summary>Microsoft.AspNetCore.JsonPatch: an RFC 6902 applier that somebody else wrote.</summary>
internal static class JsonPatchPackage
{
    private static readonly JsonSerializerSettings Verbatim = new() { DateParseHandling = DateParseHandling.None, FloatParseHandling = FloatParseHandling.Decimal };

    /// <summary>The document after the patch.</summary>
    public static JsonNode Apply(JsonNode document, ReadOnlySpan<byte> patch)
    {
        var target = JsonConvert.DeserializeObject<JObject>(document.ToJsonString(), Verbatim)!;
        var operations = JsonConvert.DeserializeObject<JsonPatchDocument>(Encoding.UTF8.GetString(patch), Verbatim)!;
        // It cannot test for an empty text ("cannot be null or empty"); what the test guards is judged all the same.
        operations.Operations.RemoveAll(operation => operation.op == "test" && operation.value is "" or JValue { Value: "" });
        operations.ApplyTo(target);
        return JsonNode.Parse(target.ToString(Formatting.None))!;
    }
}
