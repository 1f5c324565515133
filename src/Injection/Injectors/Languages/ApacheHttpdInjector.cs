using System.Text;
using System.Text.Json;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Decision;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors.Languages;

/// <summary>The OpenTelemetry module of Apache HTTP Server 2.4 and 2.2.</summary>
internal sealed class ApacheHttpdInjector : WebServerInjector
{
    /// <summary>Runs in the agent's image; its only argument is the server's configuration directory.</summary>
    private const string AttachScript = """
        set -e
        agent=/opt/opentelemetry-webserver/agent
        conf=/opt/opentelemetry-webserver/source-conf
        cp -r /opt/opentelemetry/* "$agent"
        sed "s,__agent_log_dir__,$agent/logs,g" "$agent/conf/opentelemetry_sdk_log4cxx.xml.template" > "$agent/conf/opentelemetry_sdk_log4cxx.xml"
        printf '%s\n' "$OTEL_APACHE_AGENT_CONF" | sed "s,<<SID-PLACEHOLDER>>,$APACHE_SERVICE_INSTANCE_ID,g" > "$conf/opentemetry_agent.conf"
        printf '\nInclude %s/opentemetry_agent.conf\n' "$1" >> "$conf/httpd.conf"

        """;

    private static readonly string[] Libraries = ["common", "resources", "trace", "otlp_recordable", "exporter_ostream_span", "exporter_otlp_grpc"];

    public override string Name => "apache-httpd";
    protected override string AttachName => "otel-agent-attach-apache";
    protected override string AgentVolume => "otel-apache-agent";
    protected override string ConfigVolume => "otel-apache-conf-dir";
    protected override string ConfigVariable => "OTEL_APACHE_AGENT_CONF";
    protected override string InstanceIdVariable => "APACHE_SERVICE_INSTANCE_ID";

    protected override Refusal? CheckClone(InjectionContext context)
    {
        var pod = context.Pod;
        if (!pod.HasNamed(pod.InitContainers, CloneName)) return null;
        return pod.HasNamed(pod.InitContainers, "otel-agent-attach-nginx")
            ? new(Reasons.NameCollision, $"the init container {CloneName} belongs to nginx")
            : new(Reasons.AlreadyInjected, $"the pod has an init container {CloneName}");
    }

    protected override string CloneNameIn(PodDraft draft) => CloneName;

    protected override (string Directory, string File) ConfigOf(CompiledSection section) => (section.ConfigDirectory, section.ConfigDirectory + "/httpd.conf");

    protected override (IReadOnlyList<string> Command, IReadOnlyList<string> Args) CloneCommand(string directory) =>
        (["cp", "-r", directory + "/.", SourcePath], []);

    protected override IReadOnlyList<string> AttachArgs(CompiledSection section) => [AttachScript, "--", section.ConfigDirectory];

    protected override (JsonElement Agent, JsonElement Config) VolumesOf(CompiledSection section) => (section.Volume, section.ScratchVolume);

    protected override string ModuleConfig(InjectionContext context, string serviceName)
    {
        var module = $"{AgentPath}/WebServerModule/Apache/libmod_apache_otel";
        var text = new StringBuilder("\n#Load the Otel Webserver SDK\n");
        foreach (var library in Libraries) text.Append("LoadFile ").Append(AgentPath).Append("/sdk_lib/lib/libopentelemetry_").Append(library).Append(".so\n");
        text.Append("#Load the Otel ApacheModule SDK\nLoadFile ").Append(AgentPath).Append("/sdk_lib/lib/libopentelemetry_webserver_sdk.so\n");
        text.Append("#Load the Apache Module. In this example for Apache 2.4\n#LoadModule otel_apache_module ").Append(module).Append(".so\n");
        text.Append("#Load the Apache Module. In this example for Apache 2.2\n#LoadModule otel_apache_module ").Append(module).Append("22.so\n");
        text.Append("LoadModule otel_apache_module ").Append(module).Append(context.Section.Version == "2.2" ? "22.so\n" : ".so\n");
        text.Append("#Attributes\n");
        foreach (var (name, value) in Directives(context, Ours(context, serviceName))) text.Append(name).Append(' ').Append(value).Append('\n');
        return text.ToString();
    }

    private static IEnumerable<KeyValuePair<string, string>> Ours(InjectionContext context, string serviceName) =>
    [
        new("ApacheModuleEnabled", "ON"),
        new("ApacheModuleOtelExporterEndpoint", context.Instrumentation.Endpoint ?? "http://localhost:4317/"),
        new("ApacheModuleOtelSpanExporter", "otlp"),
        new("ApacheModuleResolveBackends", " ON"),
        new("ApacheModuleServiceInstanceId", InstanceIdPlaceholder),
        new("ApacheModuleServiceName", serviceName),
        new("ApacheModuleServiceNamespace", context.Facts.Namespace is { Length: > 0 } ns ? ns : "apache-httpd"),
        new("ApacheModuleTraceAsError", " ON"),
    ];
}
