namespace Spanhook.Server.Hosting;

/// <summary>One thing that has to be so before this server should be asked. Registered as a singleton of this type; <see cref="Readiness"/> asks them all.</summary>
internal interface IReadinessCondition
{
    /// <summary>As <c>/readyz?verbose</c> shows it: one word, such as <c>cluster</c>.</summary>
    string Name => GetType().Name;

    /// <summary>Null when it is so; else one sentence why not. Cheap: read at every probe.</summary>
    string? NotReady { get; }
}
