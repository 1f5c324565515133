using Spanhook.Server.Reporting.Counting;

namespace Spanhook.Server.Reporting.Publishing;

/// <summary>What one process counted, in its own key of the ConfigMap; all of it since its start, or since it was folded.</summary>
internal sealed record InstanceReport
{
    /// <summary>Another one with each write: the same number is the same report.</summary>
    public long Sequence { get; init; }

    /// <summary>The last one of a process that ended.</summary>
    public bool Ended { get; init; }

    /// <summary>When, by the clock of its writer. For people: nothing is decided by it.</summary>
    public DateTimeOffset Written { get; init; }
    public Counts Counts { get; init; } = Counts.None;
}

/// <summary>What processes counted that are gone, in the key <c>past</c>.</summary>
internal sealed record PastReport
{
    /// <summary>When this began: nothing older is in any count.</summary>
    public DateTimeOffset Since { get; init; }
    public Counts Counts { get; init; } = Counts.None;

    /// <summary>Whose reports were added last, and which of them: one that was only thought to be gone goes on from there.</summary>
    public IReadOnlyList<FoldedReport> Folded { get; init; } = [];
}

/// <summary>A report that is part of the past.</summary>
internal sealed record FoldedReport(string Instance, long Sequence);
