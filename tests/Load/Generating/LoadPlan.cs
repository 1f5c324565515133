using System.Net;
using System.Net.Security;

namespace Spanhook.Load.Generating;

/// <summary>What to send, how fast and where to.</summary>
internal sealed record LoadPlan
{
    public required EndPoint Server { get; init; }

    /// <summary>Asked for at each new connection, as whom to trust may change during a run.</summary>
    public required Func<SslClientAuthenticationOptions> Tls { get; init; }

    public required ReviewMix Mix { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>Requests per second of the open loop; null for a closed one, where each connection asks again as soon as it was answered.</summary>
    public double? Rate { get; init; }

    /// <summary>Three to five API servers have about as many.</summary>
    public int Connections { get; init; } = 8;

    /// <summary>An open loop opens further ones up to here when all are waiting for answers, as an API server would.</summary>
    public int MaxConnections { get; init; } = 64;

    /// <summary>For one attempt, and for a handshake.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The core that all senders stay on; null for any.</summary>
    public int? Core { get; init; }

    /// <summary>How long after the first attempt a failed request is tried again on a new connection; zero for never, as API servers do with webhooks.</summary>
    public TimeSpan RetryWithin { get; init; }

    /// <summary>A request that could not be sent this long after its time is dropped, and counted as not sent; null to send it however late.</summary>
    public TimeSpan? DropAfter { get; init; }
}

/// <summary>Reviews and the order in which they are sent, always the same.</summary>
internal sealed class ReviewMix
{
    private const int Period = 1000;
    private readonly PreparedReview[] _order;

    /// <param name="shares">Each review, and its share of all; the shares make 1.</param>
    public ReviewMix(params (double Share, PreparedReview Review)[] shares)
    {
        var all = shares.SelectMany(s => Enumerable.Repeat(s.Review, (int)Math.Round(s.Share * Period))).ToArray();
        if (all.Length != Period) throw new ArgumentException($"the shares make {all.Length} of {Period}", nameof(shares));
#pragma warning disable CA5394 // an order to be repeated, not a secret
        new Random(20260101).Shuffle(all);
#pragma warning restore CA5394
        _order = all;
    }

    public PreparedReview this[long number] => _order[number % Period];
}
