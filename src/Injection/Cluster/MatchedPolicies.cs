namespace Spanhook.Injection.Cluster;

/// <summary>
/// The policies that cover a pod, merged. Made once for a combination of policies, and shared by all pods that it covers. There are two merges, so
/// that a policy in mode Audit changes nothing, whatever its priority; and a third one, of what a policy in mode Off keeps from happening.
/// </summary>
internal sealed class MatchedPolicies
{
    public static readonly MatchedPolicies None = new(PolicyIndex.Empty, []);

    /// <param name="index">Where the policies are.</param>
    /// <param name="matching">Those whose selectors match.</param>
    public MatchedPolicies(PolicyIndex index, ReadOnlySpan<ulong> matching)
    {
        var effective = new List<int>();
        var hidden = new List<int>();
        for (var i = PolicySet.Next(matching, 0); i >= 0; i = PolicySet.Next(matching, i + 1))
        {
            var policy = index.Policies[i];
            if (policy.Mode != PolicyMode.Off) (Off is null ? effective : hidden).Add(i);
            else if (Off is null) Off = policy;
            else break;
        }

        Names = [.. effective.Select(i => index.Policies[i].Name), .. Off is null ? Array.Empty<string>() : [Off.Name]];
        var enforced = effective.Where(IsEnforced).ToList();
        Enforced = new(index, enforced);
        if (enforced.Count < effective.Count) Audited = new(index, effective);
        if (hidden.Exists(IsEnforced)) WithoutOff = new(index, [.. enforced, .. hidden.Where(IsEnforced)]);

        bool IsEnforced(int policy) => index.Policies[policy].Mode == PolicyMode.Enforce;
    }

    /// <summary>The names, highest priority first, up to one in mode Off.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The policy in mode Off that ends the list; null when none does.</summary>
    public CompiledPolicy? Off { get; }

    /// <summary>What is done.</summary>
    public PolicySettings Enforced { get; }

    /// <summary>What would be done if those in mode Audit enforced; null when none of them is.</summary>
    public PolicySettings? Audited { get; }

    /// <summary>What would be done without <see cref="Off"/>; null when it hides nothing.</summary>
    public PolicySettings? WithoutOff { get; }

    /// <summary>True when one of the merges asks for an injection.</summary>
    public bool Asks => Enforced.Asks || Audited is { Asks: true } || WithoutOff is { Asks: true };
}
