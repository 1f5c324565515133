using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Spanhook.Injection.Cluster;
using Spanhook.Support;

namespace Spanhook.Injection.Tests.Properties;

/// <summary>A pod and a cluster, as drawn from one number; shrunk by taking things out of the pod.</summary>
internal sealed record Situation(int Seed, string Pod)
{
    public const string Namespace = "shop";

    /// <summary>How many situations each property is tried on.</summary>
    private const int Cases = 1500;

    public ClusterSnapshot Cluster { get; private init; } = ClusterSnapshot.Compile(new ClusterGenerator(new Dice(Seed)).Cluster());

    public Injected Inject() => Injected.From(Pod, Namespace, Cluster);

    public override string ToString() => $"seed {Seed}, pod {Pod}";

    /// <summary>Holds the property against many situations, the same ones every time; a failure names the smallest pod and its number.</summary>
    public static void Holds(int seed, Action<Situation> property)
    {
        var situations = Arb.From(Gen.Choose(1, int.MaxValue).Select(Draw), Smaller);
        var config = Config.QuickThrowOnFailure.WithMaxTest(Cases).WithQuietOnSuccess(true).WithReplay(new Replay(new Rnd((ulong)seed, 1), null));
        Check.One(config, Prop.ForAll(situations, property));
    }

    /// <summary>The situation of a number.</summary>
    public static Situation Draw(int number) => new(number, new PodGenerator(new Dice(number)).Pod().ToJsonString());

    private static IEnumerable<Situation> Smaller(Situation situation)
    {
        var count = Removable(JsonNode.Parse(situation.Pod)!).Count();
        for (var i = 0; i < count; i++)
        {
            var pod = JsonNode.Parse(situation.Pod)!;
            Removable(pod).ElementAt(i)();
            yield return situation with { Pod = pod.ToJsonString() };
        }
    }

    /// <summary>Every field and item below metadata and spec that a pod can do without.</summary>
    private static IEnumerable<Action> Removable(JsonNode node, int depth = 0)
    {
        if (node is JsonObject members)
        {
            foreach (var (name, value) in members.ToList())
            {
                if (depth > 0 && name is not ("containers" or "name")) yield return () => members.Remove(name);
                if (value is null) continue;
                foreach (var deeper in Removable(value, depth + 1)) yield return deeper;
            }
        }
        else if (node is JsonArray items)
        {
            foreach (var item in items.ToList())
            {
                yield return () => items.Remove(item);
                if (item is null) continue;
                foreach (var deeper in Removable(item, depth + 1)) yield return deeper;
            }
        }
    }
}
