using System.Text.Json;
using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Decision;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors.Languages;

/// <summary>The OpenTelemetry module of nginx; the agent's image has it for a few versions only.</summary>
internal sealed class NginxInjector : WebServerInjector
{
    private const string LibraryPath = "LD_LIBRARY_PATH";
    private const string Libraries = AgentPath + "/sdk_lib/lib";

    /// <summary>Runs in the application's image, which alone can tell the server's version; its only argument is the configuration directory.</summary>
    private const string CloneScript = """
        set -e
        conf=/opt/opentelemetry-webserver/source-conf
        cp -r "$1"/* "$conf"
        nginx -v 2>&1 | sed 's,.*/,,; s, .*,,' > "$conf/version.txt"

        """;

    /// <summary>
    /// Runs in the agent's image; its only argument is the name of the configuration file. A module that the image does not have for this
    /// version would keep nginx from starting: then nothing is changed.
    /// </summary>
    private const string AttachScript = """
        set -e
        agent=/opt/opentelemetry-webserver/agent
        conf=/opt/opentelemetry-webserver/source-conf
        cp -r /opt/opentelemetry/* "$agent"
        sed "s,__agent_log_dir__,$agent/logs,g" "$agent/conf/opentelemetry_sdk_log4cxx.xml.template" > "$agent/conf/opentelemetry_sdk_log4cxx.xml"
        read -r version < "$conf/version.txt" || true
        module="$agent/WebServerModule/Nginx/$version/ngx_http_opentelemetry_module.so"
        if [ ! -f "$module" ]; then
          echo "no OpenTelemetry module for nginx $version: nginx starts without it" >&2
          exit 0
        fi
        printf '%s\n' "$OTEL_NGINX_AGENT_CONF" | sed "s,<<SID-PLACEHOLDER>>,$OTEL_NGINX_SERVICE_INSTANCE_ID,g" > "$conf/opentelemetry_agent.conf"
        {
          printf 'env OTEL_RESOURCE_ATTRIBUTES;\nload_module %s;\n' "$module"
          cat "$conf/$1"
        } > "$conf/$1.new"
        cat "$conf/$1.new" > "$conf/$1"
        rm "$conf/$1.new"
        mkdir -p "$conf/conf.d"
        mv "$conf/opentelemetry_agent.conf" "$conf/conf.d"

        """;

    private static readonly JsonElement Volume = JsonFragment.Parse("""{"emptyDir":{}}""");

    public override string Name => "nginx";
    protected override string AttachName => "otel-agent-attach-nginx";
    protected override string AgentVolume => "otel-nginx-agent";
    protected override string ConfigVolume => "otel-nginx-conf-dir";
    protected override string ConfigVariable => "OTEL_NGINX_AGENT_CONF";
    protected override string InstanceIdVariable => "OTEL_NGINX_SERVICE_INSTANCE_ID";
    protected override string[] Composed { get; } = [LibraryPath];

    // The attach script puts the module's configuration there, where nginx reads it from; what the user mounts at it stays.
    public override Refusal? Warn(InjectionContext context, Container container)
    {
        var directory = ConfigOf(context.Section).Directory.TrimEnd('/') + "/conf.d";
        foreach (var mount in container.VolumeMounts.Items())
        {
            if (MountsDraft.PathsEqual(mount.Member("mountPath"u8), directory)) return new(Reasons.ModuleConfigurationHidden, $"a volume is mounted at {directory}");
        }

        return null;
    }

    protected override Refusal? CheckClone(InjectionContext context)
    {
        var pod = context.Pod;
        var isTaken = pod.HasNamed(pod.InitContainers, CloneName + "-nginx")
            || (pod.HasNamed(pod.InitContainers, CloneName) && !pod.HasNamed(pod.InitContainers, "otel-agent-attach-apache"));
        return isTaken ? new(Reasons.AlreadyInjected, $"the pod has an init container {CloneName}") : null;
    }

    protected override string CloneNameIn(PodDraft draft) => draft.HasInitContainer(CloneName) ? CloneName + "-nginx" : CloneName;

    protected override (string Directory, string File) ConfigOf(CompiledSection section)
    {
        var slash = section.ConfigFile.LastIndexOf('/');
        return (slash <= 0 ? "/" : section.ConfigFile[..slash], section.ConfigFile);
    }

    protected override (IReadOnlyList<string> Command, IReadOnlyList<string> Args) CloneCommand(string directory) =>
        (["/bin/sh", "-c"], [CloneScript, "--", directory]);

    protected override IReadOnlyList<string> AttachArgs(CompiledSection section) =>
        [AttachScript, "--", section.ConfigFile[(section.ConfigFile.LastIndexOf('/') + 1)..]];

    protected override (JsonElement Agent, JsonElement Config) VolumesOf(CompiledSection section) => (Volume, Volume);

    protected override void AddServerEnv(EnvDraft env) => env.Compose(LibraryPath, present => present switch
    {
        null => Libraries,
        _ when present.Split(':').Contains(Libraries, StringComparer.Ordinal) => present,
        _ => $"{present}:{Libraries}",
    });

    protected override string ModuleConfig(InjectionContext context, string serviceName) =>
        string.Concat(Directives(context, Ours(context, serviceName)).Select(d => $"{d.Key} {d.Value};\n"));

    private static IEnumerable<KeyValuePair<string, string>> Ours(InjectionContext context, string serviceName) =>
    [
        new("NginxModuleEnabled", "ON"),
        new("NginxModuleOtelExporterEndpoint", context.Instrumentation.Endpoint ?? "http://localhost:4317/"),
        new("NginxModuleOtelSpanExporter", "otlp"),
        new("NginxModuleResolveBackends", "ON"),
        new("NginxModuleServiceInstanceId", InstanceIdPlaceholder),
        new("NginxModuleServiceName", serviceName),
        new("NginxModuleServiceNamespace", context.Facts.Namespace is { Length: > 0 } ns ? ns : "nginx"),
        new("NginxModuleTraceAsError", "ON"),
    ];
}
