using Spanhook.Injection.CommandLine;

namespace Spanhook.Injection.Tests.CommandLine;

/// <summary>What reading a script costs in memory.</summary>
public sealed class ShellBudgetTests
{
    private const int Budget = 2048;

    [Fact]
    public void Four_kilobytes_of_script_cost_no_more_than_two_kibibytes()
    {
        var script = $"set -eu\n{string.Concat(Enumerable.Repeat("if [ -n \"${A:-$(date)}\" ]; then echo \"a $B\" > /dev/null; else export C='d e' D=$((1 + 2)); fi # comment\n", 40))}exec vllm serve m --port 1\n";
        Assert.InRange(script.Length, 4000, 5000);
        Assert.InRange(Allocated(script), 0, Budget);
        Assert.InRange(Allocated("vllm serve $(cat m)"), 0, Budget);
        Assert.InRange(Allocated("sleep infinity # nothing to do here"), 0, 256);
    }

    private static long Allocated(string script)
    {
        // The first readings fill the pools and compile the code.
        for (var i = 0; i < 100; i++) ShellScript.Read(script, Match);
        var before = GC.GetAllocatedBytesForCurrentThread();
        ShellScript.Read(script, Match);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static bool Match(in CommandWords words, out ProgramMatch match)
    {
        match = new("vllm", ProgramRole.Server, 2);
        return words.Count > 2 && words.Program(0) is "vllm" && words.Is(1, "serve");
    }
}
