using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Decision;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors;

/// <summary>
/// The frame of apache-httpd and nginx: one init container, of the application's image, copies its configuration to a volume; a second one
/// adds the module and its configuration there; the application mounts that volume in place of its own configuration directory.
/// </summary>
internal abstract class WebServerInjector : IInjector
{
    protected const string AgentPath = "/opt/opentelemetry-webserver/agent";
    protected const string SourcePath = "/opt/opentelemetry-webserver/source-conf";

    /// <summary>Both servers' clone container has this name in the OpenTelemetry Operator, unless they meet in one pod.</summary>
    protected const string CloneName = "otel-agent-source-container-clone";

    /// <summary>Put where the attach script fills in the pod's name.</summary>
    protected const string InstanceIdPlaceholder = "<<SID-PLACEHOLDER>>";

    public abstract string Name { get; }
    public bool SupportsInitContainers => false;

    // The module's exporter speaks gRPC only.
    public string? DefaultProtocol => OtlpEndpoint.Grpc;

    protected abstract string AttachName { get; }
    protected abstract string AgentVolume { get; }
    protected abstract string ConfigVolume { get; }
    protected abstract string ConfigVariable { get; }
    protected abstract string InstanceIdVariable { get; }
    protected virtual string[] Composed { get; } = [];

    public Refusal? CheckPod(InjectionContext context)
    {
        if (CommonChecks.CheckAdded(context, AgentVolume, AttachName, CloneName, CloneName + "-nginx") is { } refusal) return refusal;
        if (context.Facts.Marker.Names(Name)) return null; // ours, from an earlier pass: complete it
        var pod = context.Pod;
        if (pod.HasNamed(pod.InitContainers, AttachName)) return new(Reasons.AlreadyInjected, $"the pod has an init container {AttachName}");
        return CheckClone(context) ?? CommonChecks.CheckVolume(context, AgentVolume) ?? CommonChecks.CheckVolume(context, ConfigVolume);
    }

    public Refusal? Check(InjectionContext context, Container container) =>
        CommonChecks.CheckMount(container, AgentPath, AgentVolume) ?? CheckClonedMounts(context, container) ?? CommonChecks.Check(context, container, Composed);

    public virtual Refusal? Warn(InjectionContext context, Container container) => null;

    public void Inject(PodDraft draft, InjectionContext context)
    {
        for (var i = 0; i < context.Targets.Count; i++)
        {
            var container = draft.Container(context.Targets[i]);
            container.Env.AppendMissing(context.Section.Env);

            // One agent volume serves one configuration: further targets get the environment only.
            if (i == 0 && !draft.HasInitContainer(AttachName)) Attach(draft, container, context);
            AddServerEnv(container.Env);
            SdkEnvironment.AddCommon(container.Env, context.Instrumentation);
            SdkEnvironment.Configure(container.Env, context, container.View);
            SdkEnvironment.AddCertificateVolumes(draft, container.Mounts, context.Instrumentation);
        }

        var securityContext = InitContainers.SecurityContext(draft, context, context.Targets[^1]);
        foreach (var name in (string[])[CloneName, CloneName + "-nginx", AttachName])
        {
            if (draft.AddedInit(name) is { } added && BelongsToUs(added)) added.SecurityContext = securityContext;
        }
    }

    /// <summary>Whether another init container of the clone's name stands in the way.</summary>
    protected abstract Refusal? CheckClone(InjectionContext context);

    /// <summary>Name of the clone container in this pod.</summary>
    protected abstract string CloneNameIn(PodDraft draft);

    /// <summary>Where the application's configuration is, and the file that is edited.</summary>
    protected abstract (string Directory, string File) ConfigOf(CompiledSection section);
    protected abstract (IReadOnlyList<string> Command, IReadOnlyList<string> Args) CloneCommand(string directory);
    protected abstract IReadOnlyList<string> AttachArgs(CompiledSection section);

    /// <summary>The source of both volumes.</summary>
    protected abstract (System.Text.Json.JsonElement Agent, System.Text.Json.JsonElement Config) VolumesOf(CompiledSection section);

    /// <summary>The module's configuration.</summary>
    protected abstract string ModuleConfig(InjectionContext context, string serviceName);

    protected virtual void AddServerEnv(EnvDraft env)
    {
    }

