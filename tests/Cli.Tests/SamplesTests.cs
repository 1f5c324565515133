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

    [Theory]
    [InlineData("llm-d.yaml", "Deployment ml/qwen3-decode: injected", "vllm injected", "llm-d-sidecar injected", "+ arg --tracing=true", "Deployment ml/qwen3-prefill: injected")]
    [InlineData("production-stack.yaml", "+ command --otlp-traces-endpoint=", "vllm-router injected", "+ arg --otel-endpoint=otel-collector.observability:4317")]
    [InlineData("vllm-script.yaml", "~ arg … --otlp-traces-endpoint=")]
    [InlineData("vllm.yaml", "+ arg --otlp-traces-endpoint=")]
    public void A_sample_of_an_engine_gets_its_switch(string file, params string[] expected)
    {
        var report = CliRun.Of("inject", "-f", RepositoryRoot.PathOf("samples", "workloads", file), "--cluster", RepositoryRoot.PathOf("samples", "cluster"), "-o", "report").Out;
        Assert.All(expected, text => Assert.Contains(text, report, StringComparison.Ordinal));
    }
}
