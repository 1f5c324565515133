using System.Text.Json.Nodes;
using Spanhook.Support;

namespace Spanhook.Cli.Tests.Online;

/// <summary>
/// What controllers and nodes do after a workload was changed: at a look of the command line it has seen the change, some looks later its pods are new
/// and ready, as the webhook makes them at that time.
/// </summary>
internal sealed class Controllers
{
    private readonly OnlineCluster _cluster;
    private readonly Dictionary<string, int> _looks = new(StringComparer.Ordinal);
    private readonly List<string> _rolling = [];

    public Controllers(OnlineCluster cluster)
    {
        _cluster = cluster;
        cluster.Server.Fault = request =>
        {
            Reconcile(request);
            return null;
        };
    }

    /// <summary>What is injected into a new pod; null: nothing.</summary>
    public string? Endpoint { get; set; } = "http://collector:4318";

    /// <summary>Names of workloads whose new pods never get ready.</summary>
    public IReadOnlyList<string> Broken { get; set; } = [];

    /// <summary>After how many looks a workload is ready.</summary>
    public int Looks { get; set; } = 2;

    /// <summary>The names of workloads in the order in which they began to roll.</summary>
    public IReadOnlyList<string> Rolled => _rolling;

    /// <summary>How many rolled at the same time, at most.</summary>
    public int MostAtATime { get; private set; }

    private void Reconcile(FakeRequest request)
    {
        if (request.Method != "GET" || request.Path.Split('/') is not [_, "apis", _, _, "namespaces", _, ("deployments" or "statefulsets" or "daemonsets") and var plural, var name]) return;
        var kind = plural switch { "deployments" => "Deployment", "statefulsets" => "StatefulSet", _ => "DaemonSet" };
        var item = _cluster.Find(kind, $"ml/{name}");
        var generation = Number(item["metadata"]!["generation"]);
        if (generation == Number(item["status"]!["observedGeneration"])) return;
        if (!_looks.ContainsKey(name)) _rolling.Add(name);
        _looks[name] = _looks.GetValueOrDefault(name) + 1;
        MostAtATime = Math.Max(MostAtATime, _looks.Count);
        if (Broken.Contains(name, StringComparer.Ordinal))
        {
            item["status"] = new JsonObject { ["observedGeneration"] = generation - 1 };
            if (_looks[name] < 2) return;
            item["status"] = Pods.Status(kind, 0, generation);
            _cluster.Put(item);
        }
        else if (_looks[name] >= Looks)
        {
            _looks.Remove(name);
            Finish(item, kind, name, generation);
        }
    }

    private void Finish(JsonObject item, string kind, string name, long generation)
    {
        var replicas = (int)Number(item["spec"]!["replicas"]);
        item["status"] = Pods.Status(kind, replicas, generation);
        _cluster.Put(item);
        foreach (var pod in _cluster.CollectionOf("Pod").Copy().Where(pod => pod["metadata"]!["labels"]?["app"]?.GetValue<string>() == name))
            _cluster.CollectionOf("Pod").Delete($"ml/{pod["metadata"]!["name"]}");
        var controller = kind == "Deployment" ? _cluster.Put(Pods.ReplicaSet(item, $"n{generation}")) : item;
        for (var i = 0; i < replicas; i++) _cluster.Put(Pods.Running(controller, item["spec"]!["template"]!.AsObject(), $"n{i}", Endpoint));
    }

    private static long Number(JsonNode? value) => long.Parse(value!.ToString(), System.Globalization.CultureInfo.InvariantCulture);
}
