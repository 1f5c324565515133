using Spanhook.Injection;

namespace Spanhook.Cli.Comparing;

/// <summary>A running pod compared with what would be injected now.</summary>
/// <param name="State">The answer.</param>
/// <param name="Now">What was decided now.</param>
/// <param name="Differences">For people, one each: <c>container app: env OTEL_SERVICE_NAME has another value</c>. Values are never shown: they may be secrets.</param>
internal sealed record PodComparison(PodState State, InjectionResult Now, IReadOnlyList<string> Differences)
{
    /// <summary>A restart would change the pod.</summary>
    public bool NeedsRestart => State is PodState.Stale or PodState.Missing or PodState.Surplus;

    /// <summary>For people: what it is, in a word or two.</summary>
    public string Title => State switch
    {
        PodState.Fresh => "fresh",
        PodState.Stale => "stale",
        PodState.Missing => "not injected, though it would be now",
        PodState.Surplus => "injected, though it would not be now",
        _ => "not injected",
    };
}
