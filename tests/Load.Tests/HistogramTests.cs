using Spanhook.Load.Generating;

namespace Spanhook.Load.Tests;

public sealed class HistogramTests
{
    private static readonly double[] Shares = [0.001, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 0.9999, 1];

    [Theory]
    [InlineData(1, 255)] // where every value has a bucket of its own
    [InlineData(50, 5_000)]
    [InlineData(1_000, 10_000_000)]
    [InlineData(0, 1L << 35)]
    public void Quantiles_are_the_exact_ones_rounded_up_by_less_than_one_percent(long lowest, long highest)
    {
        var random = new Random(7);
        // Most are small and few are large, as latencies are.
        var values = Enumerable.Range(0, 20_000).Select(_ => lowest + (long)(Math.Pow(random.NextDouble(), 4) * (highest - lowest))).ToList();
        var histogram = Of(values);
        values.Sort();
        foreach (var share in Shares)
        {
            var exact = values[(int)Math.Ceiling(share * values.Count) - 1];
            Assert.InRange(histogram.Quantile(share), exact, exact + (exact / 128));
        }

        Assert.Equal((values.Count, values[^1]), (histogram.Count, histogram.Max));
        Assert.Equal(values.Average(), histogram.Mean, 1e-6 * highest);
    }

    [Fact]
    public void Every_bucket_ends_where_the_next_begins()
    {
        foreach (var edge in Enumerable.Range(0, 39).Select(power => 1L << power))
        {
            foreach (var value in (long[])[edge - 1, edge, edge + 1])
            {
                var highest = Of([value]).Buckets.Single().Highest;
                Assert.InRange(highest, value, value + (value / 128));
                Assert.NotEqual(highest, Of([highest + 1]).Buckets.Single().Highest);
            }
        }
    }

    [Fact]
    public void Histograms_of_several_senders_add_up()
    {
        var (one, other) = (Of([10, 500, 70_000]), Of([20, 900_000]));
        one.Add(other);
        Assert.Equal(Of([10, 20, 500, 70_000, 900_000]).Buckets, one.Buckets);
        Assert.Equal((5L, 900_000L, 500L), (one.Count, one.Max, one.Quantile(0.5) / 4 * 4));
    }

    [Fact]
    public void An_empty_one_has_no_quantiles() => Assert.Equal((0L, 0L, 0d), (new Histogram().Quantile(0.99), new Histogram().Max, new Histogram().Mean));

    [Fact]
    public void Times_before_zero_and_beyond_reason_are_kept_at_the_ends() => Assert.Equal((2L, (1L << 40) - 1), (Of([-5, long.MaxValue]).Count, Of([-5, long.MaxValue]).Max));

    private static Histogram Of(IEnumerable<long> values)
    {
        var histogram = new Histogram();
        foreach (var value in values) histogram.Add(value);
        return histogram;
    }
}
