using Spanhook.Load.Scenarios.Faults;
using Spanhook.Load.Scenarios.Load;

namespace Spanhook.Load.Scenarios;

/// <summary>All scenarios, in the order of the test plan.</summary>
internal static class ScenarioCatalog
{
    /// <summary>Load, and the soak.</summary>
    public static IReadOnlyList<IScenario> Load { get; } =
        [new SteadyLoad(), new Burst(), new ClosedLoop(), new Overload(), BigPods.Wide, BigPods.Huge, new NewConnections(), new LargeCluster(), new ColdStart(), new Soak()];

    /// <summary>Faults and abuse.</summary>
    public static IReadOnlyList<IScenario> Chaos { get; } =
        [new ApiServerDown(), new ApiServerRestarts(), new WatchFaults(), new Rollback(), new DefinitionsGone(), new UnknownNamespace(), new LeafRotation(), new SelfManagedRotation(), new Termination(), new Kill(), new BothDown(), new Suspension(), .. CoveredByTests.All, new WrongRequests(), .. HostileReview.All, new Slowloris(), new Http2Floods(), new IdleConnections()];

    /// <summary>Those with the names, in the catalog's order; a group's name stands for all of it.</summary>
    /// <exception cref="InvalidOperationException">A name is not known.</exception>
    public static IReadOnlyList<IScenario> Named(IReadOnlyCollection<string> names)
    {
        var all = Load.Concat(Chaos).ToList();
        var unknown = names.Where(name => name is not ("load" or "chaos") && all.TrueForAll(s => !Is(s, name))).ToList();
        if (unknown.Count > 0) throw new InvalidOperationException($"no scenario {string.Join(", ", unknown)}: write load, chaos, or names of {string.Join(", ", all.Select(s => s.Name))}");
        return [.. all.Where(s => names.Any(name => Is(s, name) || (name == "load" && Load.Contains(s)) || (name == "chaos" && Chaos.Contains(s))))];
    }

    private static bool Is(IScenario scenario, string name) => scenario.Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
