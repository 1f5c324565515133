using System.Text;
using System.Text.Json.Nodes;
using Spanhook.Manifests;

namespace Spanhook.Cli.Workloads;

/// <summary>The pod templates of a workload that the API server has.</summary>
internal static class WorkloadTemplates
{
    /// <param name="type">Its kind: items of a list do not say it.</param>
    /// <param name="item">As the API server has it.</param>
    /// <param name="ns">Its namespace.</param>
    /// <exception cref="ManifestException">There is none where one must be.</exception>
    public static IReadOnlyList<PodTemplate> Of(WorkloadType type, JsonObject item, string ns)
    {
        // The kind's own fields only: status and managedFields are often larger than the rest.
        var slim = new JsonObject
        {
            ["apiVersion"] = type.ApiVersion,
            ["kind"] = type.Kind,
            ["metadata"] = new JsonObject { ["name"] = item["metadata"]?["name"]?.DeepClone(), ["namespace"] = ns },
            ["spec"] = item["spec"]?.DeepClone(),
        };
        var document = ManifestReader.Parse(slim.ToJsonString(), $"{type.Singular}/{item["metadata"]?["name"]}")[0];
        var workload = ManifestObject.In(document, document.ToNode())[0];
        return [.. WorkloadTemplate.Of(workload).Select(template => new PodTemplate(template.Role, Encoding.UTF8.GetBytes(template.ToPod(ns).ToJsonString())))];
    }
}
