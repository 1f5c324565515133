using Spanhook.Injection.CommandLine;
using Spanhook.Injection.Tests.Properties;
using Spanhook.Injection.Tests.Scripts;

namespace Spanhook.Injection.Tests.CommandLine;

/// <summary>A script as it was and as a caller would make it, and the law that both obey when they are run.</summary>
internal sealed record EditedScript(string Name, string Script, IReadOnlyList<string> Arguments, ScriptReading Reading)
{
    private const string Flags = " " + ScriptEdit.Flag;

    /// <summary>What the kubelet knows, and what the shell sees.</summary>
    public static readonly IReadOnlyDictionary<string, string> Environment = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["LWS_GROUP_SIZE"] = "2",
        ["LWS_LEADER_ADDRESS"] = "leader",
        ["MODEL"] = "m",
        ["EMPTY"] = "",
        ["TWO"] = "a b",
        ["PORT"] = "8000",
        ["ROLE"] = "leader",
        ["KUBERAY_GEN_RAY_START_CMD"] = "ray start --head",
        ["VLLM_ADDITIONAL_ARGS"] = "--seed 1",
    };

    public static EditedScript Of(string name, string script, IReadOnlyList<string> arguments) => new(name, script, arguments, ScriptEdit.Read(script));

    public bool IsChanged => ScriptEdit.IsInserted(Reading) || ScriptEdit.IsAppended(Reading);

    public ShellRun Before => new(KubeletEnvironment.Expand(Script, Environment), Arguments);

    public ShellRun After => ScriptEdit.IsInserted(Reading)
        ? new(KubeletEnvironment.Expand(ScriptEdit.Insert(Script, Reading.Places, Flags), Environment), Arguments)
        : Before with { Arguments = [.. Arguments, ScriptEdit.Flag] };

    /// <summary>
    /// Runs each script before and after, and returns how many engines ran. The law: the same programs with the same words in the same order
    /// and number; besides, each engine has our flag, once, and no other program has it.
    /// </summary>
    public static int AssertLaw(ShellExecution execution, string shell, IReadOnlyList<EditedScript> scripts)
    {
        var results = execution.Run(shell, [.. scripts.SelectMany(script => (ShellRun[])[script.Before, script.After])], Environment);
        var engines = 0;
        for (var i = 0; i < scripts.Count; i++)
        {
            var (before, after) = (results[2 * i], results[2 * i + 1]);
            var expected = before.Select(record => Shown(record, IsEngine(record) ? 1 : 0));
            var actual = after.Select(record => Shown([.. record.Where(word => word != ScriptEdit.Flag)], record.Count(word => word == ScriptEdit.Flag)));
            // What runs side by side has no order.
            var isOrdered = !scripts[i].Script.Contains('&') && !scripts[i].Script.Contains('|');
            var (first, second) = (string.Join("\n", isOrdered ? expected : expected.Order()), string.Join("\n", isOrdered ? actual : actual.Order()));
            Assert.True(first == second, $"{scripts[i].Name} in {shell}:\n{scripts[i].After.Script}\n--- expected\n{first}\n--- actual\n{second}");
            engines += before.Count(IsEngine);
        }

        return engines;
    }

    private static string Shown(string[] record, int flags) => $"{string.Join(" | ", record)} +{flags}";

    private static bool IsEngine(string[] record) => record[1..] switch
    {
        ["vllm" or "sglang", "serve", ..] => true,
        ["trtllm-serve", ..] => true,
        ["python" or "python3", .. var words] => words.SkipWhile(word => word == "-u").ToArray() is
            ["-m", "vllm.entrypoints.openai.api_server" or "vllm.entrypoints.api_server" or "sglang.launch_server" or "huggingfaceserver", ..],
        _ => false,
    };
}
