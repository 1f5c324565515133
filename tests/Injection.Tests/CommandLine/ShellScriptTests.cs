using Spanhook.Injection.CommandLine;

namespace Spanhook.Injection.Tests.CommandLine;

/// <summary>Scripts, one property of the reader each. <c>@@</c> marks where options go.</summary>
public sealed class ShellScriptTests
{
    [Theory]
    // Where the word ends.
    [InlineData("vllm serve m@@\\\n  --port 2")]
    [InlineData("vllm serve \\\n\\\n m\\\nodel@@ --port 2")]
    [InlineData("vllm serve m@@>log 2>&1&")]
    [InlineData("vllm serve m@@ &> log 2>&1 &")]
    [InlineData("vllm serve m#1@@ # --otlp-traces-endpoint=x")]
    [InlineData("vllm serve 'it'\\''s'\"$X\"@@;")]
    [InlineData("vllm serve {a,b}@@ --glob *")]
    [InlineData("vllm serve $MODEL@@ --port 1")]
    [InlineData("vllm serve $(MODEL)@@ --port 1")]
    [InlineData("vllm serve \"${MODEL:-\"a b\"}\"@@")]
    [InlineData("\"vllm\" 's'erve m@@")]
    [InlineData("vllm serve m@@ <<E --port 1\nbody ' \"\nE\necho")]
    // Comments, here-documents, substitutions and quotes hide nothing and show nothing.
    [InlineData("# it's vllm serve a\nvllm serve m@@")]
    [InlineData("cat <<'E'; vllm serve m@@\nvllm serve a ' $(\nE")]
    [InlineData("cat <<-E\n\tvllm serve a\n\tE\nvllm serve m@@")]
    [InlineData("cat <<A <<B\nB\nA\nA\nB\nvllm serve m@@")]
    [InlineData("echo \"$(cat <<E\na ) b\nE\n)\"; vllm serve m@@")]
    [InlineData("X=$(case a in a) echo b;; esac) vllm serve m@@")]
    [InlineData("X=$((1 + (2))) Y=$( (true) ) vllm serve m@@")]
    [InlineData("X=`echo \\`echo \"a b\"\\``; vllm serve m@@")]
    [InlineData("echo 'vllm serve a' \"vllm serve b\"; vllm serve m@@")]
    [InlineData("A=(vllm serve a # )\n); A+=(b) A[0]=\"c d\" vllm serve m@@")]
    [InlineData("[[ $a =~ ^(b|c)$ && \"$*\" != *\"x\"* || -n $b ]] && vllm serve m@@")]
    [InlineData("(( a = 1 << 2 )); for ((i=0; i<2; i++)); do vllm serve m@@; done")]
    [InlineData("echo ${#a[@]} ${a[\"b\"]} \"${a['c']}\" ${a##*/}; vllm serve m@@")]
    [InlineData("exec > >(tee log) 2>&1; exec vllm serve m@@")]
    // Structure.
    [InlineData("if (true) then vllm serve a@@; else { vllm serve b@@; } fi")]
    [InlineData("if a; then exec vllm serve a@@; fi; exec vllm serve b@@")]
    [InlineData("if a; then vllm serve a@@; exit; fi; vllm serve b@@")]
    [InlineData("case $x in (a|\"b)\") vllm serve a@@;; c) echo;; *) vllm serve b@@; esac")]
    [InlineData("while ! curl x; do sleep 1; done; until vllm serve m@@; do :; done")]
    [InlineData("function f { vllm serve m@@ \"$@\"; }; f a")]
    [InlineData("f() if true; then vllm serve m@@ \"$@\"; fi; f a")]
    [InlineData("{ vllm serve m@@; } {fd}>&1 2>&1 | tee log")]
    [InlineData("for x in a \"b c\"\ndo vllm serve m@@ & done; wait")]
    [InlineData("(true) # it's\n{ vllm serve m@@; } \\\n # it's\nif a; then b; fi # it's")]
    [InlineData("select x; do vllm serve m@@; done")]
    // Wrappers.
    [InlineData("exec env -u X A=b numactl --cpunodebind=0 -m 0 timeout -k 5 60 taskset -c 0-3 nice -n 5 vllm serve m@@")]
    [InlineData("A=b C=\"d e\" exec -a x stdbuf -oL nohup setsid -w tini -s -- vllm serve m@@")]
    [InlineData("time -p vllm serve m@@")]
    [InlineData("! time { uv run --no-sync --with x vllm serve m@@; }")]
    [InlineData("sudo -E -u app A=b gosu app command /usr/bin/python3 -m vllm.entrypoints.api_server@@ --model m")]
    // A visible engine wins over what may be anything.
    [InlineData("ulimit -n 1; $START; . /env.sh; bash /setup.sh; eval \"$X\"; vllm serve m@@")]
    [InlineData("cat > r.sh <<E\nvllm serve a\nE\nvllm serve m@@")]
    [InlineData("trap 'kill 0' TERM; vllm serve m@@ & wait")]
    // The arguments are handed to others too, or twice, or are others: the text is edited.
    [InlineData("setup \"$@\"; vllm serve m@@ \"$@\"")]
    [InlineData("export A=\"$@\"; vllm serve m@@ \"$@\"")]
    [InlineData("echo \"$@\" > f; vllm serve m@@ \"$@\"")]
    [InlineData("echo \"$@\" | setup; vllm serve m@@ \"$@\"")]
    [InlineData("for a; do setup \"$a\"; done; vllm serve m@@ \"$@\"")]
    [InlineData("vllm serve m@@ \"$@\" $@")]
    [InlineData("vllm serve m@@ $1 \"$@\"")]
    [InlineData("set -- --x; vllm serve m@@ \"$@\"")]
    [InlineData("vllm serve m@@ --x $(f \"$@\")")]
    [InlineData("vllm serve m@@ \"$*\"")]
    // The kubelet's dollar signs.
    [InlineData("echo $$ $$$$; vllm serve m@@ $$X")]
    [InlineData("vllm serve m$$@@; echo $(echo $$) '$$'")]
    [InlineData("echo '$$(X)' $$(date)$$; vllm serve \"$$X\"@@")]
    public void Options_go_directly_behind_a_word(string marked)
    {
        var script = marked.Replace("@@", "", StringComparison.Ordinal);
        var reading = ScriptEdit.Read(script);
        Assert.True(reading.Outcome == ScriptOutcome.Insert, $"{reading}");
        Assert.Equal(marked, ScriptEdit.Insert(script, reading.Places, "@@"));
    }

