namespace Spanhook.Injection.Cluster;

/// <summary>Collects every problem of one object, so that its author sees all of them at once.</summary>
internal sealed class ProblemCollector(string kind, string name, string root, List<ObjectProblem> problems)
{
    private readonly List<string> _errors = [];

    public string Kind => kind;
    public string Name => name;

    /// <summary>The errors in one line; null when there are none.</summary>
    public string? Errors => _errors.Count == 0 ? null : string.Join("; ", _errors);

    /// <summary>The object cannot be used.</summary>
    public void Error(string field, string message)
    {
        problems.Add(new(kind, name, $"{root}.{field}", message, IsError: true));
        _errors.Add($"{root}.{field}: {message}");
    }

    /// <summary>The object can be used, but probably does not do what its author wants.</summary>
    public void Warn(string field, string message) => problems.Add(new(kind, name, $"{root}.{field}", message, IsError: false));
}
