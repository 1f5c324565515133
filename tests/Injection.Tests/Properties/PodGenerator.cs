using System.Text.Json.Nodes;

namespace Spanhook.Injection.Tests.Properties;

/// <summary>Pods as an API server would let them in, from plain to odd, with fields that nobody knows and numbers that no type holds.</summary>
internal sealed class PodGenerator(Dice dice)
{
    private const string Prefix = "instrumentation.opentelemetry.io/";
    private static readonly string[] Languages = ["java", "nodejs", "python", "dotnet", "go", "apache-httpd", "nginx", "sdk", "vllm"];
    private static readonly string[] ContainerNames = ["app", "app", "web", "worker", "istio-proxy", "a", "x-0123456789-0123456789-0123456789-0123456789-0123456789-012345"];
    private static readonly string[] Texts = ["", "v", "a b", "ü€", "quote\"back\\slash", "a/b~c", "line\nbreak\u0001", "$$(X)", "k=v,k2=v2", "\u2028", "😀"];
    private static readonly string[] Numbers = ["1e400", "0.10", "9223372036854775808", "-0", "1E+2", "3"];

    private static readonly string[] EnvNames =
    [
        "PLAIN", "ANOTHER", "JAVA_TOOL_OPTIONS", "NODE_OPTIONS", "PYTHONPATH", "DOTNET_STARTUP_HOOKS", "DOTNET_ADDITIONAL_DEPS", "DOTNET_SHARED_STORE", "LD_LIBRARY_PATH",
        "OTEL_RESOURCE_ATTRIBUTES", "OTEL_RESOURCE_ATTRIBUTES_POD_NAME", "OTEL_RESOURCE_ATTRIBUTES_NODE_NAME", "OTEL_SERVICE_NAME", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL",
        "OTEL_POD_IP", "OTEL_NODE_IP", "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG", "OTEL_PROPAGATORS", "CORECLR_PROFILER", "VLLM_USE_V1", "SPANHOOK_ORIGINAL_NODE_OPTIONS", "odd.name-1",
    ];

    public JsonObject Pod()
    {
        var metadata = new JsonObject();
        if (dice.Chance(70)) metadata["generateName"] = "cart-5d4f9c7b8-";
        else metadata["name"] = "cart-0";
        if (dice.Chance(90)) metadata["annotations"] = Annotations();
        if (dice.Chance(70)) metadata["labels"] = Labels();
        if (dice.Chance(70)) metadata["ownerReferences"] = Owners();
        Unknown(metadata);

        var spec = new JsonObject();
        if (dice.Chance(15)) spec["shareProcessNamespace"] = dice.Chance(50);
        if (dice.Chance(10)) spec["nodeName"] = "node-7";
        if (dice.Chance(50)) spec["initContainers"] = Containers(2, "init-");
        spec["containers"] = Containers(3, "", 1);
        if (dice.Chance(60)) spec["volumes"] = Volumes();
        Unknown(spec);

        var pod = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Pod", ["metadata"] = metadata, ["spec"] = spec };
        Unknown(pod);
        EngineParts.Put(dice, pod);
        return pod;
    }

    private JsonObject Annotations()
    {
        var annotations = new JsonObject();
        dice.Some(3, _ => annotations[$"{Prefix}inject-{dice.Of(Languages)}"] = dice.Chance(70) ? dice.Of("true", "first", "other/shared") : dice.Of("True", "false", "second", "other/private", "", " true ", "nope"));
        if (dice.Chance(40)) dice.Some(3, _ => annotations[$"{Prefix}{dice.Of("container-names", $"{dice.Of(Languages)}-container-names")}"] =
            dice.Chance(60) ? "app" : dice.Of("web,app", "app,app", " app , worker ", "nobody", "init-app", "init-app,app", "a,,", "a b", ""));
        if (dice.Chance(60)) annotations[$"{Prefix}otel-go-auto-target-exe"] = "/app";
        if (dice.Chance(15)) annotations[$"{Prefix}otel-python-platform"] = dice.Of("musl", "glibc", "vms");
        if (dice.Chance(15)) annotations[$"{Prefix}otel-dotnet-auto-runtime"] = dice.Of("linux-x64", "linux-musl-x64", "osx");
        if (dice.Chance(20)) annotations["kubectl.kubernetes.io/default-container"] = dice.Of(ContainerNames);
        dice.Some(2, _ => annotations[$"resource.opentelemetry.io/{dice.Of("team", "service.name", "service.version", "k8s.pod.name", "a~b")}"] = dice.Of(Texts));
        dice.Some(2, _ => annotations[dice.Of("plain", "with/slash", "with~tilde", "~1", "ü")] = dice.Of(Texts));
        if (dice.Chance(3)) annotations["kubernetes.io/config.mirror"] = "0";
        return annotations;
    }

    private JsonObject Labels()
    {
        var labels = new JsonObject();
        if (dice.Chance(70)) labels["pod-template-hash"] = "5d4f9c7b8";
        dice.Some(2, _ => labels[dice.Of("app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/version", "app")] = dice.Of("cart", "1.0", ""));
        return labels;
    }

    private JsonArray Owners()
    {
        var owner = new JsonObject { ["apiVersion"] = "apps/v1", ["kind"] = dice.Of("ReplicaSet", "Job", "StatefulSet", "LeaderWorkerSet"), ["name"] = dice.Of("cart-5d4f9c7b8", "report-28912345", "db"), ["uid"] = "u1" };
        if (dice.Chance(80)) owner["controller"] = true;
        Unknown(owner);
        return [owner];
    }

