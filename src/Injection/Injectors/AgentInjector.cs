using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Injection.Decision;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors;

/// <summary>
/// The frame of java, nodejs, python and dotnet: an init container copies the agent's files into a volume, the target mounts it, and a few
/// variables make its runtime load it.
/// </summary>
internal abstract class AgentInjector : IInjector
{
    public abstract string Name { get; }
    public bool SupportsInitContainers => true;
    public virtual string? DefaultProtocol => OtlpEndpoint.HttpProtobuf;

    /// <summary>Name of the volume and of the init container.</summary>
    protected string AgentName => field ??= "opentelemetry-auto-instrumentation-" + Name;

    /// <summary>Where the init container mounts the volume.</summary>
    protected string AgentPath => field ??= "/otel-auto-instrumentation-" + Name;

    /// <summary>The variables of the target that are extended.</summary>
    protected abstract string[] Composed { get; }

    /// <summary>Where the target mounts the volume.</summary>
    protected virtual string MountPath(string container) => AgentPath;

    /// <summary>What the init container runs.</summary>
    protected abstract IReadOnlyList<string> CopyCommand(InjectionContext context);

    public virtual Refusal? CheckPod(InjectionContext context)
    {
        if (CommonChecks.CheckAdded(context, AgentName, AgentName) is { } refusal) return refusal;
        if (context.Facts.Marker.Names(Name)) return null; // ours, from an earlier pass: complete it
        if (context.Pod.HasNamed(context.Pod.InitContainers, AgentName)) return new(Reasons.AlreadyInjected, $"the pod has an init container {AgentName}");
        return CommonChecks.CheckVolume(context, AgentName);
    }

    public virtual Refusal? Check(InjectionContext context, Container container) =>
        CommonChecks.CheckMount(container, MountPath(container.Name), AgentName) ?? CommonChecks.Check(context, container, Composed);

    public void Inject(PodDraft draft, InjectionContext context)
    {
        foreach (var target in context.Targets)
        {
            var container = draft.Container(target);
            container.Env.AppendMissing(context.Section.Env);
            AddLanguageEnv(container.Env);
            container.Mounts.Add(AgentName, MountPath(container.Name));
            SdkEnvironment.AddCommon(container.Env, context.Instrumentation);
            AddAgentEnv(container, context);
            SdkEnvironment.Configure(container.Env, context, container.View);
            SdkEnvironment.AddCertificateVolumes(draft, container.Mounts, context.Instrumentation);
        }

        draft.AddVolume(AgentName, context.Section.Volume);
        AddInitContainer(draft, context, AgentName, context.Section.Image, CopyCommand(context));
        AddFurtherInitContainers(draft, context);
    }

    /// <summary>Variables that follow the language's env of the resource and come before its common env.</summary>
    protected virtual void AddLanguageEnv(EnvDraft env)
    {
    }

    /// <summary>Variables that make the runtime load the agent, and the language's defaults; after the resource's env.</summary>
    protected abstract void AddAgentEnv(ContainerDraft container, InjectionContext context);

    /// <summary>Init containers besides the one that copies the agent.</summary>
    protected virtual void AddFurtherInitContainers(PodDraft draft, InjectionContext context)
    {
    }

    protected void AddInitContainer(PodDraft draft, InjectionContext context, string name, string image, IReadOnlyList<string> command)
    {
        if (draft.HasInitContainer(name)) return;
        var container = new NewContainer(name, image)
        {
            ImagePullPolicy = context.Instrumentation.ImagePullPolicy,
            Command = command,
            Resources = context.Resources,
            Mounts = [new Mount(AgentName, AgentPath)],
            SecurityContext = InitContainers.SecurityContext(draft, context, context.Targets[0]),
        };
        draft.AddInitContainer(container, InitContainers.PlaceFor(draft, context.Targets[0]));
    }
}

/// <summary>Where init containers go, and with which rights.</summary>
internal static class InitContainers
{
    /// <summary>Directly before the first target when that is an init container itself, so that it finds the files; else at the end.</summary>
    public static int PlaceFor(PodDraft draft, TargetRef first) => first.IsInit ? first.Index : draft.Pod.InitContainers.Count();

    /// <summary>The resource's, else that of the target: a namespace that admits the one admits the other.</summary>
    public static System.Text.Json.JsonElement SecurityContext(PodDraft draft, InjectionContext context, TargetRef target) =>
        context.Instrumentation.InitSecurityContext.IsPresent()
            ? context.Instrumentation.InitSecurityContext
            : draft.Container(target).View.SecurityContext;
}
