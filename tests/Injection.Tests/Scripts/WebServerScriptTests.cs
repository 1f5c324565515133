using System.Text.Json.Nodes;
using Spanhook.Support;

namespace Spanhook.Injection.Tests.Scripts;

/// <summary>The shell programs of the init containers, run for real (rules 4.6 and 4.7).</summary>
public sealed class WebServerScriptTests : IDisposable
{
    private const string Agent = "/opt/opentelemetry-webserver/agent";
    private const string Conf = "/opt/opentelemetry-webserver/source-conf";

    private readonly Shell _shell = new();

    public WebServerScriptTests()
    {
        _shell.Write("/opt/opentelemetry/conf/opentelemetry_sdk_log4cxx.xml.template", "<file>__agent_log_dir__/agent.log</file>\n");
        _shell.Write("/opt/opentelemetry/WebServerModule/Nginx/1.23.1/ngx_http_opentelemetry_module.so", "module");
        _shell.Write($"{Agent}/.keep", "");
        _shell.Write($"{Conf}/.keep", "");
    }

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Apache_gets_its_agent_and_includes_its_configuration()
    {
        Assert.SkipUnless(Shell.IsPresent, Shell.Absent);
        _shell.Write($"{Conf}/httpd.conf", "Listen 80");
        Run("apache-httpd/section", "otel-agent-attach-apache", ("APACHE_SERVICE_INSTANCE_ID", "cart-abc"));

        Assert.Equal($"<file>{_shell.PathOf(Agent)}/logs/agent.log</file>\n", _shell.Read($"{Agent}/conf/opentelemetry_sdk_log4cxx.xml"));
        var config = _shell.Read($"{Conf}/opentemetry_agent.conf");
        Assert.Contains("\nApacheModuleServiceInstanceId cart-abc\n", config, StringComparison.Ordinal);
        Assert.Contains("\nApacheModuleServiceName cart\n", config, StringComparison.Ordinal);
        Assert.DoesNotContain("<<SID-PLACEHOLDER>>", config, StringComparison.Ordinal);
        Assert.Equal($"Listen 80\nInclude {_shell.PathOf("/etc/httpd")}/opentemetry_agent.conf\n", _shell.Read($"{Conf}/httpd.conf"));
    }

    [Fact]
    public void Nginx_gets_its_module_at_the_top_and_its_configuration_beside_the_others()
    {
        Assert.SkipUnless(Shell.IsPresent, Shell.Absent);
        Clone("1.23.1");
        Run("nginx/defaults", "otel-agent-attach-nginx", ("OTEL_NGINX_SERVICE_INSTANCE_ID", "cart-abc"));

        var main = _shell.Read($"{Conf}/nginx.conf").Split('\n');
        Assert.Equal("env OTEL_RESOURCE_ATTRIBUTES;", main[0]);
        Assert.Equal($"load_module {_shell.PathOf(Agent)}/WebServerModule/Nginx/1.23.1/ngx_http_opentelemetry_module.so;", main[1]);
        Assert.Equal("worker_processes 1;", main[2]);
        Assert.Contains("NginxModuleServiceInstanceId cart-abc;\n", _shell.Read($"{Conf}/conf.d/opentelemetry_agent.conf"), StringComparison.Ordinal);
        Assert.Equal("server {}\n", _shell.Read($"{Conf}/conf.d/default.conf"));
    }

    [Fact]
    public void Nginx_of_a_version_without_a_module_starts_with_its_own_configuration()
    {
        Assert.SkipUnless(Shell.IsPresent, Shell.Absent);
        Clone("1.27.0");
        Assert.Contains("1.27.0", Run("nginx/defaults", "otel-agent-attach-nginx", ("OTEL_NGINX_SERVICE_INSTANCE_ID", "cart-abc")), StringComparison.Ordinal);
        Assert.Equal("worker_processes 1;\n", _shell.Read($"{Conf}/nginx.conf"));
        Assert.False(File.Exists(_shell.PathOf($"{Conf}/conf.d/opentelemetry_agent.conf")));
    }

    /// <summary>What the clone container does, in the application's image.</summary>
    private void Clone(string version)
    {
        _shell.Write("/etc/nginx/nginx.conf", "worker_processes 1;\n");
        _shell.Write("/etc/nginx/conf.d/default.conf", "server {}\n");
        _shell.WriteProgram("nginx", $"echo 'nginx version: nginx/{version}' >&2");
        Run("nginx/defaults", "otel-agent-source-container-clone");
        Assert.Equal($"{version}\n", _shell.Read($"{Conf}/version.txt"));
    }

    private string Run(string name, string container, params (string Name, string Value)[] references)
    {
        var init = Case.Named(name).Inject().Pod["spec"]!["initContainers"]!.AsArray().Single(c => c!["name"]!.GetValue<string>() == container)!;
        Assert.Equal("""["/bin/sh","-c"]""", init["command"]!.ToJsonString());
        var args = init["args"]!.AsArray().Select(arg => arg!.GetValue<string>()).ToArray();
        Assert.Equal("--", args[1]);
        var environment = (init["env"]?.AsArray() ?? []).Where(entry => entry!["value"] is not null).ToDictionary(entry => Text(entry, "name"), entry => Text(entry, "value"), StringComparer.Ordinal);
        foreach (var (variable, value) in references) environment[variable] = value;
        return _shell.Run(args[0], args[2], environment);
    }

    private static string Text(JsonNode? entry, string key) => entry![key]!.GetValue<string>();
}