    [Theory]
    [InlineData("exec vllm serve m \"$@\"", 17)]
    [InlineData("set -eux -o pipefail; vllm serve $@ --port 1", 35)]
    [InlineData("echo \"$@\"; [ \"$*\" != a ] && vllm serve m ${*}", 40)]
    [InlineData("python3 -m huggingfaceserver ${DIR} $0 $@", 28)]
    [InlineData("eval \"exec vllm serve m \\\n --name \"a/b\" ${MORE} $@\"", null)]
    [InlineData("eval vllm serve m '\"$@\"'", null)]
    public void Arguments_of_the_script_are_those_of_the_engine(string script, int? place)
    {
        var reading = ScriptEdit.Read(script);
        Assert.True(reading.Outcome == ScriptOutcome.Arguments, $"{reading}");
        Assert.Equal(place is { } one ? [one] : [], reading.Places);
    }

    [Theory]
    [InlineData("$CMD", "its command is the variable $CMD", null)]
    [InlineData("exec \"$VLLM\" serve m", "its command is the variable $VLLM", null)]
    [InlineData("CMD='vllm serve m'; exec $CMD", "its command is the variable $CMD", "vllm")]
    [InlineData("CMD='vllm serve m'; if a; then $CMD; else vllm serve b; fi", "its command is the variable $CMD", "vllm")]
    [InlineData("$PREFIX vllm serve m", "its command is the variable $PREFIX", "vllm")]
    [InlineData("ARGS=(vllm serve m); exec \"${ARGS[@]}\"", "its command is the array $ARGS", "vllm")]
    [InlineData("${CMD:-secret -p x} serve", "its command is the variable $CMD", null)]
    [InlineData("$(LAUNCHER) vllm serve m", "its command is the variable $LAUNCHER", "vllm")]
    [InlineData("exec \"$@\"", "its command is the script's own arguments", null)]
    [InlineData("$(which vllm) serve m", "its command is the output of another command", null)]
    [InlineData("eval 'vllm serve m'", "it is started by eval", "vllm")]
    [InlineData("set -- x; eval \"vllm serve m $@\"", "it is started by eval", "vllm")]
    [InlineData("bash -lc \"exec vllm serve m\"", "it is started by bash -lc", "vllm")]
    [InlineData("nohup sh -c 'while :; do vllm serve m; done' &", "it is started by sh -c", "vllm")]
    [InlineData("xargs vllm serve < f", "it is started by xargs", "vllm")]
    [InlineData("find . -exec vllm serve {} \\;", "it is started by find", "vllm")]
    [InlineData("ssh host vllm serve m", "it is started by ssh", "vllm")]
    [InlineData("su app -c 'vllm serve m'", "it is started by su", "vllm")]
    [InlineData("trap 'vllm serve m' EXIT", "it is started by trap", "vllm")]
    [InlineData("uv run --unheard-of vllm serve m", "it is started by uv", "vllm")]
    [InlineData("mpirun -n 2 bash -c 'vllm serve m'", "it is started by mpirun", "vllm")]
    [InlineData("bash /scripts/x.sh", "it is started by another script, /scripts/x.sh", null)]
    [InlineData(". /scripts/x.sh", "it is started by another script, /scripts/x.sh", null)]
    [InlineData("./start.sh", "it is started by another script, ./start.sh", null)]
    [InlineData("echo vllm serve m | sh", "it is started by sh, which reads its commands from standard input", null)]
    [InlineData("cat > r <<E\nvllm serve m\nE\nchmod +x r; ./r", "its command stands in a here-document", "vllm")]
    [InlineData("X=$(vllm serve m)", "its output is taken by a substitution", "vllm")]
    [InlineData("echo `vllm serve m`", "its output is taken by a substitution", "vllm")]
    [InlineData("cat <(vllm serve m)", "its output is taken by a substitution", "vllm")]
    [InlineData("vllm serve m --config <(echo)", "its command line has a process substitution", "vllm")]
    [InlineData("vllm serve m > >(tee log)", "its command line has a process substitution", "vllm")]
    [InlineData("vllm serve <model> --port 1", "its command line has a placeholder in angle brackets", "vllm")]
    [InlineData("vllm serve $(cat m)", "its model is the output of another command", "vllm")]
    [InlineData("vllm serve \"${M:-`cat m`}\"", "its model is the output of another command", "vllm")]
    [InlineData("alias vllm='echo'; vllm serve m", "its shell script defines aliases", "vllm")]
    [InlineData("vllm() { echo; }; vllm serve m", "vllm is a function of its shell script", "vllm")]
    [InlineData("timeout() { echo; }; timeout 5 vllm serve m", "timeout is a function of its shell script", "vllm")]
    [InlineData("eval 'vllm() { echo; }'; vllm serve m", "functions in an eval", "vllm")]
    [InlineData("vllm serve a & vllm serve b", "its shell script starts more than one engine", "vllm")]
    [InlineData("vllm serve a || vllm serve b", "its shell script starts more than one engine", "vllm")]
    [InlineData("case x in a) vllm serve a;& b) vllm serve b;; esac", "its shell script starts more than one engine", "vllm")]
    [InlineData("if a; then vllm serve m; else sglang serve m; fi", "its shell script starts more than one engine", "vllm")]
    [InlineData("if a; then (exec vllm serve a); fi; vllm serve b", "its shell script starts more than one engine", "vllm")]
    [InlineData("vllm serve \"m", "is not closed", null)]
    [InlineData("if a; then vllm serve m", "is not closed", "vllm")]
    [InlineData("echo \"${a:-'b}'}\"; vllm serve m", "read differently by different shells", null)]
    [InlineData("echo $'a\\'b'; vllm serve m", "read differently by different shells", null)]
    [InlineData("vllm serve m &> log \"$@\"", "read differently by different shells", null)]
    [InlineData("cat <<E\na\\\nE\nvllm serve m\nE", "a here-document", null)]
    public void What_cannot_be_extended_safely_is_refused_for_a_reason(string script, string problem, string? engine)
    {
        var reading = ScriptEdit.Read(script);
        Assert.Equal(ScriptOutcome.Opaque, reading.Outcome);
        Assert.Contains(problem, reading.Problem, StringComparison.Ordinal);
        Assert.Equal(engine, reading.Program?.Engine);
        Assert.Empty(reading.Places);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("# vllm serve m", null)]
    [InlineData("sleep infinity", null)]
    [InlineData("echo vllm serve m; printf 'vllm serve m'", null)]
    [InlineData("source /opt/venv/bin/activate; tail -f /dev/null", null)]
    [InlineData("ulimit -n 1; $KUBERAY_GEN_RAY_START_CMD", null)]
    [InlineData("pip install x && huggingface-cli download m; ray start --block", ProgramRole.Worker)]
    [InlineData("bash -c 'huggingface-cli download m'", ProgramRole.Downloader)]
    [InlineData("bash /vllm/multi-node-serving.sh worker --ray_address=$(LWS_LEADER_ADDRESS)", ProgramRole.Worker)]
    public void A_script_without_an_engine_says_what_else_it_starts(string script, object? role)
    {
        var reading = ScriptEdit.Read(script);
        Assert.Equal(ScriptOutcome.Nothing, reading.Outcome);
        Assert.Equal((ProgramRole?)role, reading.Program?.Role);
    }

    [Fact]
    public void The_server_counts_where_other_roles_stand_beside_it()
    {
        var reading = ScriptEdit.Read("if a; then vllm serve m --headless; else vllm serve m; fi");
        Assert.Equal((ScriptOutcome.Insert, ProgramRole.Server, 53), (reading.Outcome, reading.Program!.Value.Role, Assert.Single(reading.Places)));
        Assert.Equal(ProgramOptions.TracingIsSet, ScriptEdit.Read("vllm serve m --otlp_traces_endpoint x").Program!.Value.Options);
    }
}
