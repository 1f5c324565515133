using System.Text.Json.Nodes;
using Spanhook.Manifests;

namespace Spanhook.Cli.Injecting;

/// <summary>Injected manifests for other programs: YAML, JSON, or patches.</summary>
internal static class InjectionOutput
{
    /// <summary>The documents with <c>---</c> between them. What is not changed stays as it was written, comments and all.</summary>
    public static void WriteYaml(TextWriter output, IReadOnlyList<InjectedManifest> manifests)
    {
        for (var i = 0; i < manifests.Count; i++)
        {
            if (i > 0) output.Write("---\n");
            var (manifest, document) = (manifests[i], manifests[i].Document);
            var isVerbatim = !manifest.IsChanged && document.Format == ManifestFormat.Yaml && document.Text is not null;
            output.Write(isVerbatim ? document.Text : ManifestWriter.ToYaml(manifest.Node));
        }
    }

    /// <summary>The object; of several, a List as kubectl prints it.</summary>
    public static void WriteJson(TextWriter output, IReadOnlyList<InjectedManifest> manifests)
    {
        if (manifests.Count == 1)
        {
            output.Write(ManifestWriter.ToJson(manifests[0].Node));
            return;
        }

        output.Write(ManifestWriter.ToJson(new JsonObject
        {
            ["apiVersion"] = "v1",
            ["items"] = new JsonArray([.. manifests.Select(manifest => manifest.Node.DeepClone())]),
            ["kind"] = "List",
            ["metadata"] = new JsonObject { ["resourceVersion"] = "" },
        }));
    }

    /// <summary>The RFC 6902 patch of the workload; of several, a list that says which patch is whose.</summary>
    public static void WritePatches(TextWriter output, IReadOnlyList<InjectedManifest> manifests)
    {
        var workloads = manifests.SelectMany(manifest => manifest.Workloads).ToArray();
        output.Write(ManifestWriter.ToJson(workloads.Length == 1 ? PatchOf(workloads[0]) : new JsonArray([.. workloads.Select(WithObject)])));
    }

    private static JsonObject WithObject(InjectedWorkload workload) => new()
    {
        ["object"] = new JsonObject
        {
            ["apiVersion"] = workload.Object.ApiVersion,
            ["kind"] = workload.Object.Kind,
            ["namespace"] = workload.Namespace,
            ["name"] = workload.Object.Name,
        },
        ["patch"] = PatchOf(workload),
    };

    /// <summary>The pods' patches with the paths of their templates, so that it applies to the object as it was written.</summary>
    private static JsonArray PatchOf(InjectedWorkload workload)
    {
        var patch = new JsonArray();
        foreach (var pod in workload.Pods)
        {
            var prefix = pod.Template.Pointer;
            if (pod.Patch.Count > 0 && !pod.Template.HadMetadata)
            {
                // Every pod has metadata, a template need not.
                patch.Add((JsonNode)new JsonObject { ["op"] = "add", ["path"] = $"{prefix}/metadata", ["value"] = new JsonObject() });
            }

            foreach (var operation in pod.Patch)
            {
                var copy = operation!.DeepClone();
                copy["path"] = prefix + copy["path"]!.GetValue<string>();
                patch.Add(copy);
            }
        }

        return patch;
    }
}
