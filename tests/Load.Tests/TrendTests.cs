using Spanhook.Load.Serving;

namespace Spanhook.Load.Tests;

public sealed class TrendTests
{
    [Fact]
    public void A_straight_line_is_found_exactly()
    {
        var trend = Trend.Of([.. Enumerable.Range(0, 50).Select(i => (i / 10.0, 7 + (2.5 * i / 10.0)))]);
        Assert.Equal(2.5, trend.Slope, 9);
        Assert.Equal(2.5, trend.Upper, 6);
    }

    [Fact]
    public void Noise_without_growth_is_within_the_bounds_and_growth_is_not()
    {
        var random = new Random(3);
        var noise = Enumerable.Range(0, 500).Select(i => (X: i / 100.0, Y: 80 + random.NextDouble())).ToList();
        var flat = Trend.Of(noise);
        Assert.True(flat.Lower < 0 && flat.Upper > 0, flat.ToString());
        Assert.True(Trend.Of([.. noise.Select(s => (s.X, s.Y + s.X))]).Lower > 0.9);
    }

    /// <summary>Worked by hand: x 0 1 2 3, y 1 2 2 4: slope 0.9, residuals 0.1 0.2 -0.7 0.4, standard error √(0.7/2/5).</summary>
    [Fact]
    public void The_standard_error_is_that_of_the_textbook()
    {
        var trend = Trend.Of([(0, 1), (1, 2), (2, 2), (3, 4)]);
        Assert.Equal((0.9, Math.Sqrt(0.7 / 2 / 5)), (Math.Round(trend.Slope, 9), trend.Error));
    }
}
