namespace Spanhook.KubeClient.Configuration;

/// <summary>A context of a kubeconfig: its cluster, its user, its namespace.</summary>
internal static class KubeconfigContext
{
    public static ApiServerConfig Read(string? file, string? name, ConfigEnvironment environment)
    {
        var config = Kubeconfig.Load(file, environment);
        name ??= config.Text("current-context")
            ?? throw new ApiServerConfigException($"{config.Shown}: current-context is not set: name one with --context NAME; there {Known(config, "contexts")}");
        var context = Find(config, "contexts", "context", name);
        var cluster = Find(config, "clusters", "cluster", Required(context, "cluster"));
        var user = context.Text("user") is { } userName ? Find(config, "users", "user", userName) : null;
        var authority = cluster.Pem("certificate-authority");
        var insecure = cluster.Flag("insecure-skip-tls-verify");
        if (insecure && authority is not null)
            throw cluster.Problem("insecure-skip-tls-verify", "contradicts certificate-authority: remove one of them");
        return new ApiServerConfig
        {
            Server = Server(cluster),
            Source = $"context {name} of {config.Shown}",
            Namespace = context.Text("namespace"),
            TlsServerName = cluster.Text("tls-server-name"),
            InsecureSkipTlsVerify = insecure,
            Proxy = Proxy(cluster),
            Authority = authority,
            Login = user is null ? Login.Anonymous : KubeconfigUser.Read(user, cluster, authority),
        };
    }

    private static KubeconfigEntry Find(Kubeconfig config, string list, string inner, string name) => config.Find(list, inner, name)
        ?? throw new ApiServerConfigException($"{config.Shown}: {list} has no '{name}': add it, or name another; there {Known(config, list)}");

    private static string Known(Kubeconfig config, string list) => config.Names(list) is { Count: > 0 } names ? $"are {string.Join(", ", names)}" : "are none";

    private static string Required(KubeconfigEntry entry, string name) => entry.Text(name) ?? throw entry.Problem(name, "is missing: write the name of one");

    private static Uri Server(KubeconfigEntry cluster)
    {
        var text = Required(cluster, "server");

        // kubectl takes a bare host:port too.
        var address = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}";
        return Uri.TryCreate(address, UriKind.Absolute, out var server) && server.Scheme is "http" or "https" && server.Host.Length > 0
            ? server
            : throw cluster.Problem("server", $"'{text}' is no address: write for example https://10.0.0.1:6443");
    }

    private static Uri? Proxy(KubeconfigEntry cluster)
    {
        if (cluster.Text("proxy-url") is not { } text) return null;
        return Uri.TryCreate(text, UriKind.Absolute, out var proxy) && proxy.Scheme is "http" or "https" or "socks5"
            ? proxy
            : throw cluster.Problem("proxy-url", $"'{text}' is no proxy: write for example http://proxy.example:3128 or socks5://proxy.example:1080");
    }
}
