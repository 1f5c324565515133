using Spanhook.Api;
using Spanhook.Api.Core;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>What each container of a pod runs; each is read once, when it is first asked for.</summary>
internal sealed class PodPrograms(Pod pod)
{
    private readonly List<ContainerProgram> _known = new(1);

    /// <summary>What the container of that name runs; null when there is none.</summary>
    public ContainerProgram? Of(string container)
    {
        foreach (var known in _known)
        {
            if (known.Container == container) return known;
        }

        return Read(pod.Containers, container, isInit: false) ?? Read(pod.InitContainers, container, isInit: true);
    }

    private ContainerProgram? Read(System.Text.Json.JsonElement list, string name, bool isInit)
    {
        foreach (var item in list.Items())
        {
            if (item.Member("name"u8) is not { ValueKind: System.Text.Json.JsonValueKind.String } text || !text.ValueEquals(name)) continue;
            var program = ContainerProgramReader.Read(new Container(item), pod, isInit);
            _known.Add(program);
            return program;
        }

        return null;
    }
}
