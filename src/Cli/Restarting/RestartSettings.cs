namespace Spanhook.Cli.Restarting;

/// <summary>How careful a run is.</summary>
internal sealed record RestartSettings
{
    /// <summary>How many workloads roll at a time.</summary>
    public int MaxParallel { get; init; } = 1;

    /// <summary>How long each has to get ready.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Nothing is changed; what would be is said.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>Between two looks at a workload.</summary>
    public static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    /// <summary>Between the starts of two workloads, however fast they are.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
}

/// <summary>What became of one workload.</summary>
internal enum RestartOutcome
{
    /// <summary>New pods, all ready; in a dry run it would be rolled.</summary>
    Rolled,

    /// <summary>Nothing was changed, though something is to be done: said why, and what to do instead.</summary>
    Left,

    /// <summary>It was changed and did not get ready: nothing more is started.</summary>
    Failed,
}
