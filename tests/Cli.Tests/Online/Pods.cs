using System.Text.Json;
using System.Text.Json.Nodes;
using Spanhook.Api;
using Spanhook.Api.OpenTelemetry;
using Spanhook.Cli.Comparing;
using Spanhook.Injection;
using Spanhook.Injection.Cluster;

namespace Spanhook.Cli.Tests.Online;

/// <summary>Workloads, and their pods as an API server with or without the webhook stores them.</summary>
internal static class Pods
{
    public const string InjectJava = "instrumentation.opentelemetry.io/inject-java";

    /// <summary>A Deployment of one container "app" that is rolled out completely.</summary>
    public static JsonObject Deployment(string name, int replicas = 1, string? annotation = InjectJava, string ns = "ml") => Workload("apps/v1", "Deployment", name, replicas, annotation, ns);

    public static JsonObject Workload(string apiVersion, string kind, string name, int replicas, string? annotation, string ns = "ml") => new()
    {
        ["apiVersion"] = apiVersion,
        ["kind"] = kind,
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns, ["generation"] = 1 },
        ["spec"] = new JsonObject
        {
            ["replicas"] = replicas,
            ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = name } },
            ["template"] = Template(name, annotation),
        },
        ["status"] = Status(kind, replicas, generation: 1),
    };

    public static JsonObject Template(string name, string? annotation) => new()
    {
        ["metadata"] = new JsonObject
        {
            ["labels"] = new JsonObject { ["app"] = name },
            ["annotations"] = annotation is null ? [] : new JsonObject { [annotation] = "true" },
        },
        ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["image"] = "app:1.0" }) },
    };

    /// <summary>As the controller reports when all is done.</summary>
    public static JsonObject Status(string kind, int replicas, long generation) => kind == "DaemonSet"
        ? new JsonObject { ["observedGeneration"] = generation, ["desiredNumberScheduled"] = replicas, ["updatedNumberScheduled"] = replicas, ["numberAvailable"] = replicas }
        : new JsonObject
        {
            ["observedGeneration"] = generation,
            ["replicas"] = replicas,
            ["updatedReplicas"] = replicas,
            ["readyReplicas"] = replicas,
            ["availableReplicas"] = replicas,
            ["currentRevision"] = $"r{generation}",
            ["updateRevision"] = $"r{generation}",
        };

    /// <summary>The ReplicaSet of a Deployment.</summary>
    public static JsonObject ReplicaSet(JsonObject deployment, string hash)
    {
        var (ns, name) = NameOf(deployment);
        return new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "ReplicaSet",
            ["metadata"] = new JsonObject { ["name"] = $"{name}-{hash}", ["namespace"] = ns, ["ownerReferences"] = Owner(deployment) },
        };
    }

    /// <summary>A running pod of a controller, as it was admitted: with what this endpoint's Instrumentation injects, or nothing.</summary>
    /// <param name="controller">The ReplicaSet, StatefulSet, DaemonSet …</param>
    /// <param name="template">The pod template it was made of.</param>
    /// <param name="suffix">Of its name.</param>
    /// <param name="endpoint">Null for a pod without injection.</param>
    public static JsonObject Running(JsonObject controller, JsonObject template, string suffix, string? endpoint)
    {
        var (ns, name) = NameOf(controller);
        var pod = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Pod", ["metadata"] = template["metadata"]!.DeepClone(), ["spec"] = template["spec"]!.DeepClone() };
        var metadata = pod["metadata"]!.AsObject();
        metadata["namespace"] = ns;
        metadata["generateName"] = $"{name}-";
        metadata["ownerReferences"] = Owner(controller);
        var isNamed = controller["kind"]!.GetValue<string>() == "StatefulSet";
        if (isNamed) metadata["name"] = $"{name}-{suffix}";
        if (controller["kind"]!.GetValue<string>() == "ReplicaSet") metadata["labels"]!["pod-template-hash"] = name.Split('-')[^1];
        var stored = endpoint is null ? pod : Inject(pod, ns, endpoint);
        stored["metadata"]!["name"] = $"{name}-{suffix}";
        stored["metadata"]!["uid"] = $"uid-of-{name}-{suffix}";
        stored["status"] = new JsonObject { ["phase"] = "Running" };
        return WithDefaults(stored);
    }

    public static JsonObject Inject(JsonObject pod, string ns, string endpoint)
    {
        var instrumentation = JsonSerializer.Deserialize($$$"""{"metadata": {"name": "default", "namespace": "{{{ns}}}"}, "spec": {"exporter": {"endpoint": "{{{endpoint}}}"} } }""", ApiJsonContext.Default.Instrumentation)!;
        var cluster = ClusterSnapshot.Compile(new ClusterObjects { Instrumentations = new List<Instrumentation> { instrumentation } });
        return new PodComparer(new PodInjector(InjectionOptions.Default), cluster).Inject(pod, ns).After;
    }

    /// <summary>What the API server and its admission add to every pod.</summary>
    public static JsonObject WithDefaults(JsonObject pod)
    {
        var spec = pod["spec"]!.AsObject();
        spec["restartPolicy"] ??= "Always";
        spec["nodeName"] = "node-1";
        (spec["volumes"] ??= new JsonArray()).AsArray().Add(new JsonObject { ["name"] = "kube-api-access-x", ["projected"] = new JsonObject() });
        foreach (var container in (spec["containers"] as JsonArray ?? []).Concat(spec["initContainers"] as JsonArray ?? []).Select(container => container!.AsObject()))
        {
            container["terminationMessagePath"] ??= "/dev/termination-log";
            container["imagePullPolicy"] ??= "IfNotPresent";
            (container["volumeMounts"] ??= new JsonArray()).AsArray().Add(new JsonObject { ["name"] = "kube-api-access-x", ["mountPath"] = "/var/run/secrets/x", ["readOnly"] = true });
            foreach (var variable in container["env"] as JsonArray ?? [])
            {
                if (variable!["valueFrom"]?["fieldRef"] is JsonObject field) field["apiVersion"] = "v1";
            }
        }

        return pod;
    }

    private static JsonArray Owner(JsonObject controller) => new(new JsonObject
    {
        ["apiVersion"] = controller["apiVersion"]!.GetValue<string>(),
        ["kind"] = controller["kind"]!.GetValue<string>(),
        ["name"] = NameOf(controller).Name,
        ["controller"] = true,
    });

    private static (string Namespace, string Name) NameOf(JsonObject item) => (item["metadata"]!["namespace"]!.GetValue<string>(), item["metadata"]!["name"]!.GetValue<string>());
}
