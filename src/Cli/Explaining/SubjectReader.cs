using System.Text.Json.Nodes;
using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Cli.Comparing;
using Spanhook.Cli.Connection;
using Spanhook.Cli.Injecting;
using Spanhook.Cli.Workloads;
using Spanhook.Injection;
using Spanhook.Injection.Cluster;
using Spanhook.Manifests;

namespace Spanhook.Cli.Explaining;

/// <summary>Reads what a <see cref="Subject"/> names, and decides on its pods.</summary>
internal sealed class SubjectReader(Subject subject, Terminal terminal)
{
    private readonly PodInjector _injector = new(subject.Options);

    /// <exception cref="ManifestException">Something in the files is wrong, or there is no such workload.</exception>
    /// <exception cref="ClusterException">The cluster cannot be asked.</exception>
    public async Task<Decided> DecideAsync(CancellationToken cancellation)
    {
        if (subject.Cluster is { } path) return DecideByFiles(path);
        using var session = subject.Connect(terminal);
        if (subject.Files.Count > 0) return await DecideManifestsAsync(session, cancellation);
        return await DecideWorkloadAsync(session, subject.Workload!, cancellation);
    }

    private Decided DecideByFiles(string path)
    {
        var cluster = ClusterManifests.Load(path);
        var snapshot = ClusterSnapshot.Compile(cluster.Objects);
        var documents = ManifestInput.Read(subject.Files.Count > 0 ? subject.Files : [path], subject.IsRecursive || subject.Files.Count == 0, terminal.In);
        var manifests = Injector(snapshot, subject.Namespace).Inject(documents);
        var hasMistake = InjectionNotes.WriteCluster(terminal, cluster, snapshot);
        return new Decided(Meant(manifests)) { HasMistake = InjectionNotes.WriteWorkloads(terminal, manifests, onlyMistakes: true) || hasMistake };
    }

    private async Task<Decided> DecideManifestsAsync(ClusterSession session, CancellationToken cancellation)
    {
        var documents = ManifestInput.Read(subject.Files, subject.IsRecursive, terminal.In);
        var namespaces = documents.SelectMany(document => ManifestObject.In(document, document.ToNode()).Select(item => item.Namespace ?? session.Namespace))
            .Distinct(StringComparer.Ordinal).ToList();
        var objects = await LoadAsync(session, namespaces, cancellation);
        var manifests = Injector(ClusterSnapshot.Compile(objects), subject.Namespace, session.Namespace).Inject(documents);
        var hasMistake = InjectionNotes.WriteWorkloads(terminal, manifests, onlyMistakes: true);
        var gate = await WebhookGate.LookAsync(session, namespaces, objects, cancellation);
        return new Decided(Meant(manifests)) { HasMistake = hasMistake, Webhook = gate };
    }

    private async Task<Decided> DecideWorkloadAsync(ClusterSession session, WorkloadName name, CancellationToken cancellation)
    {
        var live = await LiveWorkload.GetAsync(session, name, cancellation);
        var objects = await session.LoadObjectsAsync(cancellation);
        var snapshot = ClusterSnapshot.Compile(objects);
        var gate = await WebhookGate.LookAsync(session, [session.Namespace], objects, cancellation);
        if (name.Type == WorkloadType.Pod) return await DecidePodAsync(session, live, snapshot, cancellation) with { Webhook = gate };
        return new Decided(Injector(snapshot, null).Inject([live.Document])) { Webhook = gate };
    }

    /// <summary>A pod that the API server has says what it is; what would become of it now is decided by the template that it was made of.</summary>
    private async Task<Decided> DecidePodAsync(ClusterSession session, LiveWorkload live, ClusterSnapshot snapshot, CancellationToken cancellation)
    {
        var (running, ns) = (live.Object.Json, session.Namespace);
        var owner = await PodWorkload.FindAsync(session, running, ns, cancellation);
        var template = owner?.TemplateOf(running);
        var comparison = new PodComparer(_injector, snapshot).Compare(running, template?.ToPod(ns), ns);
        var before = template is null ? (JsonObject)running.DeepClone() : AdmittedPod.From(template.ToPod(ns), running);
        var pod = Injector(snapshot, null).Decide(template ?? WorkloadTemplate.Of(live.Object)[0], before, ns);
        var workload = new InjectedWorkload(live.Object, ns, [pod]);
        return new Decided([new InjectedManifest(live.Document, live.Object.Json, [workload])])
        {
            Running = new RunningPod(comparison, owner is null ? null : $"{owner.Object.Kind} {owner.Object.Name}", owner?.Name.ToString()),
        };
    }

    /// <summary>What the webhook decides by, with the namespaces of the manifests.</summary>
    private static async Task<ClusterObjects> LoadAsync(ClusterSession session, List<string> namespaces, CancellationToken cancellation)
    {
        var objects = await session.LoadObjectsAsync(cancellation);
        var all = new List<Namespace>(objects.Namespaces);
        foreach (var name in namespaces.Where(name => all.TrueForAll(known => known.Metadata.Name != name)))
        {
            if (await session.FindAsync($"/api/v1/namespaces/{Uri.EscapeDataString(name)}", cancellation) is { } found)
                all.Add(System.Text.Json.JsonSerializer.Deserialize(found, ApiJsonContext.Default.Namespace)!);
        }

        return objects with { Namespaces = all };
    }

    private ManifestInjector Injector(ClusterSnapshot snapshot, string? chosenNamespace, string? otherwise = null) => new(_injector, snapshot, chosenNamespace)
    {
        IsExplaining = true,
        DefaultNamespace = otherwise ?? "default",
        IsMeant = subject.Workload is { } name && subject.Files.Count + (subject.Cluster is null ? 0 : 1) > 0 ? item => IsNamed(item, name) : _ => true,
    };

    private bool IsNamed(ManifestObject item, WorkloadName name) =>
        item.Kind == name.Type.Kind && item.Group == name.Type.Group && item.Name == name.Name
            && (subject.Namespace is null || item.Namespace is null || item.Namespace == subject.Namespace);

    /// <summary>Only what was asked for, which must be there, and once.</summary>
    private IReadOnlyList<InjectedManifest> Meant(IReadOnlyList<InjectedManifest> manifests)
    {
        if (subject.Workload is not { } name) return manifests;
        var found = manifests.Where(manifest => manifest.Workloads.Count > 0).ToList();
        var file = string.Join(", ", subject.Files.Count > 0 ? subject.Files : [subject.Cluster!]);
        if (found.Count == 0) throw new ManifestException(new ManifestProblem(file, 0, 0, $"there is no {name} in it: check the name, or give the file with -f"));
        var namespaces = found.SelectMany(manifest => manifest.Workloads).Select(workload => workload.Namespace).Distinct(StringComparer.Ordinal).ToList();
        return namespaces.Count == 1 ? found
            : throw new ManifestException(new ManifestProblem(file, 0, 0, $"{name} is there in several namespaces ({string.Join(", ", namespaces)}): give --namespace"));
    }
}
