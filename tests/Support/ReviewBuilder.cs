using System.Text.Json.Nodes;

namespace Spanhook.Support;

/// <summary>AdmissionReviews of ordinary pods as an API server writes them, for whoever measures: probes, a token volume, managed fields. Always the same bytes.</summary>
public static class ReviewBuilder
{
    /// <summary>Where the pods are created.</summary>
    public const string Namespace = "shop";

    /// <summary>The uid of every review.</summary>
    public const string Uid = "705ab4f5-6393-11e8-b7cc-42010a800002";

    /// <summary>A Namespace and the Instrumentation <c>default</c> in it, as YAML.</summary>
    public static string Instrumentation(string ns) => $$"""
        apiVersion: v1
        kind: Namespace
        metadata: {name: {{ns}}}
        ---
        apiVersion: opentelemetry.io/v1alpha1
        kind: Instrumentation
        metadata: {name: default, namespace: {{ns}}}
        spec:
          exporter: {endpoint: "http://otel-collector.observability:4317"}
          propagators: [tracecontext, baggage]
          sampler: {type: parentbased_traceidratio, argument: "0.25"}
          resource:
            resourceAttributes: {deployment.environment.name: production}
          java:
            env:
            - {name: OTEL_EXPORTER_OTLP_PROTOCOL, value: grpc}
        """;

    /// <summary>A container with that many variables.</summary>
    public static JsonObject Application(string name, int variables)
    {
        JsonObject Probe(string path) => new() { ["httpGet"] = new JsonObject { ["path"] = path, ["port"] = 8080, ["scheme"] = "HTTP" }, ["periodSeconds"] = 10, ["failureThreshold"] = 3 };
        var env = new JsonArray();
        for (var i = 0; i < variables; i++) env.Add(new JsonObject { ["name"] = $"SETTING_{i}", ["value"] = $"value-{i}.of.an.ordinary.length" });
        return new JsonObject
        {
            ["name"] = name,
            ["image"] = "registry.shop.example/team/checkout:2.4.1",
            ["ports"] = new JsonArray(new JsonObject { ["name"] = "http", ["containerPort"] = 8080, ["protocol"] = "TCP" }),
            ["env"] = env,
            ["resources"] = new JsonObject
            {
                ["limits"] = new JsonObject { ["cpu"] = "2", ["memory"] = "2Gi" },
                ["requests"] = new JsonObject { ["cpu"] = "500m", ["memory"] = "1Gi" },
            },
            ["volumeMounts"] = new JsonArray(new JsonObject
            {
                ["name"] = "kube-api-access-7x2kq",
                ["readOnly"] = true,
                ["mountPath"] = "/var/run/secrets/kubernetes.io/serviceaccount",
            }),
            ["livenessProbe"] = Probe("/livez"),
            ["readinessProbe"] = Probe("/readyz"),
            ["terminationMessagePath"] = "/dev/termination-log",
            ["terminationMessagePolicy"] = "File",
            ["imagePullPolicy"] = "IfNotPresent",
        };
    }

