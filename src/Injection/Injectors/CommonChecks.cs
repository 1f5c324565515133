using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Injection.Decision;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors;

/// <summary>What every injector checks before it edits.</summary>
internal static class CommonChecks
{
    private const int MaxClaimName = 253;

    /// <summary>Variables that must be extended can be, and the certificates' volumes can be mounted.</summary>
    /// <param name="context">Settings.</param>
    /// <param name="container">The target.</param>
    /// <param name="composed">The variables that the injector extends, besides <c>OTEL_RESOURCE_ATTRIBUTES</c>.</param>
    public static Refusal? Check(InjectionContext context, Container container, params ReadOnlySpan<string> composed)
    {
        if (CheckComposable(context, container, SdkEnvironment.Attributes) is { } attributes) return attributes;
        foreach (var name in composed)
        {
            if (CheckComposable(context, container, name) is { } refusal) return refusal;
        }

        if ((CheckRead(context, context.Instrumentation.ReadContainers) ?? CheckRead(context, context.Section.ReadContainers)) is { } unread) return unread;
        foreach (var volume in context.Instrumentation.Tls?.Volumes ?? [])
        {
            var present = context.Pod.FindNamed(context.Pod.Volumes, volume.Name);
            if (present.IsPresent() && !IsSameSource(present, volume.Source))
                return new(Reasons.NameCollision, $"the pod has another volume named {volume.Name}");
            if (CheckMount(container, volume.MountPath, volume.Name) is { } taken) return taken;
        }

        return null;
    }

    /// <summary>A path that we mount is free, or mounted by us.</summary>
    public static Refusal? CheckMount(Container container, string path, string volume)
    {
        foreach (var mount in container.VolumeMounts.Items())
        {
            if (MountsDraft.PathsEqual(mount.Member("mountPath"u8), path) && mount.Text("name"u8) != volume)
                return new(Reasons.NameCollision, $"the container mounts another volume at {path}");
        }

        foreach (var device in container.Json.Member("volumeDevices"u8).Items())
        {
            if (MountsDraft.PathsEqual(device.Member("devicePath"u8), path)) return new(Reasons.NameCollision, $"the container has a device at {path}");
        }

        return null;
    }

    /// <summary>A volume's name is free.</summary>
    public static Refusal? CheckVolume(InjectionContext context, string name) =>
        context.Pod.HasNamed(context.Pod.Volumes, name) ? new(Reasons.NameCollision, $"the pod has a volume named {name}") : null;

    /// <summary>A container's name is free.</summary>
    public static Refusal? CheckContainerName(InjectionContext context, string name) =>
        context.Pod.HasNamed(context.Pod.InitContainers, name) || context.Pod.HasNamed(context.Pod.Containers, name)
            ? new(Reasons.NameCollision, $"the pod has a container named {name}")
            : null;

    /// <summary>
    /// What is added fits the pod: the containers' names are free among those that are no init containers, the pod has the claims that the section
    /// names, and a claim that is made of a template gets a name that is not too long.
    /// </summary>
    /// <param name="context">Settings.</param>
    /// <param name="volume">The volume, whose name is part of that of its claim.</param>
    /// <param name="containers">The names of the init containers.</param>
    public static Refusal? CheckAdded(InjectionContext context, string volume, params ReadOnlySpan<string> containers)
    {
        var pod = context.Pod;
        foreach (var name in containers)
        {
            if (pod.HasNamed(pod.Containers, name)) return new(Reasons.NameCollision, $"the pod has a container named {name}");
        }

        foreach (var claim in context.Section.Resources.Member("claims"u8).Items())
        {
            if (claim.Text("name"u8) is { } name && !pod.HasNamed(pod.ResourceClaims, name))
                return new(Reasons.InstrumentationInvalid, $"its resources name the claim {name}, which the pod does not have in spec.resourceClaims");
        }

        return context.Section.Volume.Member("ephemeral"u8).IsPresent() && pod.Name?.Length + 1 + volume.Length > MaxClaimName
            ? new(Reasons.PodInvalid, $"its name is too long for the claim PODNAME-{volume}, which may have {MaxClaimName} characters")
            : null;
    }

    private static Refusal? CheckRead(InjectionContext context, IReadOnlyList<string> containers)
    {
        for (var i = 0; i < containers.Count; i++)
        {
            var pod = context.Pod;
            if (!pod.HasNamed(pod.Containers, containers[i]) && !pod.HasNamed(pod.InitContainers, containers[i]))
                return new(Reasons.InstrumentationInvalid, $"its env reads a resource of the container {containers[i]}, which the pod does not have");
        }

        return null;
    }

    private static Refusal? CheckComposable(InjectionContext context, Container container, string name)
    {
        var reference = EffectiveReference(context, container, name);
        if (!reference.IsPresent()) return null;
        foreach (var source in reference.Members())
        {
            if (source.Value.Flag("optional"u8) == true) return new(Reasons.EnvValueFromOptional, name);
        }

        var helper = EnvDraft.OriginalPrefix + name;
        return FindEnv(container, helper).IsPresent() ? new(Reasons.NameCollision, $"the container has a variable named {helper}") : null;
    }

    /// <summary>The <c>valueFrom</c> by which a variable will come; undefined when it will be a literal.</summary>
    private static JsonElement EffectiveReference(InjectionContext context, Container container, string name)
    {
        if (FindEnv(container, name) is var own && own.IsPresent()) return own.Member("valueFrom"u8);
        return (FindEnv(context.Section.Env, name) ?? FindEnv(context.Instrumentation.Env, name))?.ValueFrom ?? default;
    }

    /// <summary>The first variable of that name in a resource's list; null when there is none.</summary>
    public static EnvVar? FindEnv(IReadOnlyList<EnvVar> variables, string name)
    {
        for (var i = 0; i < variables.Count; i++)
        {
            if (variables[i].Name == name) return variables[i];
        }

        return null;
    }

    /// <summary>The last entry of that name in a container's env, which is the one that counts; undefined when there is none.</summary>
    public static JsonElement FindEnv(Container container, string name)
    {
        // Brought into the pod's encoding once, not for each of its entries.
        Span<byte> buffer = stackalloc byte[128];
        ReadOnlySpan<byte> utf8 = Encoding.UTF8.TryGetBytes(name, buffer, out var length) ? buffer[..length] : Encoding.UTF8.GetBytes(name);
        var env = container.Env;
        if (env.ValueKind != JsonValueKind.Array || !CanContain(JsonMarshal.GetRawUtf8Value(env), utf8)) return default;
        JsonElement found = default;
        foreach (var item in env.EnumerateArray())
        {
            if (item.TextEquals("name"u8, utf8)) found = item;
        }

        return found;
    }

    // Most variables that are looked for are not there, which one look at the bytes tells; a name could also be written in escapes.
    private static bool CanContain(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name) => json.IndexOf(name) >= 0 || json.IndexOf("\\u"u8) >= 0;

    /// <summary>True when both volumes are of the same Secret, ConfigMap or host path.</summary>
    public static bool IsSameSource(JsonElement volume, JsonElement source)
    {
        foreach (var kind in source.Members())
        {
            if (!volume.TryGetProperty(kind.Name, out var present)) return false;
            foreach (var key in (ReadOnlySpan<string>)["secretName", "name", "path"])
            {
                if (kind.Value.TryGetProperty(key, out var expected) && !(present.TryGetProperty(key, out var actual) && JsonElement.DeepEquals(expected, actual)))
                    return false;
            }
        }

        return true;
    }
}
