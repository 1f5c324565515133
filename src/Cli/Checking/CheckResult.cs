namespace Spanhook.Cli.Checking;

/// <summary>How a check ended.</summary>
internal enum CheckLevel
{
    Ok,

    /// <summary>It works, but not as it should; or we may not look.</summary>
    Warn,

    /// <summary>Pods are not injected, or will not be soon.</summary>
    Fail,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Level">How it is.</param>
/// <param name="Name">What it is, in a word or two.</param>
/// <param name="Message">What was found.</param>
/// <param name="Fix">What to do; null when nothing is.</param>
internal sealed record CheckResult(CheckLevel Level, string Name, string Message, string? Fix = null)
{
    public static CheckResult Ok(string name, string message) => new(CheckLevel.Ok, name, message);

    public static CheckResult Warn(string name, string message, string fix) => new(CheckLevel.Warn, name, message, fix);

    public static CheckResult Fail(string name, string message, string fix) => new(CheckLevel.Fail, name, message, fix);

    /// <summary>Somebody with more rights can tell.</summary>
    public static CheckResult NotAllowed(string name, Connection.ClusterException e) => new(CheckLevel.Warn, name, "not allowed to look", e.Message);
}
