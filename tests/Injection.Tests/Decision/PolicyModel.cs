namespace Spanhook.Injection.Tests.Decision;

/// <summary>One policy as the model knows it.</summary>
internal sealed record ModelPolicy(string Name, int Priority, string Mode)
{
    public bool OnlyTeamMl { get; init; }
    public bool OnlyWeb { get; init; }
    public bool AsksForJava { get; init; }

    /// <summary>0 or 100: the share of a hundred is another test's.</summary>
    public int Percent { get; init; } = 100;
    public string? OptOut { get; init; }
    public bool CarriesSettings { get; init; }
}

/// <summary>One pod and its cluster, as the model knows them. The namespace has no Instrumentation of its own; <c>other/shared</c> can be named.</summary>
internal sealed record ModelSituation(string? PodAnnotation, string? NamespaceAnnotation, IReadOnlyList<ModelPolicy> Policies)
{
    public bool IsTeamMl { get; init; }
    public bool IsWeb { get; init; }
}

/// <summary>What the model says of java on that pod: each decision as <c>code source policy</c>, and the policies that cover it.</summary>
internal sealed record ModelAnswer(IReadOnlyList<string> Decisions, IReadOnlyList<string> Policies, bool IsPatched);

/// <summary>
/// The rules of policies, written down a second time, from the specification alone and as plainly as possible. It calls nothing of the product.
/// </summary>
internal static class PolicyModel
{
    private const string Named = "other/shared";
    private static readonly string[] Warnings = ["instrumentation_not_found"];

    public static ModelAnswer Answer(ModelSituation situation)
    {
        var matching = situation.Policies.OrderByDescending(p => p.Priority).ThenBy(p => p.Name, StringComparer.Ordinal)
            .Where(p => (!p.OnlyTeamMl || situation.IsTeamMl) && (!p.OnlyWeb || situation.IsWeb)).ToList();
        var above = matching.TakeWhile(p => p.Mode != "Off").ToList();
        var off = matching.Skip(above.Count).FirstOrDefault();
        var below = matching.Skip(above.Count + 1).TakeWhile(p => p.Mode != "Off").ToList();
        var enforced = above.Where(p => p.Mode == "Enforce").ToList();
        List<ModelPolicy> withoutOff = off is null ? [] : [.. enforced, .. below.Where(p => p.Mode == "Enforce")];

        var done = Decide(situation, enforced, off, withoutOff);
        if (above.Exists(p => p.Mode == "Audit")) done = Audit(done, Decide(situation, above, off, withoutOff));
        List<string> names = [.. above.Select(p => p.Name), .. off is null ? Array.Empty<string>() : [off.Name]];
        return new([.. done.Count == 0 ? ["not_requested"] : done], names, done.Exists(d => d.StartsWith("injected ", StringComparison.Ordinal)));
    }

    private static List<string> Decide(ModelSituation situation, List<ModelPolicy> policies, ModelPolicy? off, List<ModelPolicy> withoutOff)
    {
        var annotation = Annotation(situation.PodAnnotation, situation.NamespaceAnnotation);
        if (annotation == Named) return [$"injected Instrumentation {Named}"];
        if (annotation == "true") return [Settings(policies, off, withoutOff, asker: null)];

        var asker = policies.Find(p => p.AsksForJava && p.Percent == 100);
        var isDenied = policies.Find(p => p.OptOut is not null)?.OptOut == "Denied";
        if (asker is not null && (annotation is null || isDenied))
        {
            var outcome = Settings(policies, off, withoutOff, asker.Name);
            if (annotation is null || !outcome.StartsWith("injected ", StringComparison.Ordinal)) return [outcome];
            return [outcome, outcome.Replace("injected ", "opt_out_denied ", StringComparison.Ordinal)];
        }

        if (annotation == "false") return [situation.PodAnnotation == "false" ? "opted_out_pod" : "opted_out_namespace"];
        if (policies.Find(p => p.AsksForJava) is { } asksLater) return [$"rollout_not_selected {asksLater.Name}"];
        return withoutOff.Exists(p => p.AsksForJava && p.Percent == 100) ? [$"policy_off {off!.Name}"] : [];
    }

    private static string Settings(List<ModelPolicy> policies, ModelPolicy? off, List<ModelPolicy> withoutOff, string? asker)
    {
        var by = asker is null ? "" : $" {asker}";
        if (policies.Find(p => p.CarriesSettings) is { } carrier) return $"injected TracingPolicy {carrier.Name}{by}";
        return (off is not null && withoutOff.Exists(p => p.CarriesSettings) ? "policy_off" : "instrumentation_not_found") + by;
    }

    // What only watches is reported where nothing is done, and warns nobody.
    private static List<string> Audit(List<string> done, List<string> wouldBe)
    {
        if (done.Exists(d => d.StartsWith("injected ", StringComparison.Ordinal))) return done;
        if (wouldBe.Find(d => d.StartsWith("injected ", StringComparison.Ordinal)) is { } injected)
            return [.. done.Where(d => !d.StartsWith("instrumentation_not_found", StringComparison.Ordinal)), injected.Replace("injected ", "audit_only ", StringComparison.Ordinal)];
        var codes = done.ConvertAll(Code);
        return [.. done, .. wouldBe.Where(d => !codes.Contains(Code(d), StringComparer.Ordinal)).Select(d => Warnings.Contains(Code(d), StringComparer.Ordinal) ? d.Replace(Code(d), "audit_skipped", StringComparison.Ordinal) : d)];
    }

    // The pod's word counts, but for "true": then the namespace may say which one.
    private static string? Annotation(string? pod, string? ns) => (pod, ns) switch
    {
        (null, _) => ns,
        (_, null) => pod,
        ("true", "false") => "true",
        ("true", _) => ns,
        _ => pod,
    };

    private static string Code(string decision) => decision.Split(' ')[0];
}
