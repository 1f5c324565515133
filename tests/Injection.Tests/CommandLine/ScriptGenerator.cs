using Spanhook.Injection.Tests.Properties;

namespace Spanhook.Injection.Tests.CommandLine;

/// <summary>Scripts around an engine's command, in the shapes that people write and in some that nobody should.</summary>
internal sealed class ScriptGenerator(Dice dice)
{
    private static readonly string[] Noise =
    [
        "echo 'vllm serve fake'", "export A=1 B='2 3'", "# vllm serve comment 'unclosed \"", "cat <<EOF\nvllm serve x $HOME\n'EOF\nEOF", "cat <<'END OF' > /dev/null\n$( ` \"\nEND OF",
        "cat <<-X\n\tvllm serve m\n\tX", "if [ -n \"$PORT\" ]; then echo a; else echo \"b)\"; fi", "case \"$ROLE\" in (leader|x) ray start ;; *) : ;; esac", "for i in 1 \"2 3\"; do sleep $i; done",
        "X=$(echo \"a)\"; case x in x) echo b;; esac)", "X=$((1 + (2)))", "X=`echo \\`echo b\\` 'c'`", "f1() { echo \"$@\"; }; f1 x", "notify \"a  b\" 'c\"d' e\\ f", "while false; do sleep 1; done",
        "true && nvidia-smi > /dev/null 2>&1 || echo none", "sleep 1 &", "(ray start --head; echo done) 2>/dev/null", "$KUBERAY_GEN_RAY_START_CMD", "eval \"echo $PORT\"", "echo $$$$ $$PORT '$$'",
        ": ${PORT:=1}", "echo \"${PORT:-\"x y\"}\" ${PORT#'8'} \"${PORT%0*}\"", "bash -c 'echo hi'", "trap 'echo bye' EXIT", "set -- a b", "echo \"it's # no comment\"#x", "{ true; } 2>&1 | cat", "! false",
        "[ \"$#\" -gt 0 ] && echo \"$@\"", "notify \"$(cat <<E\na ) b\nE\n)\"", "echo a \\\n  b \\\n  # c", "setup \"$@\"", "if false; then exit 1; fi", "unset A; A=x\\ y", "echo $(LWS_GROUP_SIZE) '$(MODEL)'",
        "echo \"a\nvllm serve b\n\"", "printf '%s\\n' \"$PORT\" | while read -r line; do notify \"$line\"; done", "date > /dev/null; echo \"\\$(MODEL)\"", "vllm --version | head -1", "echo ${A:+\"vllm serve\"}",
    ];

    private static readonly string[] Models =
        ["m", "m", "m", "org/model-7b", "\"m\"", "'m x'", "\"${MODEL:-m}\"", "$MODEL", "\"$MODEL\"", "m\\ x", "$(MODEL)", "'it'\\''s'", "/models/$MODEL", "\"a $TWO\"", "m#1", "${MODEL:-'a b'}", "\"$((1+2))\"", "m\"\"", "~m", "{a,b}"];

    private static readonly string[] Options =
    [
        "--port 8000", "--port ${PORT:-1}", "$VLLM_ADDITIONAL_ARGS", "--c '{\"a\":\"b c\"}'", "\"x \\\"y\\\" \\$z\"", "--n=$((1+2))", "--y=\"$(echo 'a b')\"", "\"$@\"", "$*", "--z $EMPTY", "a\\;b", "'$(MODEL)'",
        "--glob /nothing*", "`echo k`", "--t $TWO", "\"#\"", "--seed=1 --seed=2", "$1", "--otel '<x>'",
    ];

    private static readonly string[] Redirections = ["> /dev/null", "2>&1", "2> /dev/null", "</dev/null", ">>log", "2>&1 >log", "3>&1", "&> /dev/null", ">| log", "<<< word"];

    private static readonly string[] Wrappers =
        ["exec ", "exec ", "env ", "env A=b ", "env -u A ", "nohup ", "timeout 60 ", "timeout -k 5 60 ", "nice -n 1 ", "setsid -w ", "stdbuf -oL ", "command ", "/usr/bin/env ", "exec env X=2 timeout 9 ", "! ", "env -i \"PATH=$PATH\" RUN=$RUN RS=$RS "];

