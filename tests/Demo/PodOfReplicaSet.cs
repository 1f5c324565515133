using System.Text.Json.Nodes;
using Spanhook.Manifests;

namespace Spanhook.Demo;

/// <summary>
/// The pod of a Deployment as a webhook gets to see it: created by a ReplicaSet's controller, completed by the API server's defaulting and by
/// the ServiceAccount admission.
/// </summary>
internal static class PodOfReplicaSet
{
    private const string TokenFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    public static JsonObject Make(WorkloadTemplate template, string ns, string hash)
    {
        var pod = template.ToPod(ns);
        var name = $"{template.Workload.Name}-{hash}";
        var metadata = pod["metadata"]!.AsObject();
        metadata["generateName"] = name + "-";
        metadata["labels"]!.AsObject()["pod-template-hash"] = hash;
        metadata["ownerReferences"] = new JsonArray(new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "ReplicaSet",
            ["name"] = name,
            ["uid"] = "0f5d6c1e-2a4b-4f0e-9d57-3b8c1a7e6d42",
            ["controller"] = true,
            ["blockOwnerDeletion"] = true,
        });

        var spec = pod["spec"]!.AsObject();
        var token = "kube-api-access-" + hash[^5..];
        foreach (var field in (string[])["initContainers", "containers"])
        {
            foreach (var container in spec[field] as JsonArray ?? []) CompleteContainer(container!.AsObject(), token);
        }

        CompleteSpec(spec, token);
        pod["status"] = new JsonObject();
        return pod;
    }

    private static void CompleteSpec(JsonObject spec, string token)
    {
        List(spec, "volumes").Add(TokenVolume(token));
        Default(spec, "restartPolicy", "Always");
        Default(spec, "terminationGracePeriodSeconds", 30);
        Default(spec, "dnsPolicy", "ClusterFirst");
        Default(spec, "serviceAccountName", "default");
        Default(spec, "serviceAccount", "default");
        spec.TryAdd("securityContext", new JsonObject());
        Default(spec, "schedulerName", "default-scheduler");
        spec.TryAdd("tolerations", new JsonArray(Toleration("not-ready"), Toleration("unreachable")));
        Default(spec, "priority", 0);
        Default(spec, "enableServiceLinks", true);
        Default(spec, "preemptionPolicy", "PreemptLowerPriority");
    }

    private static void CompleteContainer(JsonObject container, string token)
    {
        foreach (var port in container["ports"] as JsonArray ?? []) Default(port!.AsObject(), "protocol", "TCP");
        container.TryAdd("resources", new JsonObject());
        List(container, "volumeMounts").Add(new JsonObject { ["name"] = token, ["readOnly"] = true, ["mountPath"] = TokenFolder });
        Default(container, "terminationMessagePath", "/dev/termination-log");
        Default(container, "terminationMessagePolicy", "File");
        Default(container, "imagePullPolicy", "IfNotPresent");
    }

    private static JsonObject TokenVolume(string name) => new()
    {
        ["name"] = name,
        ["projected"] = new JsonObject
        {
            ["sources"] = new JsonArray(
                new JsonObject { ["serviceAccountToken"] = new JsonObject { ["expirationSeconds"] = 3607, ["path"] = "token" } },
                new JsonObject { ["configMap"] = new JsonObject { ["name"] = "kube-root-ca.crt", ["items"] = Items(new JsonObject { ["key"] = "ca.crt", ["path"] = "ca.crt" }) } },
                new JsonObject { ["downwardAPI"] = new JsonObject { ["items"] = Items(NamespaceFile()) } }),
            ["defaultMode"] = 420,
        },
    };

    private static JsonObject NamespaceFile() =>
        new() { ["path"] = "namespace", ["fieldRef"] = new JsonObject { ["apiVersion"] = "v1", ["fieldPath"] = "metadata.namespace" } };

    private static JsonArray Items(JsonObject item) => [item];

    private static JsonObject Toleration(string condition) => new()
    {
        ["key"] = "node.kubernetes.io/" + condition,
        ["operator"] = "Exists",
        ["effect"] = "NoExecute",
        ["tolerationSeconds"] = 300,
    };

    private static JsonArray List(JsonObject parent, string field)
    {
        if (parent[field] is JsonArray list) return list;
        list = [];
        parent[field] = list;
        return list;
    }

    private static void Default<T>(JsonObject parent, string field, T value) => parent.TryAdd(field, JsonValue.Create(value));
}
