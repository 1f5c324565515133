namespace Spanhook.Injection.Decision;

/// <summary>The closed list of reasons.</summary>
public static class Reasons
{
    public static readonly Reason Injected = new("injected", "injected", Severity.Info);
    public static readonly Reason AuditOnly = new("audit_only", "the policy is in mode Audit: it would be injected", Severity.Info);
    public static readonly Reason AuditSkipped = new("audit_skipped", "the policy is in mode Audit: it would be asked for, and not injected", Severity.Info);
    public static readonly Reason NotRequested = new("not_requested", "nothing was asked for: annotate the pod or its namespace with instrumentation.opentelemetry.io/inject-<language>: \"true\"", Severity.Info);
    public static readonly Reason OptedOutPod = new("opted_out_pod", "the pod's annotation says \"false\"", Severity.Info);
    public static readonly Reason OptedOutNamespace = new("opted_out_namespace", "the namespace's annotation says \"false\"", Severity.Info);
    public static readonly Reason OptOutDenied = new("opt_out_denied", "the annotation \"false\" is not respected, because a policy denies to opt out: ask those who manage TracingPolicies for an exception");
    public static readonly Reason AlreadyInjected = new("already_injected", "it is injected already", Severity.Info);
    public static readonly Reason AlreadyConfigured = new("already_configured", "tracing is configured already: nothing of the user's is changed", Severity.Info);
    public static readonly Reason NotAPodCreation = new("not_a_pod_creation", "only the creation of a pod is injected", Severity.Info);
    public static readonly Reason PodInvalid = new("pod_invalid", "the object is no pod that can be injected");
    public static readonly Reason InstrumentationNotFound = new("instrumentation_not_found", "no Instrumentation was found: create one in the pod's namespace, name an existing one, or give a TracingPolicy spec.instrumentation");
    public static readonly Reason InstrumentationAmbiguous = new("instrumentation_ambiguous", "the namespace has several Instrumentations: name one, or annotate one with instrumentation.opentelemetry.io/default: \"true\"");
    public static readonly Reason InstrumentationNotShared = new("instrumentation_not_shared", "the Instrumentation belongs to another namespace and is not shared with this one");
    public static readonly Reason InstrumentationInvalid = new("instrumentation_invalid", "the Instrumentation has errors");
    public static readonly Reason LanguageDisabled = new("language_disabled", "this injector is switched off in the webhook (--disable)");
    public static readonly Reason ContainerNotFound = new("container_not_found", "the pod has no container of that name: check the container-names annotation");
    public static readonly Reason ContainerNotSupported = new("container_not_supported", "this injector cannot be used on an init container");
    public static readonly Reason ContainerNamesRequired = new("container_names_required", "several languages need to know which container is whose: set instrumentation.opentelemetry.io/<language>-container-names for each");
    public static readonly Reason ContainerNamesInvalid = new("container_names_invalid", "the list of container names is not valid: letters, digits and '-', separated by commas");
    public static readonly Reason PodChoicePreferred = new("pod_choice_preferred", "another language is asked for on this container by an annotation that counts for more: the pod's beats its namespace's, and both beat a policy", Severity.Info);
    public static readonly Reason EnvValueFromOptional = new("env_value_from_optional", "a variable that must be extended comes from an optional reference, which cannot be extended safely: remove optional: true, or set a literal value");
    public static readonly Reason NameCollision = new("name_collision", "the pod uses a name or path that the injection needs");
    public static readonly Reason PrivilegedNotAllowed = new("privileged_not_allowed", "the go sidecar is privileged: a TracingPolicy must list the namespace in spec.privilegedInjection.allowedNamespaces");
    public static readonly Reason SharedProcessNamespaceDisabled = new("shared_process_namespace_disabled", "the pod sets shareProcessNamespace: false, and the go sidecar needs to see the application's process");
    public static readonly Reason TargetExecutableMissing = new("target_executable_missing", "the go sidecar needs the path of the executable: set instrumentation.opentelemetry.io/otel-go-auto-target-exe");
    public static readonly Reason TooManyContainers = new("too_many_containers", "the go sidecar watches one container: name one");
    public static readonly Reason UnsupportedPlatform = new("unsupported_platform", "the platform annotation names no supported platform");
    public static readonly Reason MirrorPod = new("mirror_pod", "a static pod of a node cannot be changed", Severity.Info);
    public static readonly Reason NamespaceNotKnownYet = new("namespace_not_known_yet", "the namespace was made so recently that its settings have not arrived: create the pod again");
    public static readonly Reason WindowsPod = new("windows_pod", "pods for Windows are not supported");
    public static readonly Reason RolloutNotSelected = new("rollout_not_selected", "the workload is not in the policy's rollout percentage yet; to have it now, annotate the pod", Severity.Info);
    public static readonly Reason PolicyOff = new("policy_off", "a policy in mode Off covers this pod, and ends what policies of a lower priority would do", Severity.Info);
    public static readonly Reason EndpointMissing = new("endpoint_missing", "no OTLP endpoint is known: set spec.exporter.endpoint in the Instrumentation or the TracingPolicy");
    public static readonly Reason EndpointInvalid = new("endpoint_invalid", "the OTLP endpoint cannot be used by this engine");
    public static readonly Reason EndpointNotAllowed = new("endpoint_not_allowed", "the policy does not allow that endpoint");
    public static readonly Reason EndpointProtocolMismatch = new("endpoint_protocol_mismatch", "the port of the endpoint does not fit the OTLP protocol in effect (4317 is grpc, 4318 is http/protobuf)");
    public static readonly Reason ModuleConfigurationHidden = new("module_configuration_hidden", "the server does not see the module's configuration, and sends nothing: mount single files there instead");
    public static readonly Reason EngineNotFound = new("engine_not_found", "no container of the pod was seen to run this engine");
    public static readonly Reason EngineVersionUnknown = new("engine_version_unknown", "the engine's version cannot be told from its image, and a version without OpenTelemetry would not start");
    public static readonly Reason EngineWithoutOpenTelemetry = new("engine_without_opentelemetry", "the image of this version lacks the OpenTelemetry packages and would not start with tracing: use vLLM 0.17.0 or newer");
    public static readonly Reason EngineVersionTooOld = new("engine_version_too_old", "this version has no tracing");
    public static readonly Reason EngineFallsBackToV0 = new("engine_falls_back_to_v0", "this version falls back to the slower V0 engine when traced: use vLLM 0.17.0 or newer");
    public static readonly Reason EngineDisablesLogStats = new("engine_disables_log_stats", "with --disable-log-stats a traced engine stops at its first finished request: remove that flag");
    public static readonly Reason EngineHeadless = new("engine_headless", "a --headless engine serves no requests and emits no request spans", Severity.Info);
    public static readonly Reason EngineCommandOpaque = new("engine_command_opaque", "the engine's command line cannot be extended safely");
    public static readonly Reason EngineConfigFile = new("engine_config_file", "the engine reads a --config file, which may set tracing and cannot be seen");
    public static readonly Reason EngineNotAServer = new("engine_not_a_server", "the container does not run the engine's server", Severity.Info);
    public static readonly Reason EngineWithAgent = new("engine_with_agent", "the Python agent hides the engine's own OpenTelemetry packages: ask for only one of the two on this container, or use vLLM 0.17.0 or newer");
    public static readonly Reason EngineForcedToV1 = new("engine_forced_to_v1", "VLLM_USE_V1=1 keeps this version from starting when it is traced: remove the variable, or use vLLM 0.17.0 or newer");
    public static readonly Reason EngineWithoutTracing = new("engine_without_tracing", "this engine has no OpenTelemetry tracing", Severity.Info);
    public static readonly Reason DetailedTracesInvalid = new("detailed_traces_invalid", "tracing is on, but without --collect-detailed-traces");
    public static readonly Reason EngineEnvOnly = new("engine_env_only", "this engine is switched by environment only", Severity.Info);
    public static readonly Reason ReviewTooLarge = new("review_too_large", "the pod is too large to be injected");
    public static readonly Reason PatchTooLarge = new("patch_too_large", "the patch would be too large");
    public static readonly Reason Overloaded = new("overloaded", "the webhook is overloaded");
    public static readonly Reason InternalError = new("internal_error", "the webhook failed");

