using System.Text.Json;
using Spanhook.Api;
using Spanhook.Api.Core;

namespace Spanhook.Injection.Drafting;

/// <summary>
/// The pod while it is edited: what is added, over a view that stays as it is. Injectors see each other's edits. Dispose gives the memory of
/// the environments back.
/// </summary>
internal sealed class PodDraft(Pod pod) : IDisposable
{
    // One of each is what most injections need.
    private readonly List<ContainerDraft> _containers = new(1);
    private readonly List<AddedInitContainer> _initContainers = new(1);
    private readonly List<Volume> _volumes = new(1);
    private int _edits;

    public Pod Pod => pod;

    /// <summary>The containers that were asked for, in no particular order.</summary>
    public List<ContainerDraft> Containers => _containers;

    /// <summary>In the order in which they stand: by place, then as they were added.</summary>
    public List<AddedInitContainer> InitContainers => _initContainers;
    public List<Volume> Volumes => _volumes;
    public bool ShareProcessNamespace { get; private set; }

    /// <summary>Counts edits of the pod and of all its containers.</summary>
    public int Edits
    {
        get
        {
            var edits = _edits;
            foreach (var container in _containers) edits += container.Edits;
            return edits;
        }
    }

    public void Dispose()
    {
        foreach (var container in _containers) container.Dispose();
        foreach (var added in _initContainers) added.Container.Dispose();
    }

    /// <summary>The draft of one container: the same for every injector.</summary>
    public ContainerDraft Container(in TargetRef target)
    {
        foreach (var known in _containers)
        {
            if (known.Index == target.Index && known.IsInit == target.IsInit) return known;
        }

        var draft = new ContainerDraft(pod.ContainerAt(target), target.Index, target.IsInit);
        _containers.Add(draft);
        return draft;
    }

    public bool HasInitContainer(string name)
    {
        foreach (var added in _initContainers)
        {
            if (added.Container.Name == name) return true;
        }

        return pod.HasNamed(pod.InitContainers, name);
    }

    /// <summary>An init container that was added; null when it is the user's or not there.</summary>
    public NewContainer? AddedInit(string name) => _initContainers.Find(a => a.Container.Name == name).Container;

    /// <summary>
    /// Adds an init container before the original one at <paramref name="before"/>; at the end when that is the number of originals. Unless one of
    /// that name is there: a pod with two is refused.
    /// </summary>
    public void AddInitContainer(NewContainer container, int before)
    {
        if (HasInitContainer(container.Name))
        {
            container.Dispose();
            return;
        }

        var at = _initContainers.Count;
        while (at > 0 && _initContainers[at - 1].Before > before) at--;
        _initContainers.Insert(at, new(container, before));
        _edits++;
    }

    /// <summary>Adds a volume unless one of that name is there.</summary>
    public void AddVolume(string name, JsonElement source)
    {
        foreach (var added in _volumes)
        {
            if (added.Name == name) return;
        }

        if (pod.HasNamed(pod.Volumes, name)) return;
        _volumes.Add(new(name, source));
        _edits++;
    }

    /// <summary>Lets the containers see each other's processes.</summary>
    public void SetShareProcessNamespace()
    {
        if (pod.ShareProcessNamespace == true || ShareProcessNamespace) return;
        ShareProcessNamespace = true;
        _edits++;
    }
}

/// <summary>Which container of the pod.</summary>
internal readonly record struct TargetRef(int Index, bool IsInit);

/// <summary>An added init container, and the original before which it stands.</summary>
internal readonly record struct AddedInitContainer(NewContainer Container, int Before);

/// <summary>An added volume; <paramref name="Source"/> is for example <c>{"emptyDir":{}}</c>.</summary>
internal readonly record struct Volume(string Name, JsonElement Source);

internal static class PodNames
{
    /// <summary>The container at that place.</summary>
    public static Container ContainerAt(this Pod pod, TargetRef target) => new((target.IsInit ? pod.InitContainers : pod.Containers)[target.Index]);

    /// <summary>True when a list of the pod has an entry of that name.</summary>
    public static bool HasNamed(this Pod pod, JsonElement list, string name) => pod.FindNamed(list, name).IsPresent();

    /// <summary>The entry of that name; undefined when there is none.</summary>
    public static JsonElement FindNamed(this Pod pod, JsonElement list, string name)
    {
        _ = pod;
        foreach (var item in list.Items())
        {
            if (item.Member("name"u8) is { ValueKind: JsonValueKind.String } text && text.ValueEquals(name)) return item;
        }

        return default;
    }
}
