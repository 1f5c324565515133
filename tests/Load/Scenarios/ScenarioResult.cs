using Spanhook.Load.Generating;

namespace Spanhook.Load.Scenarios;

/// <summary>What a scenario has measured, in the order of its page.</summary>
internal sealed class ScenarioResult
{
    public List<Figure> Figures { get; } = [];

    /// <summary>Latencies for the raw data of the page, by name.</summary>
    public Dictionary<string, Histogram> Histograms { get; } = new(StringComparer.Ordinal);

    /// <summary>What a reader has to know besides.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Why nothing was measured; null when it was.</summary>
    public string? Skipped { get; init; }

    public static ScenarioResult Skip(string reason) => new() { Skipped = reason };

    public ScenarioResult AtMost(string name, double value, string unit, double limit) => Add(name, value, unit, new Mark(MarkKind.AtMost, limit));

    public ScenarioResult AtLeast(string name, double value, string unit, double limit) => Add(name, value, unit, new Mark(MarkKind.AtLeast, limit));

    public ScenarioResult Exactly(string name, double value, string unit, double expected) => Add(name, value, unit, new Mark(MarkKind.Exactly, expected));

    public ScenarioResult Info(string name, double value, string unit) => Add(name, value, unit, Mark.None);

    public ScenarioResult Note(string text)
    {
        if (!Notes.Contains(text)) Notes.Add(text);
        return this;
    }

    /// <summary>Nothing failed, and everything was asked that should have been.</summary>
    public ScenarioResult AllAnswered(LoadResult load, string who = "")
    {
        Info(who + "answered", load.Answered, "");
        Exactly(who + "failed", load.Failed, "", 0);
        if (load.Failed > 0) Note($"{who}errors: {load.ErrorText}");
        if (load.Overloaded > 0) Info(who + "answered \"overloaded\"", load.Overloaded, "");
        return this;
    }

    /// <summary>Latencies from the intended start; a limit that is null is only shown.</summary>
    public ScenarioResult Latencies(LoadResult load, string who = "", double? p50 = null, double? p99 = null, double? p999 = null, double? max = null)
    {
        Histograms[who.Length == 0 ? "latency" : who.Trim()] = load.Latency;
        foreach (var (name, value, limit) in (ReadOnlySpan<(string, long, double?)>)
            [("p50", load.Latency.Quantile(0.5), p50), ("p99", load.Latency.Quantile(0.99), p99), ("p99.9", load.Latency.Quantile(0.999), p999), ("max", load.Latency.Max, max)])
            Add(who + name, value / 1000.0, "ms", limit is { } mark ? new Mark(MarkKind.AtMost, mark) : Mark.None);
        return this;
    }

    /// <summary>Whether the generator kept its promise: an open loop that sends late is one that measures itself.</summary>
    public ScenarioResult Generator(LoadResult load, string who = "")
    {
        Info(who + "requests per second", load.PerSecond, "req/s");
        Info(who + "connections at the same time", load.Senders, "");
        Info(who + "sent more than 1 ms late", load.Late, "");
        return Info(who + "latest sending", load.Lateness.Max / 1000.0, "ms");
    }

    private ScenarioResult Add(string name, double value, string unit, Mark mark)
    {
        Figures.Add(new Figure(name, value, unit, mark));
        return this;
    }
}
