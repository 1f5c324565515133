using System.Globalization;

namespace Spanhook.Load.Scenarios;

/// <summary>What a figure has to be.</summary>
/// <param name="Kind">How it is compared.</param>
/// <param name="Limit">With what.</param>
internal readonly record struct Mark(MarkKind Kind, double Limit)
{
    public static readonly Mark None = new(MarkKind.None, 0);

    /// <param name="value">A figure.</param>
    /// <param name="slack">How often the limit it may be: in the worst of several runs a latency may be twice as high, since the host has noise of its own.</param>
    public bool Allows(double value, double slack = 1) => Kind switch
    {
        MarkKind.AtMost => value <= Limit * slack,
        MarkKind.AtLeast => value >= Limit / slack,
        MarkKind.Exactly => value.Equals(Limit),
        _ => true,
    };

    public override string ToString() => Kind switch
    {
        MarkKind.AtMost => "≤ " + Figure.Text(Limit),
        MarkKind.AtLeast => "≥ " + Figure.Text(Limit),
        MarkKind.Exactly => "= " + Figure.Text(Limit),
        _ => "–",
    };
}

internal enum MarkKind
{
    None,
    AtMost,
    AtLeast,
    Exactly,
}

/// <summary>One measured number.</summary>
internal sealed record Figure(string Name, double Value, string Unit, Mark Mark)
{
    /// <summary>Figures of time and CPU depend on what else the machine does; counts do not.</summary>
    public bool IsNoisy => Unit is "ms" or "cores" or "req/s";

    public bool Passes => Mark.Allows(Value);

    public static string Text(double value) => Math.Abs(value) switch
    {
        >= 100 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.#", CultureInfo.InvariantCulture),
        _ => value.ToString("0.###", CultureInfo.InvariantCulture),
    };
}
