using System.Diagnostics;
using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Api.Meta;
using Spanhook.Api.OpenTelemetry;
using Spanhook.Api.Policy;
using Spanhook.Injection.Cluster;

namespace Spanhook.Server.Tests.Cluster;

/// <summary>Ten thousand namespaces, a thousand policies, five thousand Instrumentations.</summary>
public sealed class LargeClusterTests
{
    [Fact]
    public void One_change_in_a_large_cluster_costs_a_fraction_of_its_first_compilation()
    {
        Instrumentation[] instrumentations = [.. Enumerable.Range(0, 5000).Select(i => new Instrumentation
        {
            Metadata = new ObjectMeta { Name = "default", Namespace = $"team-{i}" },
            Spec = new InstrumentationSpec { Exporter = new ExporterSection { Endpoint = "http://collector:4318" }, Java = new InjectorSection() },
        })];
        var objects = new ClusterObjects
        {
            Namespaces = [.. Enumerable.Range(0, 10_000).Select(i => new Namespace { Metadata = new ObjectMeta { Name = $"team-{i}" } })],
            Policies = [.. Enumerable.Range(0, 1000).Select(i => new TracingPolicy { Metadata = new ObjectMeta { Name = $"policy-{i}" } })],
            Instrumentations = instrumentations,
        };
        var compiler = new ClusterCompiler();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var first = Measure(() => compiler.Compile(objects));
        var kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        var changes = Enumerable.Range(0, 9).Select(i =>
        {
            instrumentations = [.. instrumentations];
            instrumentations[i] = instrumentations[i] with { Spec = new InstrumentationSpec { Exporter = new ExporterSection { Endpoint = "http://other:4318" } } };
            return Measure(() => compiler.Compile(objects with { Instrumentations = instrumentations }));
        }).Order().ToList();
        TestContext.Current.TestOutputHelper?.WriteLine($"first {first.TotalMilliseconds:0.0} ms, {kept / 1024.0 / 1024:0.0} MiB kept; one change: median {changes[4].TotalMilliseconds:0.0} ms");
        Assert.True(changes[4] < first / 2, $"first {first}, one change {changes[4]}");
        GC.KeepAlive(compiler);
    }

    private static TimeSpan Measure(Func<ClusterSnapshot> compile)
    {
        var start = Stopwatch.GetTimestamp();
        Assert.NotNull(compile());
        return Stopwatch.GetElapsedTime(start);
    }
}