    private JsonArray Containers(int most, string prefix, int least = 0)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = least + dice.UpTo(most - least); i > 0; i--) names.Add(prefix + dice.Of(ContainerNames));
        if (dice.Chance(2)) names.Add(prefix.Length > 0 ? "opentelemetry-auto-instrumentation-java" : "opentelemetry-auto-instrumentation");
        return [.. names.Select(Container)];
    }

    private JsonObject Container(string name)
    {
        var container = new JsonObject { ["name"] = name, ["image"] = dice.Of("registry.example/app:1.2.3", "vllm/vllm-openai:v0.22.0", "vllm/vllm-openai:latest", "registry.example/A:1", "app") };
        if (dice.Chance(15)) Engine(container);
        else if (dice.Chance(25)) container["command"] = Words(dice.Of("vllm serve", "vllm serve model", "python3 -m vllm.entrypoints.openai.api_server", "sh -c", "sleep 1"));
        if (!container.ContainsKey("args") && dice.Chance(35)) container["args"] = Words(dice.Of("model --port 8000", "model -- rest", "--model=x --disable-log-stats", "--otlp-traces-endpoint=http://mine:4317", "a ü"));
        if (dice.Chance(60)) container["env"] = Env();
        if (dice.Chance(20)) container["envFrom"] = new JsonArray(new JsonObject { ["configMapRef"] = new JsonObject { ["name"] = "cm" } });
        if (dice.Chance(40)) container["volumeMounts"] = Mounts();
        if (dice.Chance(30)) container["securityContext"] = new JsonObject { ["runAsUser"] = 1000 };
        if (dice.Chance(10)) container["resources"] = new JsonObject();
        Unknown(container);
        return container;
    }

    private void Engine(JsonObject container)
    {
        container["image"] = "registry.example/vllm-openai:v0.22.0";
        if (dice.Chance(70)) container["command"] = Words("vllm serve");
        container["args"] = Words(dice.Of("model --port 8000", "model -- rest", "model"));
    }

    private static JsonArray Words(string line) => [.. line.Split(' ').Select(word => JsonValue.Create(word))];

    private JsonArray Env()
    {
        var entries = new JsonArray();
        var names = new List<string>();
        dice.Some(6, _ =>
        {
            var name = dice.Of(EnvNames);
            if (names.Contains(name, StringComparer.Ordinal)) return;
            entries.Add(EnvEntry(name, names));
            names.Add(name);
        });
        return entries;
    }

    private JsonObject EnvEntry(string name, List<string> earlier)
    {
        var entry = new JsonObject { ["name"] = name };
        switch (dice.UpTo(5))
        {
            case 0:
                var reference = new JsonObject { ["name"] = "cm", ["key"] = dice.Of("k", "ü~/") };
                if (dice.Chance(30)) reference["optional"] = dice.Chance(60);
                Unknown(reference);
                entry["valueFrom"] = new JsonObject { [dice.Of("configMapKeyRef", "secretKeyRef")] = reference };
                break;
            case 1:
                entry["valueFrom"] = new JsonObject { ["fieldRef"] = new JsonObject { ["fieldPath"] = "metadata.name" } };
                break;
            case 2:
                break;
            case 3 when earlier.Exists(other => other != "OTEL_RESOURCE_ATTRIBUTES"):
                entry["value"] = $"x$({dice.Of([.. earlier.Where(other => other != "OTEL_RESOURCE_ATTRIBUTES")])})y";
                break;
            default:
                entry["value"] = name == "OTEL_RESOURCE_ATTRIBUTES" ? dice.Of("a=1", "a=1,", "k8s.pod.name=mine", "service.version=7,my.service.version=8", "broken", "") : dice.Of(Texts);
                break;
        }

        Unknown(entry);
        return entry;
    }

    private JsonArray Mounts()
    {
        var mounts = new JsonArray();
        var paths = new HashSet<string>(StringComparer.Ordinal);
        dice.Some(3, _ => paths.Add(dice.Of("/data", "/etc/nginx-other", "/tmp", "/otel-auto-instrumentation-nodejs", "/otel", "/usr/local/apache2/conf-x")));
        foreach (var path in paths)
        {
            var mount = new JsonObject { ["name"] = dice.Of("data", "tmp", "opentelemetry-auto-instrumentation-python"), ["mountPath"] = path };
            Unknown(mount);
            mounts.Add(mount);
        }

        return mounts;
    }

    private JsonArray Volumes()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        dice.Some(3, _ => names.Add(dice.Of("data", "tmp", "opentelemetry-auto-instrumentation-python", "kernel-debug", "otel-auto-secret-certs", "cache")));
        return [.. names.Select(name =>
        {
            var volume = new JsonObject { ["name"] = name, ["emptyDir"] = new JsonObject() };
            Unknown(volume);
            return volume;
        })];
    }

    /// <summary>Now and then a field that no version knows, with a number that no type holds.</summary>
    private void Unknown(JsonObject target)
    {
        if (!dice.Chance(12)) return;
        var key = dice.Of("future", "with/slash", "~tilde~", "ünï", "");
        if (target.ContainsKey(key)) return;
        target[key] = JsonNode.Parse($$"""{"n":{{dice.Of(Numbers)}},"list":[{{dice.Of(Numbers)}},null,{"":true}],"text":"\u0041"}""");
    }
}
