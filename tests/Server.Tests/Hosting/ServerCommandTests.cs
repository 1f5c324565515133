using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Spanhook.Injection;
using Spanhook.Server.Hosting;
using Spanhook.Server.Tests.Support;

namespace Spanhook.Server.Tests.Hosting;

/// <summary>The options: where they come from, and what is said of wrong ones.</summary>
public sealed class ServerCommandTests
{
    private static readonly string[] Names =
        ["--cluster", "--api-server", "--kubeconfig", "--context", "--listen", "--tls-dir", "--dns-name", "--ca-out", "--disable", "--accelerator-resource", "--cross-namespace", "--log-format", "--log-level",
         "--shutdown-delay", "--drain-timeout", "--connection-age", "--connection-requests", "--max-concurrency", "--max-queue", "--queue-timeout", "--review-timeout", "--client-ca", "--client-name",
         "--namespace", "--service", "--webhook-configuration", "--ca-secret", "--lease", "--identity", "--ca-lifetime", "--leaf-lifetime", "--ca-publish-delay", "--ca-retire-delay", "--management-listen", "--trace-ratio"];

    [Theory]
    [InlineData("--listen", "localhost:9443", "ADDRESS:PORT")]
    [InlineData("--listen", "9443", "ADDRESS:PORT")]
    [InlineData("--listen", "127.0.0.1", "ADDRESS:PORT")]
    [InlineData("--listen", "::1", "ADDRESS:PORT")]
    [InlineData("--listen", "127.0.0.1:99999", "ADDRESS:PORT")]
    [InlineData("--listen", "", "ADDRESS:PORT")]
    [InlineData("--tls-dir", "/not/there", "tls.crt and tls.key")]
    [InlineData("--cross-namespace", "all", "granted or any")]
    [InlineData("--log-format", "xml", "json or text")]
    [InlineData("--management-listen", "9464", "ADDRESS:PORT")]
    [InlineData("--trace-ratio", "1.5", "from 0 to 1")]
    [InlineData("--trace-ratio", "-1", "from 0 to 1")]
    [InlineData("--trace-ratio", "all", "from 0 to 1")]
    [InlineData("--log-level", "loud", "trace, debug, information, warning, error")]
    [InlineData("--log-level", "7", "trace, debug, information, warning, error")]
    [InlineData("--disable", "perl", "java, nodejs, python")]
    [InlineData("--disable", "java,perl", "java, nodejs, python")]
    [InlineData("--dns-name", "not a name", "spanhook.spanhook.svc")]
    [InlineData("--cluster", "", "file or folder of manifests")]
    [InlineData("--shutdown-delay", "15", "250ms, 15s or 1m30s")]
    [InlineData("--drain-timeout", "2 minutes", "250ms, 15s or 1m30s")]
    [InlineData("--connection-age", "-1s", "250ms, 15s or 1m30s")]
    [InlineData("--queue-timeout", "", "250ms, 15s or 1m30s")]
    [InlineData("--review-timeout", "25h", "at most a day")]
    [InlineData("--review-timeout", "0s", "would inject nothing")]
    [InlineData("--max-concurrency", "-1", "number from 0 to 1000000")]
    [InlineData("--max-queue", "many", "number from 0 to 1000000")]
    [InlineData("--connection-requests", "1000001", "number from 0 to 1000000")]
    [InlineData("--client-ca", "/not/there", "authorities' certificates in PEM")]
    [InlineData("--client-name", "kube-apiserver", "needs --client-ca")]
    public async Task A_wrong_value_is_exit_code_2_and_says_what_to_write(string option, string value, string advice)
    {
        var arguments = option == "--cluster" ? [option, value] : new[] { "--cluster", "x", option, value };
        var (code, error, options) = await RunAsync(arguments);
        Assert.Equal(2, code);
        Assert.Null(options);
        Assert.Contains(option, error, StringComparison.Ordinal);
        Assert.Contains(advice, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LISTEN", "nowhere", "--listen")]
    [InlineData("LOG_LEVEL", "loud", "--log-level")]
    [InlineData("Spanhook:cross-namespace", "all", "--cross-namespace")]
    [InlineData("Spanhook:disable", "perl", "--disable")]
    public async Task A_wrong_value_of_the_configuration_is_refused_too(string key, string value, string option)
    {
        var (code, error, _) = await RunAsync(["--cluster", "x"], (key, value));
        Assert.Equal(2, code);
        Assert.Contains(option, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--cluster x --api-server", "exclude each other")]
    [InlineData("--cluster x --kubeconfig config", "--kubeconfig is used with --api-server only")]
    [InlineData("--cluster x --context dev", "--context is used with --api-server only")]
    [InlineData("--api-server --ca-out ca.crt", "--ca-out 'ca.crt' is for the certificate made in memory")]
    [InlineData("--api-server --kubeconfig /not/there", "--kubeconfig '/not/there' is not there")]
    public async Task Manifests_and_an_API_server_exclude_each_other(string line, string advice)
    {
        var (code, error, _) = await RunAsync(line.Split(' '));
        Assert.Equal(2, code);
        Assert.Contains(advice, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flag_may_come_from_the_environment_and_must_be_true_or_false()
    {
        Assert.Null((await OptionsAsync([], ("API_SERVER", "true"))).Cluster.Path);
        Assert.Equal("x", (await OptionsAsync(["--cluster", "x"], ("API_SERVER", "false"))).Cluster.Path);
        var (code, error, _) = await RunAsync(["--cluster", "x"], ("API_SERVER", "yes"));
        Assert.Equal(2, code);
        Assert.Contains("--api-server 'yes'", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_mistakes_are_told_at_once()
    {
        var (_, error, _) = await RunAsync(["--listen", "x", "--log-level", "loud", "--cross-namespace", "all"]);
        Assert.All((string[])["--cluster is missing", "--listen 'x'", "--log-level 'loud'", "--cross-namespace 'all'"], part => Assert.Contains(part, error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--clusters", "x")]
    [InlineData("--cluster", "x", "surplus")]
    [InlineData("--cluster")]
    public async Task A_command_line_that_is_not_understood_is_exit_code_2(params string[] arguments) =>
        Assert.Equal(2, await ServerCommand.InvokeAsync(arguments, (_, _) => Task.FromResult(0)));

    [Fact]
    public async Task Help_lists_every_option_with_its_sources()
    {
        using var output = new StringWriter();
        var command = ServerCommand.Create((_, _) => Task.FromResult(1), Configuration());
        Assert.Equal(0, await command.Parse("--help").InvokeAsync(new InvocationConfiguration { Output = output }, TestContext.Current.CancellationToken));
        var help = string.Join(' ', output.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        foreach (var name in Names)
        {
            Assert.Contains(name, help, StringComparison.Ordinal);
            Assert.Contains($"SPANHOOK_{name[2..].Replace('-', '_').ToUpperInvariant()}", help, StringComparison.Ordinal);
            Assert.Contains($"Spanhook:{name[2..]}", help, StringComparison.Ordinal);
        }

        // Help and version come with every command; any other option must be in the table above.
        Assert.Equal(Names.Order(StringComparer.Ordinal), command.Options.Select(option => option.Name).Except(["--help", "--version"], StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Without_options_the_defaults_are_those_of_the_help()
    {
        var options = await OptionsAsync(["--cluster", "x"]);
        Assert.Equal(("x", IPEndPoint.Parse("[::]:9443"), null, null, LogLevel.Information), (options.Cluster.Path, options.Serving.Listen, options.Certificates.TlsDirectory, options.Certificates.CaOut, options.Log.Level));
        Assert.Equal((CrossNamespace.Granted, 0, 0), (options.Injection.CrossNamespace, options.Injection.Disabled.Count, options.Certificates.DnsNames.Count));
    }

    [Fact]
    public async Task The_command_line_sets_everything()
    {
        using var folder = new TempFolder();
        var options = await OptionsAsync(
            ["--cluster", "x", "--listen", ":8443", "--tls-dir", folder.Path, "--dns-name", "a.svc", "--dns-name", "b.svc,192.0.2.7", "--ca-out", "ca.crt",
             "--disable", "go", "--disable", "nginx, apache-httpd", "--accelerator-resource", "example.com/npu*", "--cross-namespace", "any", "--log-format", "text", "--log-level", "Debug"]);
        Assert.Equal(IPEndPoint.Parse("[::]:8443"), options.Serving.Listen);
        Assert.Equal((folder.Path, "ca.crt", "text", LogLevel.Debug), (options.Certificates.TlsDirectory, options.Certificates.CaOut, options.Log.Format, options.Log.Level));
        Assert.Equal(["example.com/npu*"], options.Injection.AcceleratorResources);
        Assert.Equal(["a.svc", "b.svc", "192.0.2.7"], options.Certificates.DnsNames);
        Assert.Equal(["apache-httpd", "go", "nginx"], options.Injection.Disabled.Order(StringComparer.Ordinal));
        Assert.Equal(CrossNamespace.Any, options.Injection.CrossNamespace);
    }

    [Fact]
    public async Task Serving_has_the_documented_defaults_and_the_command_line_sets_each()
    {
        var defaults = new ServingOptions();
        Assert.Equal(defaults, (await OptionsAsync(["--cluster", "x"])).Serving with { ClientNames = defaults.ClientNames });
        using var folder = new TempFolder();
        var serving = (await OptionsAsync(
            ["--cluster", "x", "--shutdown-delay", "1m30s", "--drain-timeout", "5s", "--connection-age", "0", "--connection-requests", "7", "--max-concurrency", "3", "--max-queue", "0",
             "--queue-timeout", "20ms", "--review-timeout", "1s", "--client-ca", folder.Write("ca.crt", ""), "--client-name", "kube-apiserver, other"])).Serving;
        Assert.Equal((TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(5), TimeSpan.Zero, 7), (serving.ShutdownDelay, serving.DrainTimeout, serving.ConnectionAge, serving.ConnectionRequests));
        Assert.Equal((3, 0, TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(1)), (serving.MaxConcurrency, serving.MaxQueue, serving.QueueTimeout, serving.ReviewTimeout));
        Assert.Equal(folder.PathOf("ca.crt"), serving.ClientAuthority);
        Assert.Equal(["kube-apiserver", "other"], serving.ClientNames);
    }

    [Fact]
    public async Task The_environment_and_appsettings_are_read()
    {
        var options = await OptionsAsync([], ("CLUSTER", "from-environment"), ("Spanhook:listen", "127.0.0.1:1234"), ("DISABLE", "go,java"), ("Spanhook:dns-name", "a.svc, b.svc"), ("CA_OUT", "ca.crt"));
        Assert.Equal(("from-environment", IPEndPoint.Parse("127.0.0.1:1234"), "ca.crt"), (options.Cluster.Path, options.Serving.Listen, options.Certificates.CaOut));
        Assert.Equal(["go", "java"], options.Injection.Disabled.Order(StringComparer.Ordinal));
        Assert.Equal(["a.svc", "b.svc"], options.Certificates.DnsNames);
    }

    [Fact]
    public async Task The_command_line_beats_the_environment_and_that_beats_appsettings()
    {
        (string, string) file = ("Spanhook:cluster", "file"), environment = ("CLUSTER", "environment");
        Assert.Equal("file", (await OptionsAsync([], file)).Cluster.Path);
        Assert.Equal("environment", (await OptionsAsync([], file, environment)).Cluster.Path);
        Assert.Equal("line", (await OptionsAsync(["--cluster", "line"], file, environment)).Cluster.Path);
        Assert.Equal(["go"], (await OptionsAsync(["--cluster", "x", "--disable", "go"], ("DISABLE", "java"))).Injection.Disabled);
    }

    [Theory]
    [InlineData("cluster that is not there")]
    [InlineData("broken manifest")]
    [InlineData("ca-out that cannot be written")]
    [InlineData("tls-dir without a pair")]
    [InlineData("address of another machine")]
    [InlineData("port in use")]
    public async Task Input_that_cannot_be_used_is_exit_code_2(string what)
    {
        using var folder = new TempFolder();
        using var inUse = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        inUse.Start();
        var good = new ServerOptions { Cluster = new() { Path = folder.Write("a.yaml", TestCluster.Yaml) }, Serving = new() { Listen = new IPEndPoint(IPAddress.Loopback, 0) } };
        var options = what switch
        {
            "cluster that is not there" => good with { Cluster = new() { Path = folder.PathOf("none") } },
            "broken manifest" => good with { Cluster = new() { Path = folder.Write("b.yaml", "kind: [\n") } },
            "ca-out that cannot be written" => good with { Certificates = new() { CaOut = folder.PathOf("none/ca.crt") } },
            "tls-dir without a pair" => good with { Certificates = new() { TlsDirectory = folder.Path } },
            "address of another machine" => good with { Serving = new() { Listen = IPEndPoint.Parse("192.0.2.1:9443") } },
            _ => good with { Serving = new() { Listen = (IPEndPoint)inUse.LocalEndpoint } },
        };
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Assert.Equal(2, await WebhookServer.RunAsync(options, patience.Token));
    }

    private static async Task<ServerOptions> OptionsAsync(string[] arguments, params (string, string)[] settings)
    {
        var (code, error, options) = await RunAsync(arguments, settings);
        Assert.True(code == 0, error);
        return options!;
    }

    private static async Task<(int Code, string Error, ServerOptions? Options)> RunAsync(string[] arguments, params (string Key, string Value)[] settings)
    {
        ServerOptions? seen = null;
        using var error = new StringWriter();
        var command = ServerCommand.Create((options, _) => Task.FromResult((seen = options) is null ? 1 : 0), Configuration(settings));
        var code = await command.Parse(arguments).InvokeAsync(new InvocationConfiguration { Error = error, Output = error });
        return (code, error.ToString(), seen);
    }

    private static IConfigurationRoot Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();
}
