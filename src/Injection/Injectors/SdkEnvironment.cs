using System.Text.Json;
using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors;

/// <summary>The environment that every target gets, whatever its language: where to send, as whom, how much.</summary>
internal static class SdkEnvironment
{
    public const string PodNameVariable = "OTEL_RESOURCE_ATTRIBUTES_POD_NAME";
    public const string Attributes = "OTEL_RESOURCE_ATTRIBUTES";
    public const string ServiceNameVariable = "OTEL_SERVICE_NAME";
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string PodUidVariable = "OTEL_RESOURCE_ATTRIBUTES_POD_UID";
    private const string NodeNameVariable = "OTEL_RESOURCE_ATTRIBUTES_NODE_NAME";
    private const string NodeIpVariable = "OTEL_NODE_IP";
    private const string PodIpVariable = "OTEL_POD_IP";
    private const string SamplerVariable = "OTEL_TRACES_SAMPLER";
    private const string SamplerArgumentVariable = "OTEL_TRACES_SAMPLER_ARG";

    public static readonly JsonElement PodName = FieldRef("metadata.name");
    public static readonly JsonElement PodIp = FieldRef("status.podIP");
    public static readonly JsonElement NodeIp = FieldRef("status.hostIP");
    private static readonly JsonElement PodUid = FieldRef("metadata.uid");
    private static readonly JsonElement NodeName = FieldRef("spec.nodeName");

    /// <summary>The addresses of pod and node, which the resource's env may refer to, and then the resource's env.</summary>
    public static void AddCommon(EnvDraft env, CompiledInstrumentation instrumentation)
    {
        if (!env.Has(PodIpVariable)) env.Prepend(PodIpVariable, PodIp);
        if (!env.Has(NodeIpVariable)) env.Prepend(NodeIpVariable, NodeIp);
        env.AppendMissing(instrumentation.Env);
    }

    /// <summary>As <see cref="AddCommon"/>, for an init container that has no environment of its own: at the end.</summary>
    public static void AppendAddresses(EnvDraft env)
    {
        if (!env.Has(PodIpVariable)) env.Append(PodIpVariable, PodIp);
        if (!env.Has(NodeIpVariable)) env.Append(NodeIpVariable, NodeIp);
    }

    /// <summary>
    /// Configures the SDK. Each variable only if it is absent, so the precedence is: the container's own env, the language's env of the
    /// resource, the resource's env, the fields of the resource. Only <c>OTEL_RESOURCE_ATTRIBUTES</c> is merged, by attribute.
    /// </summary>
    /// <param name="env">The environment to edit: the application's, or the sidecar's that speaks for it.</param>
    /// <param name="context">Settings.</param>
    /// <param name="application">The container that the telemetry is about.</param>
    /// <param name="naming">What an engine's place in a group makes of its name.</param>
    public static void Configure(EnvDraft env, InjectionContext context, Container application, ServiceNaming naming = default)
    {
        var instrumentation = context.Instrumentation;
        using var attributes = ResourceAttributes.Collect(context, application);
        var existing = ResourceAttributes.KeysOf(env.Literal(Attributes));
        if (!existing.Contains("service.name")) env.AppendIfAbsent(ServiceNameVariable, ServiceName(context, application, attributes, naming));
        if (instrumentation.Endpoint is { } endpoint) env.AppendIfAbsent(EndpointVariable, endpoint);
        if (instrumentation.Protocol is { } protocol) env.AppendIfAbsent("OTEL_EXPORTER_OTLP_PROTOCOL", protocol);
        AddCertificates(env, instrumentation.Tls);
        if (!env.Has(PodNameVariable)) env.Append(PodNameVariable, PodName);
        attributes.Set("k8s.pod.name", $"$({PodNameVariable})");
        if (instrumentation.AddUids && string.IsNullOrEmpty(context.Pod.Uid))
        {
            if (!env.Has(PodUidVariable)) env.Append(PodUidVariable, PodUid);
            attributes.Set("k8s.pod.uid", $"$({PodUidVariable})");
        }

        if (!attributes.Has("k8s.node.name") && !existing.Contains("k8s.node.name"))
        {
            if (!env.Has(NodeNameVariable)) env.Append(NodeNameVariable, NodeName);
            attributes.Set("k8s.node.name", $"$({NodeNameVariable})");
        }

        env.Compose(Attributes, attributes.AppendTo);
        AddPropagatorsAndSampler(env, instrumentation);
        if (env.Edits == 0) return; // complete from an earlier pass: nothing is moved either
        env.MoveToEnd(Attributes);
        env.OrderReferences();
    }

