using Spanhook.Cli.Connection;
using Spanhook.Cli.Explaining;
using Spanhook.Cli.Injecting;
using Spanhook.Cli.Workloads;
using Spanhook.Injection;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Decision;
using Spanhook.Manifests;

namespace Spanhook.Cli.Enabling;

/// <summary>A workload that runs, and what would become of its pods if its template were another one.</summary>
internal sealed class LiveTemplate
{
    private readonly ManifestInjector _injector;

    private LiveTemplate(WorkloadName name, string ns, ManifestObject workload, ManifestInjector injector) =>
        (Name, Namespace, Workload, _injector) = (name, ns, workload, injector);

    public WorkloadName Name { get; }

    public string Namespace { get; }

    /// <summary>As the API server has it.</summary>
    public ManifestObject Workload { get; }

    /// <summary>Whether the API server asks the webhook about its pods.</summary>
    public required ExplainedStep Gate { get; init; }

    /// <exception cref="ManifestException">There is no such workload, or its template cannot be changed.</exception>
    /// <exception cref="ClusterException">The cluster cannot be asked.</exception>
    public static async Task<LiveTemplate> LoadAsync(ClusterSession session, WorkloadName name, InjectionOptions options, CancellationToken cancellation)
    {
        var live = await LiveWorkload.GetAsync(session, name, cancellation);
        var owner = await PodWorkload.FindAsync(session, live.Object.Json, session.Namespace, cancellation);
        if (Rolling.Obstacle(name, live.Object, owner?.Name) is { } obstacle) throw new ManifestException(new ManifestProblem(name.ToString(), 0, 0, obstacle));
        var objects = await session.LoadObjectsAsync(cancellation);
        var gate = await WebhookGate.LookAsync(session, [session.Namespace], objects, cancellation);
        var injector = new ManifestInjector(new PodInjector(options), ClusterSnapshot.Compile(objects), session.Namespace);
        return new LiveTemplate(name, session.Namespace, live.Object, injector) { Gate = gate[session.Namespace] };
    }

    /// <summary>What would be decided on the pods after the change.</summary>
    public InjectedWorkload After(TemplateChange change)
    {
        var document = ManifestReader.Parse(change.ApplyTo(Workload.Json).ToJsonString(), Name.ToString())[0];
        return _injector.Inject([document])[0].Workloads[0];
    }
}
