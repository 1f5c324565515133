using System.Collections.Frozen;
using Spanhook.Api;
using Spanhook.Cli.Checking;
using Spanhook.Cli.Comparing;
using Spanhook.Cli.Connection;
using Spanhook.Injection;
using Spanhook.Injection.Cluster;

namespace Spanhook.Cli.Workloads;

/// <summary>Whether the API server calls the webhook.</summary>
internal enum WebhookSight
{
    On,
    Off,
    Absent,

    /// <summary>We may not look.</summary>
    Unknown,
}

/// <summary>What the webhook decides by, as the API server has it now, and whether it is called at all.</summary>
internal sealed class ClusterState
{
    private static readonly IReadOnlyDictionary<string, string> None = FrozenDictionary<string, string>.Empty;

    private readonly Dictionary<string, Api.Core.Namespace> _namespaces;
    private readonly WebhookConfiguration? _configuration;

    private ClusterState(ClusterObjects objects, InjectionOptions options, WebhookConfiguration? configuration, WebhookSight sight)
    {
        Snapshot = ClusterSnapshot.Compile(objects);
        Comparer = new PodComparer(new PodInjector(options), Snapshot);
        _namespaces = objects.Namespaces.ToDictionary(ns => ns.Metadata.Name, StringComparer.Ordinal);
        (_configuration, Webhook) = (configuration, sight);
    }

    public ClusterSnapshot Snapshot { get; }

    public PodComparer Comparer { get; }

    public WebhookSight Webhook { get; }

    public static async Task<ClusterState> ReadAsync(ClusterSession session, InjectionOptions options, CancellationToken cancellation)
    {
        var objects = await session.LoadObjectsAsync(cancellation);
        try
        {
            var configuration = await WebhookConfiguration.FindAsync(session, WebhookConfiguration.DefaultName, cancellation);
            var sight = configuration is null ? WebhookSight.Absent : configuration.IsOff ? WebhookSight.Off : WebhookSight.On;
            return new ClusterState(objects, options, configuration, sight);
        }
        catch (ClusterException e) when (e.IsForbidden)
        {
            return new ClusterState(objects, options, null, WebhookSight.Unknown);
        }
    }

    public IReadOnlyDictionary<string, string> AnnotationsOf(string ns) => _namespaces.GetValueOrDefault(ns)?.Metadata.Annotations ?? None;

    public IReadOnlyDictionary<string, string> LabelsOf(string ns) => _namespaces.GetValueOrDefault(ns)?.Metadata.Labels ?? None;

    /// <summary>Whether the webhook is asked about pods of this namespace; true where that is not known.</summary>
    public bool Covers(string ns) => _configuration?.Covers(ns, LabelsOf(ns)) ?? true;

    /// <summary>Why no pod is injected now, and what to do; null when that is not so.</summary>
    public string? WhyNoneIsInjected => Webhook switch
    {
        WebhookSight.Off => $"the webhook is switched off ({_configuration!.OffNote ?? "nobody wrote down why"}): 'kubectl spanhook on' switches it on",
        WebhookSight.Absent => $"there is no MutatingWebhookConfiguration {WebhookConfiguration.DefaultName}: install the webhook, or see 'kubectl spanhook check'",
        _ => null,
    };

    /// <summary>Writes what is wrong with the cluster's objects, and with the webhook as a whole.</summary>
    public void Warn(Terminal terminal)
    {
        foreach (var problem in Snapshot.Problems) terminal.Warning(problem.ToString());
        if (WhyNoneIsInjected is { } why) terminal.Warning($"nothing is injected now: {why}");
    }
}
