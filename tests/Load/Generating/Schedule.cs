namespace Spanhook.Load.Generating;

/// <summary>
/// When the requests of an open loop are meant to start: evenly, whatever the server does. Latency is counted from here, so that what waits
/// behind a slow answer counts as slow too. Each time is computed from the start; nothing adds up.
/// </summary>
/// <param name="Start">A timestamp of the clock.</param>
/// <param name="Frequency">The clock's timestamps per second.</param>
/// <param name="Rate">Requests per second.</param>
internal readonly record struct Schedule(long Start, long Frequency, double Rate)
{
    /// <summary>The timestamp of the request with this number, from 0 on.</summary>
    public long At(long number) => Start + (long)(number / Rate * Frequency);

    /// <summary>How many requests begin within that time.</summary>
    public long CountWithin(TimeSpan duration) => (long)Math.Ceiling(duration.TotalSeconds * Rate - 1e-9);
}
