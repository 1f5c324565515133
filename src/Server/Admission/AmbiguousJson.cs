using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using Spanhook.Api;

namespace Spanhook.Server.Admission;

/// <summary>
/// Whether two parsers could read a review differently, because a key stands twice in one object or is no valid text: such a pod is not
/// patched. An API server never sends one. The parser's own check of keys costs six times the memory of a whole answer, and most pods are not
/// patched at all.
/// </summary>
internal static class AmbiguousJson
{
    // Up to here every pair is compared, which allocates nothing; the maps of a pod are rarely larger.
    private const int Pairwise = 32;

    /// <summary>What is ambiguous, for people; null when nothing is.</summary>
    public static string? Find(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Object) return FindInObject(element);
        foreach (var item in element.Items())
        {
            if (item.ValueKind is (JsonValueKind.Object or JsonValueKind.Array) && Find(item) is { } found) return found;
        }

        return null;
    }

    private static string? FindInObject(JsonElement element)
    {
        if ((element.GetPropertyCount() <= Pairwise ? FindPairwise(element) : FindInSet(element)) is { } problem) return problem;
        foreach (var member in element.EnumerateObject())
        {
            // Large, and nobody reads or patches it.
            if (member.NameEquals("managedFields"u8)) continue;
            if (member.Value.ValueKind is (JsonValueKind.Object or JsonValueKind.Array) && Find(member.Value) is { } found) return found;
        }

        return null;
    }

    private static string? FindPairwise(JsonElement element)
    {
        var outer = 0;
        foreach (var member in element.EnumerateObject())
        {
            var name = JsonMarshal.GetRawUtf8PropertyName(member);
            if (!IsText(member, name)) return "a key is not valid text";
            var inner = 0;
            foreach (var other in element.EnumerateObject())
            {
                if (inner++ == outer) break;
                if (AreEqual(name, member, other)) return Twice(member.Name);
            }

            outer++;
        }

        return null;
    }

    // The same key can be written with and without escapes; only then the texts are compared.
    private static bool AreEqual(ReadOnlySpan<byte> name, JsonProperty member, JsonProperty other)
    {
        var otherName = JsonMarshal.GetRawUtf8PropertyName(other);
        return name.SequenceEqual(otherName) || ((name.Contains((byte)'\\') || otherName.Contains((byte)'\\')) && member.NameEquals(other.Name));
    }

    private static string? FindInSet(JsonElement element)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            if (!IsText(member, JsonMarshal.GetRawUtf8PropertyName(member))) return "a key is not valid text";
            if (!names.Add(member.Name)) return Twice(member.Name);
        }

        return null;
    }

    private static bool IsText(JsonProperty member, ReadOnlySpan<byte> raw)
    {
        if (!raw.Contains((byte)'\\')) return Utf8.IsValid(raw);
        try
        {
            return member.Name is not null;
        }
        catch (InvalidOperationException)
        {
            return false; // half a character, escaped
        }
    }

    private static string Twice(string key) => $"the key '{key}' stands twice in one object";
}
