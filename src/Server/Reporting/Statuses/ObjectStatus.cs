using System.Text.Json.Serialization;

namespace Spanhook.Server.Reporting.Statuses;

/// <summary>The <c>status</c> of a TracingPolicy or an Instrumentation, as far as it is ours.</summary>
internal sealed record ObjectStatus
{
    public long? ObservedGeneration { get; init; }
    public IReadOnlyList<StatusCondition>? Conditions { get; init; }
    public DateTime? CountedSince { get; init; }
    public long? MatchedPods { get; init; }
    public long? InjectedPods { get; init; }
    public IReadOnlyList<SkippedReason>? SkippedReasons { get; init; }

    public StatusCondition? Condition(string type) => Conditions?.FirstOrDefault(condition => condition.Type == type);
}

/// <summary>A condition as <c>metav1.Condition</c> has it.</summary>
internal sealed record StatusCondition
{
    public string Type { get; init; } = "";

    /// <summary>True or False.</summary>
    public string Status { get; init; } = "";

    /// <summary>In CamelCase.</summary>
    public string Reason { get; init; } = "";
    public string Message { get; init; } = "";
    public DateTime LastTransitionTime { get; init; }
    public long? ObservedGeneration { get; init; }

    [JsonIgnore]
    public bool IsTrue => Status == "True";
}

/// <summary>Why pods were not injected.</summary>
internal sealed record SkippedReason
{
    /// <summary>The code.</summary>
    public string Reason { get; init; } = "";
    public long Count { get; init; }

    /// <summary>NAMESPACE/NAME of a recent one.</summary>
    public string? Example { get; init; }
}
