namespace Spanhook.Load.Scenarios;

/// <summary>A figure over several runs: the median must pass; the worst must pass too, but a latency may then be twice its limit.</summary>
internal sealed record FigureSummary(Figure Median, double Worst)
{
    private const double Noise = 2;

    public bool Passes => Median.Passes && Median.Mark.Allows(Worst, Median.IsNoisy ? Noise : 1);
}

/// <summary>What all runs of a scenario say together.</summary>
internal sealed record ScenarioSummary(IScenario Scenario, IReadOnlyList<ScenarioResult> Runs, TimeSpan Elapsed)
{
    public string? Skipped => Runs[0].Skipped;

    public bool Passes => Skipped is null && Figures.All(figure => figure.Passes);

    public string Verdict => Skipped is not null ? "SKIPPED" : Passes ? "PASS" : "FAIL";

    /// <summary>In the order of the first run, which has the figures that all have.</summary>
    public IReadOnlyList<FigureSummary> Figures { get; } = [.. Runs[0].Figures.Select(first => Summary(first, Runs))];

    private static FigureSummary Summary(Figure first, IReadOnlyList<ScenarioResult> runs)
    {
        var figures = runs.SelectMany(run => run.Figures.Where(f => f.Name == first.Name)).OrderBy(f => f.Value).ToList();
        var worst = first.Mark.Kind == MarkKind.AtLeast ? figures[0] : figures[^1];
        if (first.Mark.Kind == MarkKind.Exactly) worst = figures.Find(f => !f.Passes) ?? worst;
        return new FigureSummary(figures[figures.Count / 2], worst.Value);
    }
}
