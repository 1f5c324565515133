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
        return Under("metadata", MapProblem(pod.Metadata))
            ?? Under("metadata.annotations", StringMapProblem(pod.Annotations))
            ?? Under("metadata.labels", StringMapProblem(pod.Labels))
            ?? Under("spec.volumes", ListProblem(pod.Volumes))
            ?? Under("spec.initContainers", ContainersProblem(pod.InitContainers))
            ?? Under("spec.containers", ContainersProblem(pod.Containers));
    }

    // Nearly every pod is right: a place becomes text only where something is wrong there.
    private static string? Under(string path, string? problem) => problem is null ? null : path + problem;

    private static string? ContainersProblem(JsonElement list)
    {
        if (ListProblem(list) is { } problem) return problem;
        foreach (var item in list.Items())
        {
            var container = new Container(item);
            if (item.TextEquals("name"u8, ""u8)) return " has a container without a name";
            var found = Under(".env", ListProblem(container.Env))
                ?? Under(".volumeMounts", ListProblem(container.VolumeMounts))
                ?? Under(".command", WordsProblem(container.Command))
                ?? Under(".args", WordsProblem(container.Args));
            if (found is not null) return $"[{container.Name}]{found}";
        }

        return null;
    }

    private static string? ListProblem(JsonElement list)
    {
        if (!list.IsPresent()) return null;
        if (list.ValueKind != JsonValueKind.Array) return " is not a list";
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object || !item.Member("name"u8).IsText()) return " has an entry without a name";
        }

        return null;
    }

    private static string? WordsProblem(JsonElement words)
    {
        if (!words.IsPresent()) return null;
        if (words.ValueKind != JsonValueKind.Array) return " is not a list";
        foreach (var word in words.EnumerateArray())
        {
            if (!word.IsText()) return " has a word that is not a string";
        }

        return null;
    }

    private static string? StringMapProblem(JsonElement map)
    {
        if (MapProblem(map) is { } problem) return problem;
        foreach (var member in map.Members())
        {
            if (member.Value.IsPresent() && member.Value.ValueKind != JsonValueKind.String) return " has a value that is not a string";
        }

        return null;
    }

    private static string? MapProblem(JsonElement map) => map.IsPresent() && map.ValueKind != JsonValueKind.Object ? " is not an object" : null;
}
