using Spanhook.Injection;
using Spanhook.Injection.Decision;
using Spanhook.Server.Admission;
using Spanhook.Server.Cluster;

namespace Spanhook.Server.Reporting.Counting;

/// <summary>What this process decided, for each policy that matched and each Instrumentation that was meant. Since its start.</summary>
internal sealed class AdmissionTally(TimeProvider time)
{
    /// <summary>More are not counted: an object costs some 300 bytes.</summary>
    public const int MostPolicies = 4096;

    /// <inheritdoc cref="MostPolicies"/>
    public const int MostInstrumentations = 16_384;

    private const string InstrumentationPrefix = "Instrumentation ";

    private readonly TallyTable _policies = new(MostPolicies, time);
    private readonly TallyTable _instrumentations = new(MostInstrumentations, time);
    private long _changes;
    private long _uncounted;

    /// <summary>Another one after each change.</summary>
    public long Changes => Interlocked.Read(ref _changes);

    /// <summary>How often there was no room.</summary>
    public long Uncounted => Interlocked.Read(ref _uncounted);

    /// <summary>Counts a pod.</summary>
    public void Add(in AdmissionOutcome outcome, InjectionResult injection)
    {
        for (var i = 0; i < injection.Policies.Count; i++) Add(_policies.Of(injection.Policies[i]), injection.IsInjected, outcome.Reason, outcome);
        var decisions = injection.Decisions;
        for (var i = 0; i < decisions.Count; i++)
        {
            if (decisions[i].Source is not { } source || !source.StartsWith(InstrumentationPrefix, StringComparison.Ordinal) || IsSeen(decisions, source, i)) continue;
            var reason = ReasonOf(decisions, source, i);
            Add(_instrumentations.Of(source), injection.IsInjected && reason == Reasons.Injected, reason, outcome);
        }

        Interlocked.Increment(ref _changes);
    }

    /// <summary>What was counted of the objects that are there.</summary>
    public Counts Read(PublishedCluster cluster) => new()
    {
        Policies = _policies.Read("", cluster.PolicyUids),
        Instrumentations = _instrumentations.Read(InstrumentationPrefix, cluster.InstrumentationUids),
    };

    private void Add(Tally? tally, bool isInjected, Reason reason, in AdmissionOutcome outcome)
    {
        if (tally is null) Interlocked.Increment(ref _uncounted);
        else if (isInjected) tally.AddInjected();
        else tally.AddSkipped(reason, outcome.Request);
    }

    // An Instrumentation that several injectors use has one pod, not several.
    private static bool IsSeen(IReadOnlyList<InjectionDecision> decisions, string source, int before)
    {
        for (var i = 0; i < before; i++)
        {
            if (decisions[i].Source == source) return true;
        }

        return false;
    }

    private static Reason ReasonOf(IReadOnlyList<InjectionDecision> decisions, string source, int first)
    {
        for (var i = first; i < decisions.Count; i++)
        {
            if (decisions[i].Source == source && decisions[i].Reason == Reasons.Injected) return Reasons.Injected;
        }

        return decisions[first].Reason;
    }
}
