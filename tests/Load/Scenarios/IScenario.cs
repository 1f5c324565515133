namespace Spanhook.Load.Scenarios;

/// <summary>One test of the plan: what is done to a server, what is measured, and what has to come out. One file each, or one for a table of alike ones.</summary>
internal interface IScenario
{
    /// <summary>As in the test plan: L1, F10, soak. Names its page too.</summary>
    string Name { get; }

    /// <summary>What is done, in a line.</summary>
    string Title { get; }

    /// <summary>Options that the server must know; without them the scenario is skipped, and says so.</summary>
    IReadOnlyList<string> Needs => [];

    /// <summary>Does it.</summary>
    Task<ScenarioResult> RunAsync(ScenarioContext context, CancellationToken cancellation);
}
