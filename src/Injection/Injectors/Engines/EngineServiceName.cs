using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Injection.CommandLine;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>The service name of an engine: what a policy's template makes of it, else where its pod is one part of several.</summary>
internal static class EngineServiceName
{
    /// <summary>
    /// The first that there is:
    /// <list type="number">
    /// <item>of routers and sidecars: the name that their own charts give them</item>
    /// <item>the template <c>serviceNames.engine</c> of the policies, for what serves a model</item>
    /// <item>of a pod of llm-d: <c>vllm-decode</c> or <c>vllm-prefill</c>, as llm-d's own chart has it</item>
    /// <item>the workload's name, with the part behind it where a label tells one</item>
    /// </list>
    /// </summary>
    public static ServiceNaming Of(EngineTarget target, EngineInjector engine)
    {
        if (engine.ServiceName is { } own) return new(own, null);
        if (target.Program.Role is not (ProgramRole.Server or ProgramRole.Worker)) return default;
        var pod = target.Context.Pod;
        if (target.Context.Facts.PolicySettings.EngineServiceName?.Render(p => ValueOf(p, target)) is { } templated) return new(KubernetesExpansion.Escape(templated), null);
        if (target.Program.Role == ProgramRole.Worker) return default;
        if (Part(pod.Labels.Text("llm-d.ai/role"u8)) is { } role) return new($"{engine.Name}-{role}", null);
        return new(null, PartOfGroup(pod));
    }

    private static string? ValueOf(string placeholder, EngineTarget target) => placeholder switch
    {
        "role" => Part(target.Context.Pod.Labels.Text("llm-d.ai/role"u8)) ?? PartOfGroup(target.Context.Pod) ?? (target.Program.Role == ProgramRole.Worker ? "worker" : null),
        "model" => EngineModel.Of(target.Container, target.Context.Pod),
        "owner" => Owner(target),
        "namespace" => target.Context.Facts.Namespace,
        _ => target.Program.Container,
    };

    private static string? Owner(EngineTarget target)
    {
        using var attributes = ResourceAttributes.Collect(target.Context, target.Container);
        return target.Context.Facts.Owners.WorkloadName(attributes) ?? target.Context.Pod.Name;
    }

    private static string? PartOfGroup(Pod pod) => Part(pod.Labels.Text("model.aibrix.ai/role"u8)) ?? Part(pod.Labels.Text("role-name"u8));

    // A label is a tenant's: only the words that mean a part of serving are taken.
    private static string? Part(string? label) => label is "decode" or "prefill" or "encode" ? label : null;
}
