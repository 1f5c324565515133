namespace Spanhook.EndToEnd.Support;

/// <summary>Where no kube-controller-manager is given, the tests create a Deployment's pod from its template, as its ReplicaSet's controller would.</summary>
internal static class ReplicaSetStandIn
{
    public static async Task CreatePodAsync(Kubectl kubectl, string ns, string deployment)
    {
        var workload = await kubectl.GetAsync("deployment", deployment, ns);
        var pod = workload["spec"]!["template"]!.DeepClone().AsObject();
        var hash = "e2e" + workload["metadata"]!["generation"]!.GetValue<int>();
        pod["apiVersion"] = "v1";
        pod["kind"] = "Pod";
        var metadata = pod["metadata"]!.AsObject();
        metadata["generateName"] = $"{deployment}-{hash}-";
        metadata["namespace"] = ns;
        metadata["labels"]!["pod-template-hash"] = hash;
        metadata["ownerReferences"] = new JsonArray(new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "ReplicaSet",
            ["name"] = $"{deployment}-{hash}",
            ["uid"] = Guid.NewGuid().ToString(),
            ["controller"] = true,
        });
        await kubectl.WithAsync(pod.ToJsonString(), "create", "-f", "-");
    }
}
