using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Spanhook.Api;

namespace Spanhook.Server.Admission;

/// <summary>
/// Whether two parsers could read a review differently, because a key stands twice in one object or is no valid text: such a pod is not
/// patched. An API server never sends one. The parser's own check of keys costs half as much again as parsing, and most pods are not patched
/// at all.
/// </summary>
internal static class AmbiguousJson
{
    // Up to here a key that looks like an earlier one is compared with all of those; the maps of a pod are rarely larger.
    private const int Few = 32;

    /// <summary>What is ambiguous, for people; null when nothing is.</summary>
    public static string? Find(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            return element.GetPropertyCount() switch
            {
                <= 2 => FindInPair(element),
                <= Few => FindInFew(element),
                _ => FindInSet(element),
            };
        }

        foreach (var item in element.Items())
        {
            if (item.ValueKind is (JsonValueKind.Object or JsonValueKind.Array) && Find(item) is { } found) return found;
        }

        return null;
    }

    /// <summary>What most objects of a pod are: a variable, a mount, a reference.</summary>
    private static string? FindInPair(JsonElement element)
    {
        ReadOnlySpan<byte> first = default;
        var isSecond = false;
        foreach (var member in element.EnumerateObject())
        {
            var name = JsonMarshal.GetRawUtf8PropertyName(member);
            if (!IsPlain(name)) return FindInSet(element);
            if (isSecond && name.SequenceEqual(first)) return Twice(member.Name);
            if (FindBelow(member) is { } found) return found;
            first = name;
            isSecond = true;
        }

        return null;
    }

    /// <summary>Allocates nothing. Each key sets one of 512 bits; only where the bit is set already, keys are compared.</summary>
    private static string? FindInFew(JsonElement element)
    {
        Span<ulong> seen = stackalloc ulong[8];
        seen.Clear();
        foreach (var member in element.EnumerateObject())
        {
            var name = JsonMarshal.GetRawUtf8PropertyName(member);
            if (!IsPlain(name)) return FindInSet(element);
            var hash = Hash(name);
            ref var bits = ref seen[(int)(hash >> 6)];
            var bit = 1UL << (int)(hash & 63);
            if ((bits & bit) != 0 && Count(element, name) > 1) return Twice(member.Name);
            bits |= bit;
            if (FindBelow(member) is { } found) return found;
        }

        return null;
    }

    /// <summary>For many keys, and for those that can be written in more than one way.</summary>
    private static string? FindInSet(JsonElement element)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            if (!IsText(member)) return "a key is not valid text";
            if (!names.Add(member.Name)) return Twice(member.Name);
            if (FindBelow(member) is { } found) return found;
        }

        return null;
    }

    private static string? FindBelow(JsonProperty member)
    {
        if (member.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)) return null;

        // Large, and nobody reads or patches it.
        return member.NameEquals("managedFields"u8) ? null : Find(member.Value);
    }

    private static int Count(JsonElement element, ReadOnlySpan<byte> name)
    {
        var count = 0;
        foreach (var member in element.EnumerateObject())
        {
            if (JsonMarshal.GetRawUtf8PropertyName(member).SequenceEqual(name)) count++;
        }

        return count;
    }

    // Nine bits of the length and of both ends, which overlap in a short name.
    private static uint Hash(ReadOnlySpan<byte> name)
    {
        ulong mixed = name.Length switch
        {
            >= 8 => BinaryPrimitives.ReadUInt64LittleEndian(name) ^ BitOperations.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(name[^8..]), 29),
            >= 4 => BinaryPrimitives.ReadUInt32LittleEndian(name) | ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(name[^4..]) << 32),
            > 0 => name[0] | ((ulong)name[name.Length / 2] << 8) | ((ulong)name[^1] << 16),
            _ => 0,
        };
        return (uint)(((mixed + (uint)name.Length) * 0x9E3779B97F4A7C15) >> 55);
    }

    // Without escapes the same key has the same bytes, and ASCII is valid text.
    private static bool IsPlain(ReadOnlySpan<byte> name) => Ascii.IsValid(name) && !name.Contains((byte)'\\');

    private static bool IsText(JsonProperty member)
    {
        var raw = JsonMarshal.GetRawUtf8PropertyName(member);
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
