namespace Spanhook.Load.Scenarios.Faults;

/// <summary>A line of the test plan that a unit test holds better than a running server could; here so that nobody looks for it in vain.</summary>
internal sealed class CoveredByTests(string name, string title, string where) : IScenario
{
    public static IReadOnlyList<IScenario> All { get; } =
    [
        new CoveredByTests("F18", "exceptions within a review", "the shipped server has no place to throw one from; tests/Server.Tests/Admission/FailOpenTests throws them in the injector of the running server"),
    ];

    public string Name => name;

    public string Title => title;

    public Task<ScenarioResult> RunAsync(ScenarioContext context, CancellationToken cancellation) => Task.FromResult(ScenarioResult.Skip(where));
}
