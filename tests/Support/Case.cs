using System.Text.Json.Nodes;
using Spanhook.Api;
using Spanhook.Injection.Cluster;
using Spanhook.Manifests;

namespace Spanhook.Support;

/// <summary>
/// A folder <c>tests/Fixtures/INJECTOR/CASE</c>: a pod and a cluster, and beside them the patch, the pod and the report that come of them.
/// The folder is the table: a new one is a new case, for every door.
/// </summary>
public sealed class Case
{
    private static readonly string Root = RepositoryRoot.PathOf("tests", "Fixtures");
    private readonly string _folder;

    private Case(string name) => (Name, _folder) = (name, Path.Combine(Root, name.Replace('/', Path.DirectorySeparatorChar)));

    /// <summary>Every case, sorted by name.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Directory.EnumerateFiles(Root, "pod.yaml", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '/'))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary><c>INJECTOR/CASE</c>.</summary>
    public string Name { get; }

    public string Injector => Name[..Name.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>The namespace in which every case's pod is created.</summary>
    public string Namespace => "shop";

    public string PodFile => PathOf("pod.yaml");
    public string ClusterFile => PathOf("cluster.yaml");
    public string GoldenPatchFile => PathOf("patch.golden.json");
    public string GoldenPodFile => PathOf("pod.golden.yaml");
    public string GoldenReportFile => PathOf("report.golden.txt");

    public ClusterObjects Cluster => ClusterManifests.Load(ClusterFile).Objects;

    public ClusterSnapshot Snapshot => ClusterSnapshot.Compile(Cluster);

    public static Case Named(string name) => new(name);

    /// <summary>The pod, as it was written: key order, unknown fields, number texts.</summary>
    public JsonNode Pod() => ManifestReader.ReadFile(PodFile).Single().ToNode()!;

    /// <summary>One pass in process.</summary>
    public Injected Inject() => Injected.From(Pod().ToJsonString(), Namespace, Snapshot);

    /// <summary>One pass in process over another pod, in this case's cluster.</summary>
    public Injected Inject(JsonNode pod) => Injected.From(pod.ToJsonString(), Namespace, Snapshot);

    public override string ToString() => Name;

    private string PathOf(string file) => Path.Combine(_folder, file);
}
