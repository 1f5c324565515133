using System.Numerics;

namespace Spanhook.Injection.Cluster;

/// <summary>Sets of policies: a bit for each, at its place in the order of priority. 1,000 policies are 16 words.</summary>
internal static class PolicySet
{
    private const int Bits = 64;

    public static ulong[] Create(int policies) => new ulong[WordsFor(policies)];

    public static int WordsFor(int policies) => (policies + Bits - 1) / Bits;

    public static bool IsEmpty(ReadOnlySpan<ulong> set) => set.IndexOfAnyExcept(0UL) < 0;

    public static void Add(Span<ulong> set, int policy) => set[policy / Bits] |= 1UL << (policy % Bits);

    public static void Remove(Span<ulong> set, int policy) => set[policy / Bits] &= ~(1UL << (policy % Bits));

    /// <summary>The first member at or behind a place; -1 when there is none.</summary>
    public static int Next(ReadOnlySpan<ulong> set, int from)
    {
        for (var word = from / Bits; word < set.Length; word++)
        {
            var rest = word == from / Bits ? set[word] & (ulong.MaxValue << (from % Bits)) : set[word];
            if (rest != 0) return (word * Bits) + BitOperations.TrailingZeroCount(rest);
        }

        return -1;
    }

    /// <summary>The members that are in both sets join the first one.</summary>
    public static void AddCommon(Span<ulong> set, ReadOnlySpan<ulong> left, ReadOnlySpan<ulong> right)
    {
        for (var i = 0; i < set.Length; i++) set[i] |= left[i] & right[i];
    }

    /// <summary>Not for anything that somebody could profit from guessing: an equal hash is compared.</summary>
    public static ulong Hash(ReadOnlySpan<ulong> set)
    {
        var hash = 0xcbf29ce484222325UL;
        foreach (var word in set) hash = BitOperations.RotateLeft((hash ^ word) * 0x9e3779b97f4a7c15UL, 31);
        return hash;
    }
}
