using Spanhook.KubeClient.Configuration;

namespace Spanhook.KubeClient.Tests.Configuration;

/// <summary>Where the API server is and who we are, as kubectl would have it.</summary>
public sealed class KubeconfigTests : IDisposable
{
    private const string Minimal = """
        apiVersion: v1
        kind: Config
        current-context: dev
        contexts:
        - {name: dev, context: {cluster: local, user: me, namespace: shop}}
        - {name: other, context: {cluster: local}}
        clusters:
        - {name: local, cluster: {server: "https://10.0.0.1:6443"}}
        users:
        - {name: me, user: {token: secret}}
        """;

    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _variables = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_current_context_names_cluster_user_and_namespace()
    {
        var config = Read(Minimal);
        Assert.Equal("https://10.0.0.1:6443/", config.Server.AbsoluteUri);
        Assert.Equal("shop", config.Namespace);
        Assert.Equal("secret", config.Login.Token);
        Assert.Contains("context dev of", config.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void A_context_that_is_named_counts()
    {
        var config = Read(Minimal, "other");
        Assert.Null(config.Namespace);
        Assert.Null(config.Login.Token);
    }

    [Fact]
    public void Of_several_files_the_first_that_sets_a_value_or_names_an_entry_wins()
    {
        var first = _folder.Write("a/config", "current-context: dev\nusers:\n- {name: me, user: {tokenFile: token}}\n");
        var second = _folder.Write("b/config", Minimal.Replace("current-context: dev", "current-context: other", StringComparison.Ordinal));
        _variables["KUBECONFIG"] = string.Join(Path.PathSeparator, first, _folder.PathOf("absent"), second);
        var config = ApiServerConfig.Load(null, null, Environment());
        Assert.Equal("shop", config.Namespace);
        Assert.Null(config.Login.Token);
        Assert.Equal(_folder.PathOf("a/token"), config.Login.TokenFile); // beside the file that names it
    }

    [Fact]
    public void Without_any_variable_the_file_of_the_home_folder_counts()
    {
        _folder.Write(".kube/config", Minimal);
        Assert.Equal("shop", ApiServerConfig.Load(null, null, Environment()).Namespace);
    }

    [Fact]
    public void Inside_a_pod_its_service_account_counts_unless_a_kubeconfig_is_named()
    {
        _folder.Write("token", "t");
        _folder.Write("ca.crt", "c");
        _folder.Write("namespace", "spanhook\n");
        _variables["KUBERNETES_SERVICE_HOST"] = "fd00::1";
        _variables["KUBERNETES_SERVICE_PORT"] = "6443";
        var config = ApiServerConfig.Load(null, null, Environment());
        Assert.Equal("https://[fd00::1]:6443/", config.Server.AbsoluteUri);
        Assert.Equal("spanhook", config.Namespace);
        Assert.Equal(_folder.PathOf("token"), config.Login.TokenFile);
        Assert.Equal(_folder.PathOf("ca.crt"), config.Authority!.File);
        Assert.Equal("shop", ApiServerConfig.Load(_folder.Write("config", Minimal), null, Environment()).Namespace);
    }

    [Fact]
    public void The_cluster_says_whom_to_trust_and_how_to_get_there()
    {
        var config = Read(Minimal.Replace("server: \"https://10.0.0.1:6443\"",
            $"server: \"https://10.0.0.1:6443/k8s/c-1\", tls-server-name: api.example, proxy-url: \"http://proxy.example:3128\", certificate-authority-data: {TempFolder.Base64("pem")}",
            StringComparison.Ordinal));
        Assert.Equal(("api.example", "http://proxy.example:3128/", "pem"), (config.TlsServerName, config.Proxy!.AbsoluteUri, config.Authority!.Text));
        Assert.Equal("/k8s/c-1", config.Server.AbsolutePath);
    }

    [Theory]
    [InlineData("token: secret", "username: admin, password: admin", "username: API servers have taken no passwords")]
    [InlineData("token: secret", "auth-provider: {name: gcp}", "auth-provider: was removed")]
    [InlineData("token: secret", "client-certificate-data: YQ==", "client-key: is missing")]
    [InlineData("token: secret", "client-certificate: nowhere.crt", "nowhere.crt is not there: check the path")]
    [InlineData("token: secret", "token: [a]", "users.0.user.token: must be a text")]
    [InlineData("token: secret", "exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1}", "apiVersion: 'client.authentication.k8s.io/v1alpha1' is not supported: write client.authentication.k8s.io/v1")]
    [InlineData("token: secret", "exec: {apiVersion: client.authentication.k8s.io/v1}", "command: is missing")]
    [InlineData("token: secret", "exec: {command: x, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Always}", "interactiveMode: Always needs somebody at a terminal")]
    [InlineData("current-context: dev", "current-context: nowhere", "contexts has no 'nowhere': add it, or name another; there are dev, other")]
    [InlineData("current-context: dev", "", "current-context is not set: name one with --context NAME; there are dev, other")]
    [InlineData("cluster: local, user: me", "cluster: gone, user: me", "clusters has no 'gone'")]
    [InlineData("cluster: local, user: me", "cluster: local, user: gone", "users has no 'gone'")]
    [InlineData("server: \"https://10.0.0.1:6443\"", "server: \"ftp://x\"", "server: 'ftp://x' is no address: write for example https://")]
    [InlineData("server: \"https://10.0.0.1:6443\"", "certificate-authority: x", "there: check the path")]
    [InlineData("server: \"https://10.0.0.1:6443\"", "server: \"https://x\", certificate-authority-data: \"%\"", "certificate-authority-data: is no base64")]
    [InlineData("server: \"https://10.0.0.1:6443\"", "server: \"https://x\", proxy-url: \"x\"", "proxy-url: 'x' is no proxy")]
    [InlineData("server: \"https://10.0.0.1:6443\"", "server: \"https://x\", insecure-skip-tls-verify: true, certificate-authority-data: YQ==", "contradicts certificate-authority")]
    [InlineData("kind: Config", "kind: Pod", "'Pod' is no kubeconfig")]
    [InlineData("kind: Config", "kind: [", "config")]
    public void What_is_wrong_is_named_with_file_and_field_and_fix(string right, string wrong, string message)
    {
        var error = Assert.Throws<ApiServerConfigException>(() => Read(Minimal.Replace(right, wrong, StringComparison.Ordinal)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.PathOf("config"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_any_configuration_the_error_says_what_to_give()
    {
        Assert.Contains("--kubeconfig FILE or KUBECONFIG", Assert.Throws<ApiServerConfigException>(() => ApiServerConfig.Load(null, null, Environment())).Message, StringComparison.Ordinal);
        Assert.Contains("there is no such kubeconfig", Assert.Throws<ApiServerConfigException>(() => ApiServerConfig.Load(_folder.PathOf("x"), null, Environment())).Message, StringComparison.Ordinal);
    }

    private ApiServerConfig Read(string text, string? context = null) => ApiServerConfig.Load(_folder.Write("config", text), context, Environment());

    private ConfigEnvironment Environment() => new() { Variable = name => _variables.GetValueOrDefault(name), Home = _folder.Root, ServiceAccountFolder = _folder.Root };
}
