namespace Spanhook.Injection.CommandLine;

/// <summary>
/// How many engines one pass through a piece of script starts at most: on a way that goes on behind the piece, and on one that ends the
/// script in it (<c>exec</c>, <c>exit</c>). So <c>if a; then exec engine 1; fi; exec engine 2</c> starts one, and <c>engine 1 || engine 2</c> two.
/// </summary>
internal readonly record struct EngineRuns(int Continuing, int Ending)
{
    private const int NoWay = -1;

    // More than "several" need not be told apart, and a sum must not overflow.
    private const int Several = 2;

    public static readonly EngineRuns None = new(0, NoWay);
    public static readonly EngineRuns One = new(1, NoWay);

    public int Most => Math.Max(Continuing, Ending);

    /// <summary>This, and what follows it.</summary>
    public EngineRuns Then(EngineRuns next) => new(Sum(Continuing, next.Continuing), Math.Max(Ending, Sum(Continuing, next.Ending)));

    /// <summary>One of the two.</summary>
    public EngineRuns Or(EngineRuns other) => new(Math.Max(Continuing, other.Continuing), Math.Max(Ending, other.Ending));

    /// <summary>In a process of its own: what ends there ends only that.</summary>
    public EngineRuns Apart() => new(Math.Max(Most, 0), NoWay);

    /// <summary>The script ends with it.</summary>
    public EngineRuns Last() => new(NoWay, Math.Max(Most, 0));

    private static int Sum(int first, int second) => first == NoWay || second == NoWay ? NoWay : Math.Min(Several, first + second);
}
