namespace Spanhook.Injection.Injectors.Engines;

/// <summary>The value of <c>--collect-detailed-traces</c>: which combinations a version accepts. A wrong one keeps the engine from starting.</summary>
/// <param name="Value">The flag's value; null to leave the flag away.</param>
/// <param name="Problem">Why what was asked for is left away; null when nothing is.</param>
internal readonly record struct VllmDetailedTraces(string? Value, string? Problem)
{
    private static readonly EngineVersion FirstWithFlag = new(0, 5, 5);
    private static readonly EngineVersion FirstWithChoices = new(0, 9, 0);

    /// <summary>The pod's annotation, its namespace's, the policies' <c>engines.vllm.detailedTraces</c>.</summary>
    public static VllmDetailedTraces Read(EngineTarget target, EngineVersion? version)
    {
        if (target.Context.Annotations.First(Annotations.VllmDetailedTraces) is { } written)
            return Of(written.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), version);
        return target.Context.Facts.EngineSettings.DetailedTraces is { Count: > 0 } wished ? Of(wished, version) : default;
    }

    private static VllmDetailedTraces Of(IReadOnlyList<string> modules, EngineVersion? version)
    {
        if (modules.Count == 0) return default;
        for (var i = 0; i < modules.Count; i++)
        {
            if (modules[i] is not ("model" or "worker" or "all"))
                return new(null, $"'{modules[i]}' was never a value of --collect-detailed-traces, and vLLM would exit; write model, worker or all");
        }

        if (version is { } old && !old.IsAtLeast(FirstWithFlag)) return new(null, $"vLLM {old} has no --collect-detailed-traces");

        // From 0.9.0 on argparse takes one of nine literals: each alone, and the pairs of two different ones.
        var distinct = modules.Distinct(StringComparer.Ordinal).Count();
        if ((version?.IsAtLeast(FirstWithChoices) ?? true) && (modules.Count > 2 || distinct < modules.Count))
            return new(null, "vLLM 0.9.0 and newer take at most two different modules; all includes the other two");
        return new(string.Join(',', modules), null);
    }
}