    /// <summary>A pod of a ReplicaSet; the annotations are those of the group instrumentation.opentelemetry.io.</summary>
    public static JsonObject Pod(JsonArray containers, params (string Key, string Value)[] annotations)
    {
        var written = new JsonObject { ["prometheus.io/scrape"] = "true", ["prometheus.io/port"] = "8080" };
        foreach (var (key, value) in annotations) written[$"instrumentation.opentelemetry.io/{key}"] = value;
        var pod = new JsonObject
        {
            ["kind"] = "Pod",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject
            {
                ["generateName"] = "checkout-7d9c6b8f5d-",
                ["creationTimestamp"] = null,
                ["labels"] = new JsonObject { ["app"] = "checkout", ["app.kubernetes.io/name"] = "checkout", ["pod-template-hash"] = "7d9c6b8f5d" },
                ["annotations"] = written,
                ["ownerReferences"] = new JsonArray(new JsonObject
                {
                    ["apiVersion"] = "apps/v1",
                    ["kind"] = "ReplicaSet",
                    ["name"] = "checkout-7d9c6b8f5d",
                    ["uid"] = "0b3f6a50-9d6e-4d59-8f2e-2f6f9e7a1c00",
                    ["controller"] = true,
                    ["blockOwnerDeletion"] = true,
                }),
            },
            ["spec"] = new JsonObject
            {
                ["volumes"] = new JsonArray(new JsonObject { ["name"] = "kube-api-access-7x2kq", ["projected"] = new JsonObject { ["defaultMode"] = 420 } }),
                ["containers"] = containers,
                ["restartPolicy"] = "Always",
                ["terminationGracePeriodSeconds"] = 30,
                ["dnsPolicy"] = "ClusterFirst",
                ["serviceAccountName"] = "default",
                ["securityContext"] = new JsonObject(),
                ["schedulerName"] = "default-scheduler",
                ["tolerations"] = new JsonArray(new JsonObject { ["key"] = "node.kubernetes.io/not-ready", ["operator"] = "Exists", ["effect"] = "NoExecute", ["tolerationSeconds"] = 300 }),
                ["enableServiceLinks"] = true,
                ["preemptionPolicy"] = "PreemptLowerPriority",
            },
            ["status"] = new JsonObject(),
        };
        pod["metadata"]!["managedFields"] = ManagedFields(pod);
        return pod;
    }

    /// <summary>The API server's question about the creation of a pod.</summary>
    public static JsonObject Review(JsonObject pod)
    {
        JsonObject Kind() => new() { ["group"] = "", ["version"] = "v1", ["kind"] = "Pod" };
        JsonObject Resource() => new() { ["group"] = "", ["version"] = "v1", ["resource"] = "pods" };
        return new JsonObject
        {
            ["kind"] = "AdmissionReview",
            ["apiVersion"] = "admission.k8s.io/v1",
            ["request"] = new JsonObject
            {
                ["uid"] = Uid,
                ["kind"] = Kind(),
                ["resource"] = Resource(),
                ["requestKind"] = Kind(),
                ["requestResource"] = Resource(),
                ["namespace"] = Namespace,
                ["operation"] = "CREATE",
                ["userInfo"] = new JsonObject
                {
                    ["username"] = "system:serviceaccount:kube-system:replicaset-controller",
                    ["groups"] = new JsonArray("system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"),
                },
                ["object"] = pod,
                ["oldObject"] = null,
                ["dryRun"] = false,
                ["options"] = new JsonObject { ["kind"] = "CreateOptions", ["apiVersion"] = "meta.k8s.io/v1" },
            },
        };
    }

    /// <summary>What the API server notes of who set which field: as large as the pod itself, and wide objects, which a reader has to get through.</summary>
    private static JsonArray ManagedFields(JsonObject pod)
    {
        var fields = new JsonObject
        {
            ["f:metadata"] = Owned(pod["metadata"]!),
            ["f:spec"] = Owned(pod["spec"]!),
        };
        return new JsonArray(new JsonObject
        {
            ["manager"] = "kube-controller-manager",
            ["operation"] = "Update",
            ["apiVersion"] = "v1",
            ["time"] = "2026-08-21T08:15:30Z",
            ["fieldsType"] = "FieldsV1",
            ["fieldsV1"] = fields,
        });
    }

    private static JsonObject Owned(JsonNode value)
    {
        var owned = new JsonObject();
        foreach (var (key, member) in value as JsonObject ?? []) owned[$"f:{key}"] = member is null ? new JsonObject() : Owned(member);
        foreach (var item in value as JsonArray ?? [])
        {
            if (item is not JsonObject named || named["name"] is not { } name) continue;
            var fields = Owned(named);
            fields["."] = new JsonObject();
            owned[$"k:{{\"name\":\"{name}\"}}"] = fields;
        }

        return owned;
    }
}
