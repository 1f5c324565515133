namespace Spanhook.Injection.Decision;

/// <summary>What was decided for one injector and one container, and why.</summary>
/// <param name="Reason">The reason; its code goes into metrics, audit annotations and reports.</param>
/// <param name="Injector">The injector's name; null when the pod as a whole was decided on.</param>
/// <param name="Container">The container; null when the decision is about the whole injector or pod.</param>
/// <param name="Source">Where the settings came from: <c>Instrumentation ns/name</c> or <c>TracingPolicy name</c>; null when none was reached.</param>
/// <param name="Detail">What is special about this case, put after the reason's sentence; null when nothing is.</param>
public sealed record InjectionDecision(Reason Reason, string? Injector = null, string? Container = null, string? Source = null, string? Detail = null)
{
    /// <summary>The TracingPolicy that asks for it, or keeps it from happening; null when an annotation does.</summary>
    public string? Policy { get; init; }

    /// <summary>A sentence for people: who, why, and what to write to change it.</summary>
    public string Message
    {
        get
        {
            var who = (Injector, Container) switch
            {
                (null, _) => "",
                (_, null) => $"{Injector}: ",
                _ => $"{Injector}, container {Container}: ",
            };
            return Detail is null ? $"{who}{Reason.Sentence} ({Reason.Code})" : $"{who}{Reason.Sentence}: {Detail} ({Reason.Code})";
        }
    }
}
