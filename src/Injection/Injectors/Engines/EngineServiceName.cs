using Spanhook.Api;
using Spanhook.Injection.CommandLine;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>The service name of an engine where its pod is one part of several.</summary>
internal static class EngineServiceName
{
    /// <summary>
    /// A pod of llm-d is <c>vllm-decode</c> or <c>vllm-prefill</c> and its sidecar <c>routing-proxy</c>, as llm-d's own chart has it; elsewhere the
    /// part is put behind the workload's name.
    /// </summary>
    public static ServiceNaming Of(EngineTarget target, EngineInjector engine)
    {
        if (engine.ServiceName is { } own) return new(own, null);
        if (target.Program.Role != ProgramRole.Server) return default;
        var labels = target.Context.Pod.Labels;
        if (Part(labels.Text("llm-d.ai/role"u8)) is { } role) return new($"{engine.Name}-{role}", null);
        return new(null, Part(labels.Text("model.aibrix.ai/role"u8)) ?? Part(labels.Text("role-name"u8)));
    }

    // A label is a tenant's: only the words that mean a part of serving are taken.
    private static string? Part(string? label) => label is "decode" or "prefill" or "encode" ? label : null;
}
