using Spanhook.Support;

namespace Spanhook.Cli.Tests;

/// <summary>What a newcomer tries first must be without a flaw.</summary>
public sealed class SamplesTests
{
    [Fact]
    public void Every_sample_is_injected_without_a_warning()
    {
        var run = CliRun.Of("inject", "-f", RepositoryRoot.PathOf("samples", "workloads"), "--cluster", RepositoryRoot.PathOf("samples", "cluster"), "-o", "report");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.DoesNotContain("not injected", run.Out, StringComparison.Ordinal);
    }
}
