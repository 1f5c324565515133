namespace Spanhook.Cli.Comparing;

/// <summary>What a running pod has, beside what would be injected if it were created now.</summary>
internal enum PodState
{
    /// <summary>Nothing is injected, and nothing would be.</summary>
    Untouched,

    /// <summary>It is injected as it would be now.</summary>
    Fresh,

    /// <summary>It is injected otherwise than it would be now: from an older Instrumentation, policy or version.</summary>
    Stale,

    /// <summary>It is not injected, though it would be: it is older than the webhook, the annotation or the policy.</summary>
    Missing,

    /// <summary>It is injected, though it would not be any more.</summary>
    Surplus,
}
