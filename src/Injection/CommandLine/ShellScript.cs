using System.Buffers;

namespace Spanhook.Injection.CommandLine;

/// <summary>A container's shell script, read for the engine that it starts and the place where its options may stand.</summary>
internal static class ShellScript
{
    /// <summary>Reads a script. It costs no more than its length, and throws for no text.</summary>
    /// <param name="script">The script as the manifest has it, before the kubelet expands it.</param>
    /// <param name="matcher">Recognizes programs; it is asked with what follows assignments and wrappers.</param>
    public static ScriptReading Read(ReadOnlySpan<char> script, ProgramMatcher matcher)
    {
        if (script.Contains('\0')) return new(ScriptOutcome.Opaque, null, [], new ShellProblem(ShellProblemKind.NulCharacter).Describe(script));
        if (script.IndexOf("$$") < 0) return ReadExpanded(script, matcher);

        var buffer = ArrayPool<char>.Shared.Rent(script.Length);
        try
        {
            var reading = ReadExpanded(buffer.AsSpan(0, KubeletText.Unescape(script, buffer)), matcher);
            return reading with { Places = KubeletText.PlacesInManifest(script, reading.Places) };
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    private static ScriptReading ReadExpanded(ReadOnlySpan<char> text, ProgramMatcher matcher) => new ShellParser(text, matcher, level: 0).Read();
}
