using System.Text.Json;
using Spanhook.Benchmarks;
using Spanhook.Benchmarks.InProcess;
using Xunit;

namespace Spanhook.Runtime.Tests.Budgets;

/// <summary>
/// What an answer may allocate. Unlike a time, this is the same on every machine and under any load, so it can be a test. The inputs are
/// those of the benchmarks.
/// </summary>
public sealed class AllocationBudgetTests
{
    private const int KiB = 1024;
    private readonly Pipeline _pipeline = new();

    [Fact]
    public void A_pod_that_is_not_selected_allocates_at_most_1_KiB()
    {
        var review = Reviews.NotSelected();
        Assert.DoesNotContain("\"patch\"", _pipeline.AnswerText(review), StringComparison.Ordinal);
        AssertAllocates(1 * KiB, () => _pipeline.Answer(review));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void A_pod_that_no_policy_covers_allocates_at_most_1_KiB(int policies)
    {
        var (pipeline, review) = (new Pipeline(PolicyCrowd.Cluster(policies, asks: false)), Reviews.NotSelected());
        Assert.DoesNotContain("\"patch\"", pipeline.AnswerText(review), StringComparison.Ordinal);
        AssertAllocates(1 * KiB, () => pipeline.Answer(review));
    }

    [Fact]
    public void Policies_that_do_not_cover_a_pod_allocate_nothing_at_all()
    {
        using var review = JsonDocument.Parse(Reviews.NotSelected());
        var (without, with) = (new Pipeline(), new Pipeline(PolicyCrowd.Cluster(1000, asks: false)));
        Assert.Equal(Allocated(() => without.Inject(review)), Allocated(() => with.Inject(review)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void Java_into_one_container_by_a_policy_allocates_at_most_8_KiB(int policies)
    {
        var (pipeline, review) = (new Pipeline(PolicyCrowd.Cluster(policies, asks: true)), Reviews.NotSelected());
        Assert.Contains("\"patch\"", pipeline.AnswerText(review), StringComparison.Ordinal);
        AssertAllocates(8 * KiB, () => pipeline.Answer(review));
    }

    [Fact]
    public void Java_into_one_container_allocates_at_most_8_KiB() => AssertInjects(8 * KiB, Reviews.OneContainer());

    [Fact]
    public void Vllm_in_one_container_allocates_at_most_8_KiB() => AssertInjects(8 * KiB, Reviews.Vllm());

    [Fact]
    public void Vllm_in_a_script_of_4_KB_allocates_at_most_16_KiB() => AssertInjects(16 * KiB, Reviews.VllmScript());

    [Fact]
    public void One_of_100_containers_with_40_variables_each_allocates_at_most_1_MiB() => AssertInjects(KiB * KiB, Reviews.Wide(targets: 1));

    [Fact]
    public void As_many_of_100_containers_as_may_be_named_allocate_at_most_1_MiB()
    {
        using var review = JsonDocument.Parse(Reviews.Wide(targets: 32));
        Assert.True(_pipeline.Inject(review) > 100);
        AssertAllocates(KiB * KiB, () => _pipeline.Inject(review));
    }

    private void AssertInjects(int budget, byte[] review)
    {
        Assert.Contains("\"patch\"", _pipeline.AnswerText(review), StringComparison.Ordinal);
        AssertAllocates(budget, () => _pipeline.Answer(review));
    }

    private static void AssertAllocates(int budget, Func<int> call)
    {
        var bytes = Allocated(call);
        TestContext.Current.TestOutputHelper?.WriteLine($"{bytes} bytes");
        Assert.True(bytes <= budget, $"{bytes} bytes are allocated, {budget} are allowed");
    }

    private static long Allocated(Func<int> call)
    {
        // Pools are filled, statics made and code compiled by then.
        for (var i = 0; i < 50; i++) call();
        const int calls = 50;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < calls; i++) call();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / calls;
    }
}
