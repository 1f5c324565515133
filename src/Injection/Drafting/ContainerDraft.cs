using System.Text.Json;
using Spanhook.Api.Core;

namespace Spanhook.Injection.Drafting;

/// <summary>A container of the pod while it is edited.</summary>
internal sealed class ContainerDraft(Container view, int index, bool isInit) : IDisposable
{
    private int _editsBefore;
    private EnvDraft? _env;
    private MountsDraft? _mounts;
    private ArgsDraft? _command;
    private ArgsDraft? _args;

    public Container View => view;
    public string Name { get; } = view.Name;

    /// <summary>Its place in the pod's list of containers or of init containers.</summary>
    public int Index => index;
    public bool IsInit => isInit;

    public EnvDraft Env => _env ??= new(view.Env);
    public MountsDraft Mounts => _mounts ??= new(view.VolumeMounts);
    public ArgsDraft Command => _command ??= new(view.Command);
    public ArgsDraft Args => _args ??= new(view.Args);

    /// <summary>Counts edits, so that it can be told whether an injector did anything. What was never asked for was never edited.</summary>
    public int Edits => (_env?.Edits ?? 0) + (_mounts?.Edits ?? 0) + (_command?.Edits ?? 0) + (_args?.Edits ?? 0);

    /// <summary>True when there were edits since <see cref="BeginInjector"/>.</summary>
    public bool WasEdited => Edits > _editsBefore;

    /// <summary>Another injector begins.</summary>
    public void BeginInjector() => _editsBefore = Edits;

    public void Dispose() => _env?.Dispose();
}

/// <summary>A container that is added as an init container.</summary>
internal sealed class NewContainer(string name, string image) : IDisposable
{
    public string Name => name;
    public string Image => image;
    public string? ImagePullPolicy { get; init; }
    public IReadOnlyList<string> Command { get; init; } = [];
    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>Null for none.</summary>
    public EnvDraft? Env { get; init; }

    /// <summary>Copied as it is; undefined for none.</summary>
    public JsonElement EnvFrom { get; init; }

    /// <summary>Mounts that are copied from the application's container, before <see cref="Mounts"/>; undefined for none.</summary>
    public JsonElement CopiedMounts { get; init; }
    public Mount[] Mounts { get; init; } = [];
    public JsonElement Resources { get; init; }

    /// <summary>Undefined for none.</summary>
    public JsonElement SecurityContext { get; set; }

    /// <summary>A native sidecar: started before the application, ended after it.</summary>
    public bool IsSidecar { get; init; }

    public void Dispose() => Env?.Dispose();
}
