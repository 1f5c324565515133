namespace Spanhook.Injection;

/// <summary>The annotations and labels that are read and written. The keys are the OpenTelemetry Operator's; ours are under <c>spanhook.dev</c>.</summary>
internal static class Annotations
{
    public const string Prefix = "instrumentation.opentelemetry.io/";

    /// <summary>On a pod: <c>resource.opentelemetry.io/&lt;attribute&gt;</c> sets a resource attribute.</summary>
    public const string ResourcePrefix = "resource.opentelemetry.io/";

    /// <summary>On an Instrumentation: the one that <c>"true"</c> means when the namespace has several.</summary>
    public const string Default = Prefix + "default";

    /// <summary>On an Instrumentation: a comma list of the namespaces that may name it, or <c>*</c>.</summary>
    public const string AllowedNamespaces = Prefix + "allowed-namespaces";

    /// <summary>Set by the kubelet on the mirror of a static pod.</summary>
    public const string MirrorPod = "kubernetes.io/config.mirror";

    /// <summary>Names the container that kubectl uses when none is given; the default target.</summary>
    public const string DefaultContainer = "kubectl.kubernetes.io/default-container";

    /// <summary>Annotation and label of every pod that we edited.</summary>
    public const string Marker = "spanhook.dev/injected";

    public static ReadOnlySpan<byte> MarkerUtf8 => "spanhook.dev/injected"u8;

    // Keys below are written without the prefix: that is how PodAnnotations holds them.
    public const string ContainerNames = "container-names";
    public const string PythonPlatform = "otel-python-platform";
    public const string DotNetRuntime = "otel-dotnet-auto-runtime";
    public const string GoTargetExecutable = "otel-go-auto-target-exe";
    public const string EngineVersion = "engine-version";
    public const string UnknownVersion = "engine-unknown-version";
    public const string OtlpProtocol = "otlp-protocol";

    /// <summary>Chooses another endpoint, where a policy allows it.</summary>
    public const string OtlpEndpoint = "otlp-endpoint";
    public const string VllmDetailedTraces = "vllm-detailed-traces";

    /// <summary>Asks for whatever engine the containers are seen to run.</summary>
    public const string InjectEngine = "inject-engine";
    public const string EngineContainerNames = "engine-container-names";

    public static string Inject(string injector) => "inject-" + injector;

    public static string ContainerNamesOf(string injector) => injector + "-container-names";

    /// <summary>The OpenTelemetry Operator reads nginx's container names under this odd key only; we read both.</summary>
    public const string OddNginxContainerNames = "inject-nginx-container-names";
}
