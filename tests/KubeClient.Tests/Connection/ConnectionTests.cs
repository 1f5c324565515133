using Microsoft.AspNetCore.Server.Kestrel.Core;
using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.KubeClient.Configuration;
using Spanhook.Support;

namespace Spanhook.KubeClient.Tests.Connection;

/// <summary>TLS, client certificates, tokens and plugins, over real connections.</summary>
public sealed class ConnectionTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TestAuthority _authority = new("kubernetes");
    private readonly SteppedTime _time = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_authority_of_the_cluster_is_trusted_and_HTTP2_is_spoken()
    {
        await using var server = await TlsAsync();
        await GetAsync(server, $"certificate-authority-data: {TempFolder.Base64(_authority.Pem)}", "token: t1");
        var request = Assert.Single(server.Requests);
        Assert.Equal(("HTTP/2", "t1"), (request.Protocol, request.Token));
        Assert.Matches(@"^spanhook/\d+\.\d+\.\d+$", request.Header("User-Agent"));
    }

    [Fact]
    public async Task Another_authority_is_not_trusted()
    {
        using var stranger = new TestAuthority("kubernetes");
        await using var server = await TlsAsync();
        var error = await Assert.ThrowsAsync<ApiServerException>(() => GetAsync(server, $"certificate-authority-data: {TempFolder.Base64(stranger.Pem)}", "token: t1"));
        Assert.Equal((0, ApiServerException.Unreachable), (error.Status, error.Reason));
        await Assert.ThrowsAsync<ApiServerException>(() => GetAsync(server, "disable-compression: true", "token: t1"));
        Assert.Empty(server.Requests);
        await GetAsync(server, "insecure-skip-tls-verify: true", "token: t1");
    }

    [Fact]
    public async Task The_name_of_the_certificate_is_checked_and_tls_server_name_says_which()
    {
        await using var server = await TlsAsync("api.example");
        var trust = $"certificate-authority-data: {TempFolder.Base64(_authority.Pem)}";
        await Assert.ThrowsAsync<ApiServerException>(() => GetAsync(server, trust, "token: t1"));
        await GetAsync(server, $"{trust}, tls-server-name: api.example", "token: t1");
    }

    [Fact]
    public async Task An_authority_file_that_is_replaced_is_read_again()
    {
        using var stranger = new TestAuthority("old");
        await using var server = await TlsAsync();
        var file = _folder.Write("ca.crt", stranger.Pem);
        using var client = Client(server, $"certificate-authority: {file}", "token: t1");
        await Assert.ThrowsAsync<ApiServerException>(() => GetAsync(client));
        File.WriteAllText(file, _authority.Pem);
        await GetAsync(client);
    }

    [Fact]
    public async Task A_client_certificate_is_shown_from_files_and_from_data()
    {
        using var issued = _authority.Issue("admin");
        await using var server = await TlsAsync();
        var (certificate, key) = (issued.ExportCertificatePem(), TestAuthority.KeyPem(issued));
        var trust = $"certificate-authority-data: {TempFolder.Base64(_authority.Pem)}";
        await GetAsync(server, trust, $"client-certificate-data: {TempFolder.Base64(certificate)}, client-key-data: {TempFolder.Base64(key)}");
        _folder.Write("admin.crt", certificate);
        _folder.Write("admin.key", key);
        await GetAsync(server, trust, "client-certificate: admin.crt, client-key: admin.key");
        Assert.All(server.Requests, request => Assert.Equal("CN=admin", request.ClientCertificate));
    }

    [Fact]
    public async Task A_token_file_is_read_again_after_a_minute_and_at_once_after_a_401()
    {
        await using var server = await FakeApiServer.StartAsync();
        Serve(server);
        var file = _folder.Write("token", "one\n");
        using var client = Client(server, "disable-compression: true", $"tokenFile: {file}");
        await GetAsync(client);
        File.WriteAllText(file, "two");
        await GetAsync(client);
        _time.Advance(TimeSpan.FromSeconds(61));
        await GetAsync(client);
        Assert.Equal(["one", "one", "two"], server.Requests.Select(r => r.Token));
        File.WriteAllText(file, "three");
        server.Fault = request => request.Token == "three" ? null : FakeFault.Answer(401, "Unauthorized");
        await GetAsync(client);
        Assert.Equal(["two", "three"], server.Requests.Skip(3).Select(r => r.Token));
    }

    [Fact]
    public async Task A_plugin_is_run_once_until_its_token_expires_or_is_refused()
    {
        await using var server = await FakeApiServer.StartAsync();
        Serve(server);
        _folder.WriteScript("plugin", $$"""
            n=$(cat "$COUNT" 2>/dev/null || echo 0); n=$((n+1)); echo $n > "$COUNT"
            printf '%s' "$KUBERNETES_EXEC_INFO" > "$COUNT.info"
            echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"'"$1-$n"'","expirationTimestamp":"'"$2"'"} }'
            """);
        var expires = _time.GetUtcNow().AddMinutes(10).ToString("yyyy-MM-ddTHH:mm:ssZ", null);
        using var client = Client(server, "extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: x}}]",
            $"exec: {{apiVersion: client.authentication.k8s.io/v1, command: ./plugin, args: [t, \"{expires}\"], env: [{{name: COUNT, value: {_folder.PathOf("count")}}}], provideClusterInfo: true, interactiveMode: Never}}");
        await GetAsync(client);
        await GetAsync(client);
        _time.Advance(TimeSpan.FromMinutes(11));
        await GetAsync(client);
        Assert.Equal(["t-1", "t-1", "t-2"], server.Requests.Select(r => r.Token));
        server.Fault = request => request.Token == "t-2" ? FakeFault.Answer(401, "Unauthorized") : null;
        await GetAsync(client);
        Assert.Equal(["t-2", "t-3"], server.Requests.TakeLast(2).Select(r => r.Token));
        var info = File.ReadAllText(_folder.PathOf("count.info"));
        Assert.Contains(server.Url.Port.ToString(null, null), info, StringComparison.Ordinal);
        Assert.Contains("\"config\":{\"audience\":\"x\"}", info, StringComparison.Ordinal);
        Assert.Contains("\"interactive\":false", info, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plugin_may_print_a_client_certificate()
    {
        using var issued = _authority.Issue("cloud-user");
        await using var server = await TlsAsync();
        var json = new System.Text.Json.Nodes.JsonObject
        {
            ["kind"] = "ExecCredential",
            ["apiVersion"] = "client.authentication.k8s.io/v1beta1",
            ["status"] = new System.Text.Json.Nodes.JsonObject { ["clientCertificateData"] = issued.ExportCertificatePem(), ["clientKeyData"] = TestAuthority.KeyPem(issued) },
        };
        _folder.Write("credential.json", json.ToJsonString());
        _folder.WriteScript("plugin", $"cat '{_folder.PathOf("credential.json")}'");
        await GetAsync(server, $"certificate-authority-data: {TempFolder.Base64(_authority.Pem)}", "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: ./plugin}");
        Assert.Equal("CN=cloud-user", Assert.Single(server.Requests).ClientCertificate);
    }

    [Theory]
    [InlineData("echo no json", "did not print JSON")]
    [InlineData("echo '{}'", "did not print an ExecCredential of client.authentication.k8s.io/v1")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\"}'", "neither status.token nor status.clientCertificateData")]
    [InlineData("echo log in first >&2; exit 3", "ended with 3: log in first")]
    public async Task A_plugin_that_fails_is_named_with_what_it_said(string script, string message)
    {
        await using var server = await FakeApiServer.StartAsync();
        _folder.WriteScript("plugin", script);
        var error = await Assert.ThrowsAsync<ApiServerException>(() => GetAsync(server, "disable-compression: true", "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin}"));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.PathOf("plugin"), error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_plugin_that_is_not_installed_is_named_with_its_hint()
    {
        await using var server = await FakeApiServer.StartAsync();
        var error = await Assert.ThrowsAsync<ApiServerException>(() => GetAsync(server, "disable-compression: true",
            "exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin-of-ours, installHint: install it}"));
        Assert.Contains("install it", error.Message, StringComparison.Ordinal);
    }

    private static void Serve(FakeApiServer server) => server.Serve("/api/v1/namespaces", "Namespace").Put(new() { ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["name"] = "shop" } });

    private async Task<FakeApiServer> TlsAsync(params string[] names)
    {
        var certificate = _authority.Issue("kube-apiserver", names.Length > 0 ? names : ["localhost", "127.0.0.1"]);
        var server = await FakeApiServer.StartAsync(new() { Certificate = certificate, ClientAuthority = _authority.Certificate, Protocols = HttpProtocols.Http1AndHttp2 });
        Serve(server);
        return server;
    }

    private ApiServerClient Client(FakeApiServer server, string cluster, string user)
    {
        var file = _folder.Write("config", $$$"""
            current-context: x
            contexts: [{name: x, context: {cluster: x, user: x}}]
            clusters: [{name: x, cluster: {server: "{{{server.Url}}}", {{{cluster}}} } }]
            users: [{name: x, user: { {{{user}}} } }]
            """);
        return new ApiServerClient(ApiServerConfig.Load(file, null, new ConfigEnvironment()), _time);
    }

    private async Task GetAsync(FakeApiServer server, string cluster, string user)
    {
        using var client = Client(server, cluster, user);
        await GetAsync(client);
    }

    private static async Task GetAsync(ApiServerClient client)
    {
        var found = await client.GetAsync("/api/v1/namespaces/shop", ApiJsonContext.Default.Namespace, TestContext.Current.CancellationToken);
        Assert.IsType<Namespace>(found);
        Assert.Equal("shop", found.Metadata.Name);
    }
}
