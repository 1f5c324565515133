using System.Runtime.InteropServices;
using System.Text.Json;
using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Injection.CommandLine;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>
/// Options that reach vLLM by a variable, as KServe's <c>VLLM_ADDITIONAL_ARGS</c> or a script's own <c>$EXTRA_ARGS</c>: a flag there counts as
/// one in the command line, since which variables a script uses is not known for certain.
/// </summary>
internal static class VllmEnvironmentOptions
{
    public static ProgramOptions Read(Container container, VllmInjector vllm)
    {
        var options = ProgramOptions.None;
        foreach (var variable in container.Env.Items())
        {
            var value = variable.Member("value"u8);
            if (value.ValueKind != JsonValueKind.String || JsonMarshal.GetRawUtf8Value(value).IndexOf("--"u8) < 0) continue;
            using var text = DecodedText.Of(value);
            options |= Of(text.Span, vllm);
        }

        return options;
    }

    // Words of such a value are split at blanks; what quotes would join does not look like one of the options anyway.
    private static ProgramOptions Of(ReadOnlySpan<char> text, VllmInjector vllm)
    {
        Span<CommandWord> words = stackalloc CommandWord[64];
        var count = 0;
        foreach (var range in text.SplitAny(" \t\r\n"))
        {
            var (start, length) = range.GetOffsetAndLength(text.Length);
            if (length == 0) continue;
            if (count == words.Length) break;
            words[count++] = new(start, length, IsWhole: true, count);
        }

        var match = vllm.ReadArguments(new(text, words[..count]), 0);
        return match.Role == ProgramRole.Headless ? match.Options | ProgramOptions.TakesNoOptions : match.Options;
    }
}
