using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spanhook.Api;
using Spanhook.Injection.Cluster;
using Spanhook.Manifests;

namespace Spanhook.Benchmarks;

/// <summary>The AdmissionReviews that are measured, as an API server writes them, and the cluster that they meet. Always the same bytes.</summary>
internal static class Reviews
{
    /// <summary>The size of an ordinary review: a pod of one container with probes, a token volume and its managed fields.</summary>
    public const int OrdinarySize = 10 * 1024;

    private const string Namespace = "shop";

    /// <summary>The manifests of <see cref="Cluster"/>, for a server that is started with them.</summary>
    public static string Manifests { get; } = string.Join("\n---\n", Enumerable.Range(0, 2).Select(i => Instrumentation($"team-{i}")).Prepend(Instrumentation(Namespace)));

    /// <summary>What the webhook knows: two Instrumentations in other namespaces and the one that is used.</summary>
    public static ClusterSnapshot Cluster { get; } = ClusterSnapshot.Compile(ClusterObjects());

    /// <summary>An ordinary pod that asks for nothing.</summary>
    public static byte[] NotSelected() => Ordinary(variables => Pod([Application("app", variables)]));

    /// <summary>An ordinary pod that asks for the Java agent.</summary>
    public static byte[] OneContainer() => Ordinary(variables => Pod([Application("app", variables)], ("inject-java", "true")));

    /// <summary>An ordinary pod that runs vLLM and asks for its traces.</summary>
    public static byte[] Vllm() => Ordinary(variables =>
    {
        var engine = Application("engine", variables);
        engine["image"] = "docker.io/vllm/vllm-openai:v0.22.0";
        engine["command"] = new JsonArray("vllm", "serve");
        engine["args"] = new JsonArray("Qwen/Qwen2.5-0.5B-Instruct", "--port", "8000", "--max-model-len", "8192", "--gpu-memory-utilization", "0.92");
        return Pod([engine], ("inject-vllm", "true"));
    });

    /// <summary>As <see cref="Vllm"/>, started by a shell script of 4 KB as the field's are: exports, a loop that waits, a branch, the server at its end.</summary>
    public static byte[] VllmScript() => Ordinary(variables =>
    {
        var engine = Application("engine", variables);
        engine["image"] = "docker.io/vllm/vllm-openai:v0.22.0";
        engine["command"] = new JsonArray("bash", "-c");
        engine["args"] = new JsonArray(Script());
        return Pod([engine], ("inject-vllm", "true"));
    });

    private static string Script()
    {
        var script = new System.Text.StringBuilder("set -euo pipefail\n");
        for (var i = 0; script.Length < 3400; i++)
            script.Append(CultureInfo.InvariantCulture, $"# Device {i}\nexport NCCL_IB_HCA_{i}=\"${{NCCL_IB_HCA:-mlx5_{i}}}\"\nif [ -n \"$RANK_{i}\" ]; then echo \"rank $RANK_{i} of {i}\"; fi\n");
        script.Append("until curl -sf http://head:8265 > /dev/null 2>&1; do sleep 2; done\nexec vllm serve Qwen/Qwen3-32B \\\n");
        for (var i = 0; script.Length < 4060; i++) script.Append(CultureInfo.InvariantCulture, $"  --option-{i} 'value {i}' \\\n");
        return script.Append("  --port 8000\n").ToString();
    }

    /// <summary>100 containers of 40 variables each, of which <paramref name="targets"/> ask for the Java agent; 32 is as many as a pod may name.</summary>
    public static byte[] Wide(int targets)
    {
        var names = Enumerable.Range(0, 100).Select(i => string.Create(CultureInfo.InvariantCulture, $"app-{i}")).ToList();
        var pod = Pod([.. names.Select(name => Application(name, 40))], ("inject-java", "true"), ("java-container-names", string.Join(',', names.Take(targets))));
        return JsonSerializer.SerializeToUtf8Bytes<JsonNode>(Review(pod));
    }

    private static ClusterObjects ClusterObjects() => ClusterManifests.From(ManifestReader.Parse(Manifests, "cluster.yaml")).Objects;

    private static string Instrumentation(string ns) => $$"""
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

    private static JsonObject Application(string name, int variables)
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

    private static JsonObject Pod(JsonArray containers, params (string Key, string Value)[] annotations)
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

    private static JsonObject Review(JsonObject pod)
    {
        JsonObject Kind() => new() { ["group"] = "", ["version"] = "v1", ["kind"] = "Pod" };
        JsonObject Resource() => new() { ["group"] = "", ["version"] = "v1", ["resource"] = "pods" };
        return new JsonObject
        {
            ["kind"] = "AdmissionReview",
            ["apiVersion"] = "admission.k8s.io/v1",
            ["request"] = new JsonObject
            {
                ["uid"] = "705ab4f5-6393-11e8-b7cc-42010a800002",
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

    /// <summary>As many variables as make it <see cref="OrdinarySize"/>.</summary>
    private static byte[] Ordinary(Func<int, JsonObject> pod)
    {
        for (var variables = 1; ; variables++)
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes<JsonNode>(Review(pod(variables)));
            if (bytes.Length >= OrdinarySize) return bytes;
        }
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