    /// <summary>The module's directives, by name; those of the resource add to ours or override them.</summary>
    protected static SortedDictionary<string, string> Directives(InjectionContext context, IEnumerable<KeyValuePair<string, string>> ours)
    {
        var directives = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in ours) directives[name] = value;
        foreach (var attribute in context.Section.Attributes) directives[attribute.Name] = attribute.Value ?? "";
        return directives;
    }

    /// <summary>
    /// A value from the pod in the server's configuration: in quotes when it has anything that could end a directive, without control
    /// characters, so that an annotation can never write a directive of its own or keep the server from starting.
    /// </summary>
    protected static string Quote(string value)
    {
        var isPlain = value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/' or ':' or '@' or '[' or ']');
        if (isPlain) return value;
        var text = string.Concat(value.Where(c => !char.IsControl(c) && c is not ('$' or '`')));
        return '"' + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + '"';
    }

    // The clone has the container's mounts besides its own, and the rights of the last target.
    private static Refusal? CheckClonedMounts(InjectionContext context, Container container)
    {
        foreach (var mount in container.VolumeMounts.Items())
        {
            if (MountsDraft.PathsEqual(mount.Member("mountPath"u8), SourcePath)) return new(Reasons.NameCollision, $"the container mounts a volume at {SourcePath}");
            if (!mount.TextEquals("mountPropagation"u8, "Bidirectional"u8)) continue;
            var rights = context.Instrumentation.InitSecurityContext.IsPresent() ? context.Instrumentation.InitSecurityContext : container.SecurityContext;
            if (context.RequestedTargets > 1 || rights.Flag("privileged"u8) != true) return new(Reasons.PodInvalid, "it has a mount of Bidirectional propagation, which its init containers may not have");
        }

        return null;
    }

    private bool BelongsToUs(NewContainer added)
    {
        foreach (var mount in added.Mounts)
        {
            if (mount.Volume == ConfigVolume) return true;
        }

        return false;
    }

    private void Attach(PodDraft draft, ContainerDraft container, InjectionContext context)
    {
        var section = context.Section;
        var (directory, file) = ConfigOf(section);
        var volumes = VolumesOf(section);
        draft.AddVolume(ConfigVolume, volumes.Config);
        AddClone(draft, container, context, directory);
        container.Mounts.Remove(directory);
        container.Mounts.Remove(file);
        container.Mounts.Add(AgentVolume, AgentPath);
        container.Mounts.Add(ConfigVolume, directory);
        draft.AddVolume(AgentVolume, volumes.Agent);
        AddAttach(draft, container, context);
    }

    private void AddClone(PodDraft draft, ContainerDraft container, InjectionContext context, string directory)
    {
        var env = new EnvDraft(container.View.Env);
        env.AppendMissing(context.Section.Env);
        var (command, args) = CloneCommand(directory);
        var clone = new NewContainer(CloneNameIn(draft), container.View.Image ?? "")
        {
            ImagePullPolicy = container.View.ImagePullPolicy,
            Command = command,
            Args = args,
            Env = env,
            EnvFrom = container.View.EnvFrom,
            CopiedMounts = container.View.VolumeMounts,
            Mounts = [new Mount(ConfigVolume, SourcePath)],
            Resources = context.Resources,
        };
        draft.AddInitContainer(clone, InitContainers.PlaceFor(draft, context.Targets[0]));
    }

    private void AddAttach(PodDraft draft, ContainerDraft container, InjectionContext context)
    {
        var env = new EnvDraft(default);
        env.AppendMissing(context.Section.Env);
        env.AppendMissing(context.Instrumentation.Env);
        SdkEnvironment.AppendAddresses(env);
        using var attributes = ResourceAttributes.Collect(context, container.View);
        var name = SdkEnvironment.ServiceName(context, container.View, attributes);
        env.Append(ConfigVariable, ModuleConfig(context, Quote(name)));
        env.Append(InstanceIdVariable, SdkEnvironment.PodName);
        var attach = new NewContainer(AttachName, context.Section.Image)
        {
            ImagePullPolicy = context.Instrumentation.ImagePullPolicy,
            Command = ["/bin/sh", "-c"],
            Args = AttachArgs(context.Section),
            Env = env,
            Mounts = [new Mount(AgentVolume, AgentPath), new Mount(ConfigVolume, SourcePath)],
            Resources = context.Resources,
        };
        draft.AddInitContainer(attach, InitContainers.PlaceFor(draft, context.Targets[0]));
    }
}
