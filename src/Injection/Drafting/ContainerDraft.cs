using System.Text.Json;
using Spanhook.Api.Core;

namespace Spanhook.Injection.Drafting;

/// <summary>A container of the pod while it is edited.</summary>
internal sealed class ContainerDraft(Container view, int index, bool isInit)
{
    public Container View => view;
    public string Name { get; } = view.Name;

    /// <summary>Its place in the pod's list of containers or of init containers.</summary>
    public int Index => index;
    public bool IsInit => isInit;

    public EnvDraft Env => field ??= new(view.Env);
    public MountsDraft Mounts => field ??= new(view.VolumeMounts);
    public ArgsDraft Command => field ??= new(view.Command);
    public ArgsDraft Args => field ??= new(view.Args);

    /// <summary>Counts edits, so that it can be told whether an injector did anything.</summary>
    public int Edits => Env.Edits + Mounts.Edits + Command.Edits + Args.Edits;
}

/// <summary>A container that is added as an init container.</summary>
internal sealed class NewContainer(string name, string image)
{
    public string Name => name;
    public string Image => image;
    public string? ImagePullPolicy { get; init; }
    public IReadOnlyList<string> Command { get; init; } = [];
    public IReadOnlyList<string> Args { get; init; } = [];
    public EnvDraft Env { get; init; } = new(default);

    /// <summary>Copied as it is; undefined for none.</summary>
    public JsonElement EnvFrom { get; init; }

    /// <summary>Mounts that are copied from the application's container, before <see cref="Mounts"/>; undefined for none.</summary>
    public JsonElement CopiedMounts { get; init; }
    public IReadOnlyList<Mount> Mounts { get; init; } = [];
    public JsonElement Resources { get; init; }

    /// <summary>Undefined for none.</summary>
    public JsonElement SecurityContext { get; set; }

    /// <summary>A native sidecar: started before the application, ended after it.</summary>
    public bool IsSidecar { get; init; }
}
