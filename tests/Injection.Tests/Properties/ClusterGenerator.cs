using System.Text.Json;
using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Api.OpenTelemetry;
using Spanhook.Api.Policy;

namespace Spanhook.Injection.Tests.Properties;

/// <summary>Clusters with Instrumentations that use every section.</summary>
internal sealed class ClusterGenerator(Dice dice)
{
    private const string Prefix = "instrumentation.opentelemetry.io/";

    private const string Reference = """{"configMapKeyRef":{"name":"otel","key":"k"}}""";
    private const string OptionalReference = """{"configMapKeyRef":{"name":"otel","key":"k","optional":true}}""";

    private static readonly string[] EnvNames =
        ["REGION", "ZONE", "JAVA_TOOL_OPTIONS", "NODE_OPTIONS", "PYTHONPATH", "DOTNET_SHARED_STORE", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_LOG_LEVEL", "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_GO_AUTO_TARGET_EXE"];

    public ClusterObjects Cluster() => new()
    {
        Namespaces = [new Namespace { Metadata = new() { Name = "shop", Annotations = NamespaceAnnotations() } }],
        Instrumentations = [.. Instrumentations()],
        Policies = [.. dice.Chance(70) ? [Policy()] : Array.Empty<TracingPolicy>(), .. new PolicyGenerator(dice, Spec).Policies(3)],
    };

    private Dictionary<string, string> NamespaceAnnotations()
    {
        var annotations = new Dictionary<string, string>(StringComparer.Ordinal);
        if (dice.Chance(30)) annotations[$"{Prefix}inject-{dice.Of("java", "nodejs", "sdk", "vllm")}"] = dice.Of("true", "false", "first");
        if (dice.Chance(10)) annotations[$"{Prefix}container-names"] = dice.Of("app", "web,app");
        return annotations;
    }

    private IEnumerable<Instrumentation> Instrumentations()
    {
        if (dice.Chance(90)) yield return One("first", "shop", dice.Chance(80) ? new() { [$"{Prefix}default"] = "true" } : []);
        if (dice.Chance(40)) yield return One("second", "shop", []);
        yield return One("shared", "other", new() { [$"{Prefix}allowed-namespaces"] = "x, shop" });
        yield return One("private", "other", []);
    }

    private Instrumentation One(string name, string ns, Dictionary<string, string> annotations) => new()
    {
        Metadata = new() { Name = name, Namespace = ns, Annotations = annotations },
        Spec = Spec(),
    };

    private TracingPolicy Policy() => new()
    {
        Metadata = new() { Name = "policy" },
        Spec = new() { Instrumentation = dice.Chance(50) ? Spec() : null, PrivilegedInjection = new() { AllowedNamespaces = dice.Of<string[]>(["shop"], ["*"], ["shop", "x"], []) } },
    };

    private InstrumentationSpec Spec() => new()
    {
        Exporter = dice.Chance(90) ? new() { Endpoint = dice.Of("http://collector:4318", "http://collector:4317", "https://collector:4318"), Tls = Tls() } : null,
        Resource = dice.Chance(40) ? new() { AddK8sUidAttributes = dice.Chance(50), ResourceAttributes = Attributes() } : null,
        Propagators = dice.Chance(40) ? ["tracecontext", "baggage"] : null,
        Sampler = dice.Chance(40) ? new() { Type = "parentbased_traceidratio", Argument = dice.Chance(90) ? "0.25" : "7" } : null,
        Defaults = dice.Chance(30) ? new() { UseLabelsForResourceAttributes = true } : null,
        Env = Env(),
        Java = Section() is { } java ? java with { Extensions = dice.Chance(20) ? [new() { Image = "ext:1", Dir = "/x" }, new() { Image = "ext:2", Dir = "/y" }] : null } : null,
        Nodejs = Section(),
        Python = Section(),
        Dotnet = Section(),
        Go = Section(),
        ApacheHttpd = Section() is { } apache ? apache with { Attrs = dice.Chance(50) ? [new() { Name = "ApacheModuleEnabled", Value = "OFF" }] : null, ConfigPath = "/etc/httpd" } : null,
        Nginx = Section() is { } nginx ? nginx with { ConfigFile = "/opt/nginx/site.conf" } : null,
        ImagePullPolicy = dice.Chance(30) ? "Always" : null,
        InitContainerSecurityContext = dice.Chance(20) ? JsonDocument.Parse("""{"runAsNonRoot":true}""").RootElement : null,
    };

    private TlsSection? Tls() => dice.Chance(25)
        ? new() { SecretName = dice.Chance(70) ? "certs" : null, ConfigMapName = dice.Chance(50) ? "ca" : null, CaFile = dice.Of("ca.crt", "/etc/ca.crt", null!), CertFile = "tls.crt", KeyFile = "tls.key" }
        : null;

    private Dictionary<string, string> Attributes() => new(StringComparer.Ordinal)
    {
        ["team"] = dice.Of("t", "a b", "a,b=c"),
        [dice.Of("service.version", "service.namespace", "k8s.deployment.name", "k8s.pod.name")] = "given",
    };

    private InjectorSection? Section() => dice.Chance(50) ? new() { Env = Env(), Image = dice.Chance(20) ? "registry.example/agent:1" : null } : null;

    private EnvVar[]? Env()
    {
        if (dice.Chance(50)) return null;
        var names = new HashSet<string>(StringComparer.Ordinal);
        dice.Some(4, _ => names.Add(dice.Of(EnvNames)));
        return [.. names.Select(name => dice.UpTo(3) switch
        {
            0 => new EnvVar { Name = name, ValueFrom = JsonDocument.Parse(dice.Chance(30) ? OptionalReference : Reference).RootElement },
            1 => new EnvVar { Name = name, Value = $"$({dice.Of(EnvNames)})/x" },
            _ => new EnvVar { Name = name, Value = name == "OTEL_RESOURCE_ATTRIBUTES" ? "from=cr" : dice.Of("1", "a b", "") },
        })];
    }
}
