namespace Spanhook.Load.Serving;

/// <summary>A straight line through samples, by least squares.</summary>
/// <param name="Slope">Per unit of x.</param>
/// <param name="Error">Standard error of the slope.</param>
internal readonly record struct Trend(double Slope, double Error)
{
    private const double Normal95 = 1.645; // one-sided, for many samples

    /// <summary>The slope is below this with a probability of 95 %.</summary>
    public double Upper => Slope + (Normal95 * Error);

    /// <summary>The slope is above this with a probability of 95 %.</summary>
    public double Lower => Slope - (Normal95 * Error);

    /// <param name="samples">At least three, not all at the same x.</param>
    public static Trend Of(IReadOnlyList<(double X, double Y)> samples)
    {
        var (meanX, meanY) = (samples.Average(s => s.X), samples.Average(s => s.Y));
        var spread = samples.Sum(s => (s.X - meanX) * (s.X - meanX));
        var slope = samples.Sum(s => (s.X - meanX) * (s.Y - meanY)) / spread;
        var rest = samples.Sum(s => Math.Pow(s.Y - meanY - (slope * (s.X - meanX)), 2));
        return new Trend(slope, Math.Sqrt(rest / (samples.Count - 2) / spread));
    }
}