    /// <summary>Whether a container went through <see cref="Configure"/>, ours or the OpenTelemetry Operator's.</summary>
    public static bool IsConfigured(Container container) =>
        CommonChecks.FindEnv(container, PodNameVariable).Member("valueFrom"u8).Member("fieldRef"u8).TextEquals("fieldPath"u8, "metadata.name"u8)
        || (CommonChecks.FindEnv(container, Attributes).Text("value"u8) is { } attributes && KubernetesExpansion.RefersTo(attributes, PodNameVariable));

    /// <summary>
    /// The service name, the first that there is:
    /// <list type="number">
    /// <item>the pod's annotation <c>resource.opentelemetry.io/service.name</c></item>
    /// <item>the name that an engine's role has</item>
    /// <item>the labels <c>app.kubernetes.io/instance</c>, then <c>…/name</c>, if the Instrumentation opts in</item>
    /// <item>the workload's name</item>
    /// <item>the pod's name, if it has one yet</item>
    /// <item>the container's name</item>
    /// </list>
    /// </summary>
    public static string ServiceName(InjectionContext context, Container application, ResourceAttributes attributes, ServiceNaming naming = default)
    {
        var pod = context.Pod;
        if (NonEmpty(pod.Annotations.Text("resource.opentelemetry.io/service.name"u8)) is { } annotated) return KubernetesExpansion.Escape(annotated);
        if (naming.Name is { } fixedName) return fixedName;
        var name = WorkloadName(context, application, attributes);
        return naming.Part is { } part && !name.EndsWith(part, StringComparison.Ordinal) ? $"{name}-{part}" : name;
    }

    private static string WorkloadName(InjectionContext context, Container application, ResourceAttributes attributes)
    {
        var pod = context.Pod;
        if (context.Instrumentation.UseLabels)
        {
            var label = NonEmpty(pod.Labels.Text("app.kubernetes.io/instance"u8)) ?? NonEmpty(pod.Labels.Text("app.kubernetes.io/name"u8));
            if (label is not null) return KubernetesExpansion.Escape(label);
        }

        return context.Facts.Owners.WorkloadName(attributes) ?? NonEmpty(pod.Name) ?? application.Name;
    }

    /// <summary>Mounts the Secret and the ConfigMap of the exporter's certificates.</summary>
    public static void AddCertificateVolumes(PodDraft draft, MountsDraft mounts, CompiledInstrumentation instrumentation)
    {
        foreach (var volume in instrumentation.Tls?.Volumes ?? [])
        {
            draft.AddVolume(volume.Name, volume.Source);
            mounts.Add(volume.Name, volume.MountPath, readOnly: true);
        }
    }

    private static void AddCertificates(EnvDraft env, CompiledTls? tls)
    {
        if (tls?.CaFile is { } ca) env.AppendIfAbsent("OTEL_EXPORTER_OTLP_CERTIFICATE", ca);
        if (tls?.CertFile is { } certificate) env.AppendIfAbsent("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", certificate);
        if (tls?.KeyFile is { } key) env.AppendIfAbsent("OTEL_EXPORTER_OTLP_CLIENT_KEY", key);
    }

    private static void AddPropagatorsAndSampler(EnvDraft env, CompiledInstrumentation instrumentation)
    {
        if (instrumentation.Propagators is { } propagators) env.AppendIfAbsent("OTEL_PROPAGATORS", propagators);

        // Type and argument belong together: with one of the user's, ours would make a mixture that nobody wrote.
        if (instrumentation.SamplerType is not { } type || env.Has(SamplerVariable) || env.Has(SamplerArgumentVariable)) return;
        env.Append(SamplerVariable, type);
        if (instrumentation.SamplerArgument is { } argument) env.Append(SamplerArgumentVariable, argument);
    }

    private static JsonElement FieldRef(string path) => JsonFragment.Parse($$$"""{"fieldRef":{"fieldPath":"{{{path}}}"}}""");

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

/// <summary>What an engine's place in a group makes of its service name.</summary>
/// <param name="Name">The name itself; null for the workload's.</param>
/// <param name="Part">What is put behind the workload's name; null for nothing.</param>
internal readonly record struct ServiceNaming(string? Name, string? Part);
