using System.Security.Cryptography;
using System.Text.Json;

namespace Spanhook.Server.Reporting.Statuses;

/// <summary>What is remembered of an object's status: enough to tell whether another one says something else.</summary>
internal sealed class KnownStatus(TimeProvider time)
{
    /// <summary>How long an object counts as degraded after the last pod that was skipped.</summary>
    public static readonly TimeSpan Lately = TimeSpan.FromMinutes(30);

    private UInt128 _content;
    private KnownCondition? _accepted;
    private KnownCondition? _degraded;
    private DateTime? _countedSince;
    private long? _warned;
    private long? _warnedAt;

    /// <summary>When it was written; for fairness.</summary>
    public long WrittenAt { get; private set; }

    /// <summary>It stands so in the API server.</summary>
    public void Is(ObjectStatus? status)
    {
        _content = status is null ? 0 : ContentOf(status);
        _accepted = Of(status?.Condition(StatusMaker.Accepted));
        _degraded = Of(status?.Condition(StatusMaker.Degraded));
        _countedSince = status?.CountedSince;
        _warned ??= StatusMaker.Warned(status);

        // Another writer saw it happen, and when is not known.
        if (_warnedAt is null && status?.Condition(StatusMaker.Degraded) is { IsTrue: true, Reason: "PodsSkipped" }) _warnedAt = time.GetTimestamp();
    }

    public void Written(ObjectStatus status)
    {
        Is(status);
        WrittenAt = time.GetTimestamp();
    }

    public bool IsSameAs(ObjectStatus status) => _content == ContentOf(status);

    /// <summary>Takes notice of what was counted.</summary>
    public StatusView View(StatusSubject subject, StatusView view)
    {
        var warned = StatusMaker.Warned(subject.Report);
        if (warned > (_warned ?? 0)) _warnedAt = time.GetTimestamp();
        _warned = warned;
        return view with
        {
            Accepted = _accepted,
            Degraded = _degraded,
            CountedSince = _countedSince,
            IsSkippingNow = warned > 0 && _warnedAt is { } at && time.GetElapsedTime(at) < Lately,
        };
    }

    private static KnownCondition? Of(StatusCondition? condition) => condition is null ? null : new(condition.IsTrue, condition.LastTransitionTime);

    private static UInt128 ContentOf(ObjectStatus status) =>
        BitConverter.ToUInt128(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(status, StatusJsonContext.Default.ObjectStatus)));
}
