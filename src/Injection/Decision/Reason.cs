namespace Spanhook.Injection.Decision;

/// <summary>Whether somebody has to do something about it.</summary>
public enum Severity
{
    /// <summary>As wished.</summary>
    Info,

    /// <summary>Asked for, but not done; becomes an admission warning.</summary>
    Warning,
}

/// <summary>Why something was or was not injected. A closed list (<see cref="Reasons"/>): a code never changes its meaning.</summary>
/// <param name="Code">Stable, in snake_case: metric attribute, audit annotation, report.</param>
/// <param name="Sentence">For people, with what to write to change it.</param>
/// <param name="Severity">Whether it becomes a warning.</param>
public sealed record Reason(string Code, string Sentence, Severity Severity = Severity.Warning)
{
    public bool Equals(Reason? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Code);

    public override string ToString() => Code;
}
