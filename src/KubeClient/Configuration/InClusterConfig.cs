namespace Spanhook.KubeClient.Configuration;

/// <summary>What the kubelet gives every pod: two variables and a mounted folder.</summary>
internal static class InClusterConfig
{
    private const string Host = "KUBERNETES_SERVICE_HOST";
    private const string Port = "KUBERNETES_SERVICE_PORT";

    public static bool IsPod(ConfigEnvironment environment) => environment[Host] is not null && File.Exists(TokenFile(environment));

    public static ApiServerConfig Read(ConfigEnvironment environment)
    {
        var host = environment[Host] ?? throw new ApiServerConfigException($"{Host} is not set: this is no pod; name a kubeconfig with --kubeconfig FILE or KUBECONFIG");
        var port = environment[Port] ?? "443";
        if (!Uri.TryCreate($"https://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}", UriKind.Absolute, out var server))
            throw new ApiServerConfigException($"{Host}={host} and {Port}={port} make no address: unset them, or write a host and a port");
        var token = TokenFile(environment);
        if (!File.Exists(token)) throw new ApiServerConfigException($"{token} is not there: set automountServiceAccountToken: true in the pod's spec");
        var authority = Path.Combine(environment.ServiceAccountFolder, "ca.crt");
        if (!File.Exists(authority)) throw new ApiServerConfigException($"{authority} is not there: the pod must mount the ConfigMap kube-root-ca.crt beside its token");
        return new ApiServerConfig
        {
            Server = server,
            Source = "the pod's service account",
            Namespace = Namespace(environment),
            Authority = PemSource.OfFile(authority, authority),
            Login = new Login { TokenFile = token },
            IsInCluster = true,
        };
    }

    private static string TokenFile(ConfigEnvironment environment) => Path.Combine(environment.ServiceAccountFolder, "token");

    private static string? Namespace(ConfigEnvironment environment)
    {
        var file = Path.Combine(environment.ServiceAccountFolder, "namespace");
        return File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } name ? name : null;
    }
}
