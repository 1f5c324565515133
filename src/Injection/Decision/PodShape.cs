using System.Text.Json;
using Spanhook.Api;
using Spanhook.Api.Core;

namespace Spanhook.Injection.Decision;

/// <summary>
/// Whether a pod has the shape that the edits rely on. The API server refuses other pods anyway, but only after admission; until then anybody
/// may send anything.
/// </summary>
internal static class PodShape
{
    /// <summary>The first place where the shape is wrong, for people; null when it is right.</summary>
    public static string? FirstProblem(Pod pod)
    {
        if (!pod.IsObject) return "the object is not a JSON object";
        if (pod.Spec.ValueKind != JsonValueKind.Object) return "spec is not an object";
        if (pod.Containers.ValueKind != JsonValueKind.Array || pod.Containers.GetArrayLength() == 0) return "spec.containers is not a list of containers";
        return MapProblem(pod.Metadata, "metadata", JsonValueKind.Object)
            ?? StringMapProblem(pod.Annotations, "metadata.annotations")
            ?? StringMapProblem(pod.Labels, "metadata.labels")
            ?? ListProblem(pod.Volumes, "spec.volumes")
            ?? ContainersProblem(pod.InitContainers, "spec.initContainers")
            ?? ContainersProblem(pod.Containers, "spec.containers");
    }

    private static string? ContainersProblem(JsonElement list, string path)
    {
        if (ListProblem(list, path) is { } problem) return problem;
        foreach (var item in list.Items())
        {
            var container = new Container(item);
            if (item.Member("name"u8).AsText() is not { Length: > 0 } name) return $"{path} has a container without a name";
            var found = ListProblem(container.Env, $"{path}[{name}].env")
                ?? ListProblem(container.VolumeMounts, $"{path}[{name}].volumeMounts")
                ?? WordsProblem(container.Command, $"{path}[{name}].command")
                ?? WordsProblem(container.Args, $"{path}[{name}].args");
            if (found is not null) return found;
        }

        return null;
    }

    private static string? ListProblem(JsonElement list, string path)
    {
        if (!list.IsPresent()) return null;
        if (list.ValueKind != JsonValueKind.Array) return $"{path} is not a list";
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object || !item.Member("name"u8).IsText()) return $"{path} has an entry without a name";
        }

        return null;
    }

    private static string? WordsProblem(JsonElement words, string path)
    {
        if (!words.IsPresent()) return null;
        if (words.ValueKind != JsonValueKind.Array) return $"{path} is not a list";
        foreach (var word in words.EnumerateArray())
        {
            if (!word.IsText()) return $"{path} has a word that is not a string";
        }

        return null;
    }

    private static string? StringMapProblem(JsonElement map, string path)
    {
        if (MapProblem(map, path, JsonValueKind.Object) is { } problem) return problem;
        foreach (var member in map.Members())
        {
            if (member.Value.IsPresent() && member.Value.ValueKind != JsonValueKind.String) return $"{path} has a value that is not a string";
        }

        return null;
    }

    private static string? MapProblem(JsonElement map, string path, JsonValueKind kind) =>
        map.IsPresent() && map.ValueKind != kind ? $"{path} is not an object" : null;
}