    public string Script()
    {
        var parts = new List<string>();
        dice.Some(3, _ => parts.Add(dice.Of(Noise)));
        parts.Add(Around(Engine(), dice.UpTo(2)));
        dice.Some(2, _ => parts.Add(dice.Of(Noise)));
        if (dice.Chance(20)) parts.Add("wait");
        var script = string.Join("\n", parts) + (dice.Chance(50) ? "\n" : "");
        return dice.Chance(5) ? $"\n \t\n# start\n{script}" : script;
    }

    private string Engine()
    {
        var words = new List<string>(dice.UpTo(4) switch
        {
            0 => ["python3", dice.Chance(30) ? "-u" : "-m", "-m", "vllm.entrypoints.openai.api_server"],
            1 => ["trtllm-serve", dice.Chance(50) ? "serve" : dice.Of(Models)],
            _ => [dice.Of("vllm", "vllm", "vllm", "\"vllm\"", "v\\llm", "v'll'm", "./opt/venv/bin/vllm"), dice.Of("serve", "serve", "'serve'")],
        });
        if (words is ["python3", "-m", ..]) words.RemoveAt(1);
        if (words[0] != "python3" && dice.Chance(90)) words.Add(dice.Of(Models));
        dice.Some(4, _ => words.Add(dice.Of(Options)));
        var line = words[0];
        foreach (var word in words.Skip(1)) line += dice.Of(" ", " ", "  ", "\t", " \\\n  ", "\\\n ") + word;
        if (dice.Chance(30)) line = dice.Of(Wrappers) + line;
        if (dice.Chance(20)) line = dice.Of("X=1 ", "X=\"a b\" ", "X='v' A=$PORT ", "X=$(echo q) ") + line;
        if (dice.Chance(25)) line = dice.Chance(80) ? $"{line} {dice.Of(Redirections)}" : $"{dice.Of("> /dev/null", "2>&1")} {line}";
        return line;
    }

    private string Around(string command, int depth)
    {
        var text = dice.UpTo(31) switch
        {
            0 => $"{command} &\nwait",
            1 => $"{command} | cat",
            2 => $"true | {command}",
            3 => $"{command} || exit 1",
            4 => $"true && {command}",
            5 => $"false ||\n {command}",
            6 => $"({command})",
            7 => $"{{ {command}; }}",
            8 => $"{{\n{command}\n}} 2>&1 | cat",
            9 => $"if true; then\n{command}\nelse\n{Engine()}\nfi",
            10 => $"if [ \"$ROLE\" = x ]; then {Engine()}; elif true; then {command}; fi",
            11 => $"case $ROLE in\n x) {Engine()} ;;\n leader|y)\n{command}\n;;\n*) echo ;;\nesac",
            12 => $"for i in 1 2; do {command}; done",
            13 => $"while true; do {command}; break; done",
            14 => $"serve() {{\n{command}\n}}\nserve a \"b c\"",
            15 => $"serve()\n(\n{command}\n)\nserve",
            16 => $"if false; then exec {Engine().Replace("exec ", "")}; fi\n{command}",
            17 => $"{command} <<E\nbody $PORT\nE",
            18 => $"cat <<A; {command}\nvllm serve a\nA",
            19 => $"until {command}; do break; done",
            20 => $"{command} # comment ' \" `",
            21 => $"{command} \\\n # comment",
            22 => $"time {command}",
            23 => dice.Of($"X=$({command})", $"echo `{command.Replace("`", "")}`", $"eval '{command.Replace("'", @"'\''")}'", $"bash -c '{command.Replace("'", @"'\''")}'", $"{command}\n{Engine()}", $"CMD='{command.Replace("'", "")}'; $CMD"),
            24 => $"eval \"vllm serve m --x $PORT $@\"",
            _ => command,
        };
        return depth == 0 || text.Contains("<<") ? text : Around(text, depth - 1);
    }
}
