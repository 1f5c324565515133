using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Decision;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors.Languages;

/// <summary>
/// OpenTelemetry for Go: a privileged native sidecar that watches the application's process by eBPF. Native, so that a Job ends when its
/// application does. Privileged, so a policy must allow it for the namespace.
/// </summary>
internal sealed class GoInjector : IInjector
{
    private const string SidecarName = "opentelemetry-auto-instrumentation";
    private const string VolumeName = "kernel-debug";
    private const string KernelDebug = "/sys/kernel/debug";
    private const string TargetExecutable = "OTEL_GO_AUTO_TARGET_EXE";

    private static readonly System.Text.Json.JsonElement Volume = JsonFragment.Parse("""{"hostPath":{"path":"/sys/kernel/debug"}}""");
    private static readonly System.Text.Json.JsonElement Privileged = JsonFragment.Parse("""{"runAsUser":0,"privileged":true}""");

    public string Name => "go";
    public bool SupportsInitContainers => false;
    public string? DefaultProtocol => OtlpEndpoint.HttpProtobuf;

    public Refusal? CheckPod(InjectionContext context)
    {
        var pod = context.Pod;
        if (pod.HasNamed(pod.Containers, SidecarName) || pod.HasNamed(pod.InitContainers, SidecarName))
            return context.Facts.Marker.Names(Name) || pod.HasNamed(pod.Containers, SidecarName)
                ? new(Reasons.AlreadyInjected, $"the pod has a container {SidecarName}")
                : new(Reasons.NameCollision, $"the pod has an init container named {SidecarName}");
        if (CommonChecks.CheckAdded(context, VolumeName, SidecarName) is { } refusal) return refusal;
        if (pod.HostPid == true) return new(Reasons.PodInvalid, "hostPID: true excludes shareProcessNamespace: true, which the go sidecar needs");
        if (context.RequestedTargets > 1) return new(Reasons.TooManyContainers);
        if (pod.ShareProcessNamespace == false) return new(Reasons.SharedProcessNamespaceDisabled);
        if (!context.Facts.AllowsPrivileged) return new(Reasons.PrivilegedNotAllowed, $"add {context.Facts.Namespace}");
        var volume = pod.FindNamed(pod.Volumes, VolumeName);
        return volume.IsPresent() && !CommonChecks.IsSameSource(volume, Volume)
            ? new(Reasons.NameCollision, $"the pod has another volume named {VolumeName}")
            : null;
    }

    public Refusal? Check(InjectionContext context, Container container) =>
        CommonChecks.Check(context, container) ?? (HasExecutable(context, container) ? null : new(Reasons.TargetExecutableMissing));

    public void Inject(PodDraft draft, InjectionContext context)
    {
        var application = draft.Container(context.Targets[0]).View;
        var env = BuildEnv(context, application);
        SdkEnvironment.Configure(env, context, application);
        var mounts = new MountsDraft(default);
        mounts.Add(VolumeName, KernelDebug);
        SdkEnvironment.AddCertificateVolumes(draft, mounts, context.Instrumentation);
        draft.SetShareProcessNamespace();
        draft.AddVolume(VolumeName, Volume);
        var sidecar = new NewContainer(SidecarName, context.Section.Image)
        {
            ImagePullPolicy = context.Instrumentation.ImagePullPolicy,
            Env = env,
            Mounts = [.. mounts.Added],
            Resources = context.Resources,
            SecurityContext = context.Section.SecurityContext.IsPresent() ? context.Section.SecurityContext : Privileged,
            IsSidecar = true,
        };
        draft.AddInitContainer(sidecar, draft.Pod.InitContainers.Count());
    }

    private static bool HasExecutable(InjectionContext context, Container application)
    {
        using var env = BuildEnv(context, application);
        return env.Has(TargetExecutable);
    }

    /// <summary>
    /// The sidecar speaks for the application: the annotation names the executable, the application's own OTEL_* literals come along, then
    /// the resource's.
    /// </summary>
    private static EnvDraft BuildEnv(InjectionContext context, Container application)
    {
        var env = new EnvDraft(default);
        if (context.Annotations.First(Annotations.GoTargetExecutable) is { } executable) env.Append(TargetExecutable, KubernetesExpansion.Escape(executable));
        foreach (var item in application.Env.Items())
        {
            // A literal that refers to other variables of the application means nothing in the sidecar.
            if (item.Text("name"u8) is { } name && name.StartsWith("OTEL_", StringComparison.Ordinal) && !item.Member("valueFrom"u8).IsPresent()
                && item.Text("value"u8) is { } value && !value.Contains("$(", StringComparison.Ordinal))
                env.AppendIfAbsent(name, value);
        }

        env.AppendMissing(context.Section.Env);
        SdkEnvironment.AddCommon(env, context.Instrumentation);
        return env;
    }
}