    /// <summary>All of them, in the order of this file.</summary>
    public static IReadOnlyList<Reason> All { get; } =
    [
        Injected, AuditOnly, AuditSkipped, NotRequested, OptedOutPod, OptedOutNamespace, OptOutDenied, AlreadyInjected, AlreadyConfigured, NotAPodCreation, PodInvalid,
        InstrumentationNotFound, InstrumentationAmbiguous, InstrumentationNotShared, InstrumentationInvalid, LanguageDisabled,
        ContainerNotFound, ContainerNotSupported, ContainerNamesRequired, ContainerNamesInvalid, PodChoicePreferred, EnvValueFromOptional, NameCollision,
        PrivilegedNotAllowed, SharedProcessNamespaceDisabled, TargetExecutableMissing, TooManyContainers, UnsupportedPlatform, MirrorPod, NamespaceNotKnownYet, WindowsPod,
        RolloutNotSelected, PolicyOff, EndpointMissing, EndpointInvalid, EndpointNotAllowed, EndpointProtocolMismatch, ModuleConfigurationHidden,
        EngineNotFound, EngineVersionUnknown, EngineWithoutOpenTelemetry, EngineVersionTooOld, EngineFallsBackToV0, EngineDisablesLogStats,
        EngineHeadless, EngineCommandOpaque, EngineConfigFile, EngineNotAServer, EngineWithAgent, EngineForcedToV1, EngineWithoutTracing, DetailedTracesInvalid, EngineEnvOnly,
        ReviewTooLarge, PatchTooLarge, Overloaded, InternalError,
    ];
}
