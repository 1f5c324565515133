namespace Spanhook.Cli.Connection;

/// <summary>What a request needs to be allowed, told by its path.</summary>
/// <param name="Verb">As RBAC names it: get, list, create, patch.</param>
/// <param name="Resource">As kubectl names it: <c>pods</c>, <c>pods/proxy</c>, <c>rollouts.argoproj.io</c>.</param>
/// <param name="Namespace">Null for a request of the whole cluster.</param>
internal sealed record Permission(string Verb, string Resource, string? Namespace)
{
    /// <param name="verb">Of the request.</param>
    /// <param name="path">As <c>/apis/apps/v1/namespaces/ml/deployments/web/scale?dryRun=All</c>.</param>
    public static Permission Of(string verb, string path)
    {
        var parts = path.Split('?')[0].Split('/', StringSplitOptions.RemoveEmptyEntries);
        var isCore = parts.FirstOrDefault() == "api";
        var rest = parts.Skip(isCore ? 2 : 3).ToArray();
        var (ns, names) = rest is ["namespaces", var name, _, ..] ? (name, rest[2..]) : (null, rest);
        if (names.Length == 0) return new(verb, path, ns);
        var resource = isCore ? names[0] : $"{names[0]}.{parts[1]}";
        return new(verb, names.Length > 2 ? $"{resource}/{names[2]}" : resource, ns);
    }

    private string Scope => Namespace is null ? " in the whole cluster" : $" in namespace {Namespace}";

    /// <summary>For people, after "you may not": <c>list pods in namespace ml</c>.</summary>
    public override string ToString() => $"{Verb} {Resource}{Scope}";

    /// <summary>The line that tells whether one has it.</summary>
    public string Question => $"kubectl auth can-i {Verb} {Resource}{(Namespace is null ? " --all-namespaces" : $" --namespace={Namespace}")}";
}
