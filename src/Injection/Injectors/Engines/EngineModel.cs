using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Injection.CommandLine;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>The model that an engine serves, as its users call it; read only where a service name asks for it.</summary>
internal static class EngineModel
{
    // The same as where a program is read.
    private const int LongestScript = 65_536;

    // By the name that requests use before the one that files have.
    private static readonly string[] Options = ["--served-model-name", "--served-model-id", "--model-name", "--model", "--model-path", "--model-id", "--model-tag"];
    private static readonly string[] Variables = ["SERVED_MODEL_NAME", "MODEL_NAME", "MODEL_ID"];

    /// <summary>
    /// The last part of the first that there is: the option that names it for requests, the label of llm-d or AIBrix, the option or the operand that
    /// names its files, a variable. Null when none tells.
    /// </summary>
    public static string? Of(Container container, Pod pod)
    {
        var (served, files) = OfCommand(container);
        var name = served ?? NonEmpty(pod.Labels.Text("llm-d.ai/model"u8)) ?? NonEmpty(pod.Labels.Text("model.aibrix.ai/name"u8)) ?? files
            ?? Variables.Select(v => NonEmpty(CommonChecks.FindEnv(container, v).Text("value"u8))).FirstOrDefault(v => v?.Contains("$(", StringComparison.Ordinal) == false);
        var trimmed = name?.TrimEnd('/');
        return NonEmpty(trimmed?[(trimmed.LastIndexOf('/') + 1)..]);
    }

    private static (string? Served, string? Files) OfCommand(Container container)
    {
        using var launch = LaunchWords.Read(container);
        var words = launch.All;
        if (words.Count == 0) return default;
        var first = Math.Min(ShellWrappers.Skip(words).Program, words.Count - 1);
        if (!ShellWrappers.IsShell(words.Program(first))) return OfWords(words.From(first));
        var place = first + ShellWrappers.ScriptOfShell(words.From(first), out var isText);
        if (!isText) return default;
        var script = launch.Raw(place);
        if (script.Length > LongestScript) return default;
        (string? Served, string? Files) found = default;
        ShellScript.Read(script, Match);
        return found.Served is null && found.Files is null ? OfWords(words.From(place)) : found; // a script may hand "$@" on

        bool Match(in CommandWords command, out ProgramMatch match)
        {
            if (!EngineCatalog.Match(command, out match)) return false;
            if (match is { Engine: not null, Role: ProgramRole.Server }) found = OfWords(command);
            return true;
        }
    }

    private static (string? Served, string? Files) OfWords(in CommandWords words)
    {
        string? served = null;
        string? files = null;
        foreach (var option in Options)
        {
            if (ValueOf(words, option) is not { } value) continue;
            if (option.Contains("name", StringComparison.Ordinal) || option.Contains("served", StringComparison.Ordinal)) served ??= value;
            else files ??= value;
        }

        return (served, files ?? Operand(words));
    }

    private static string? ValueOf(in CommandWords words, string option)
    {
        var index = Option.IndexOf(words, 0, option, option);
        if (index < 0 || !words.Word(index).IsWhole) return null;
        var equals = words[index].IndexOf('=');
        if (equals >= 0) return NonEmpty(words[index][(equals + 1)..].ToString());
        return words.IsOperand(index + 1) ? NonEmpty(words[index + 1].ToString()) : null;
    }

    // vllm serve MODEL, trtllm-serve MODEL, trtllm-serve serve MODEL.
    private static string? Operand(in CommandWords words)
    {
        if (words.Program(0) is not ("vllm" or "trtllm-serve")) return null;
        var place = words.Is(1, "serve") ? 2 : words.Program(0) is "trtllm-serve" ? 1 : -1;
        return place > 0 && words.IsOperand(place) ? NonEmpty(words[place].ToString()) : null;
    }

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
