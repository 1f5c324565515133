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
        JsonConvert.DeserializeObject<JsonPatchDocument>(Encoding.UTF8.GetString(patch), Verbatim)!.ApplyTo(target);
        return JsonNode.Parse(target.ToString(Formatting.None))!;
    }
}
