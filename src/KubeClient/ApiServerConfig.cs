using Spanhook.KubeClient.Configuration;

namespace Spanhook.KubeClient;

/// <summary>Where the API server is, whom to trust, and who we are. No record: nothing may print a token by accident.</summary>
public sealed class ApiServerConfig
{
    /// <summary>The base address, which may have a path.</summary>
    public required Uri Server { get; init; }

    /// <summary>Where this comes from, for people: <c>context dev of config.yaml</c>.</summary>
    public string Source { get; init; } = "the program";

    /// <summary>Of the service account or of the kubeconfig's context; null when neither names one.</summary>
    public string? Namespace { get; init; }

    /// <summary>The name that the server's certificate must have, when it is not the host of <see cref="Server"/>.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>Trusts whoever answers.</summary>
    public bool InsecureSkipTlsVerify { get; init; }

    /// <summary>Null: as the environment says (HTTPS_PROXY, NO_PROXY), but none inside a pod.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>The only authority that is trusted; null for those of the system.</summary>
    internal PemSource? Authority { get; init; }
    internal Login Login { get; init; } = Login.Anonymous;

    /// <summary>Inside a pod the API server is never behind a proxy, and NO_PROXY knows no address ranges.</summary>
    internal bool IsInCluster { get; init; }

    /// <summary>In a pod its service account; anywhere else, or when a kubeconfig or context is named, the kubeconfig as kubectl would take it.</summary>
    /// <param name="kubeconfig">A file; null for KUBECONFIG or ~/.kube/config.</param>
    /// <param name="context">Null for the current one.</param>
    /// <exception cref="ApiServerConfigException">With the file, the field and what to write instead.</exception>
    public static ApiServerConfig Load(string? kubeconfig = null, string? context = null) => Load(kubeconfig, context, ConfigEnvironment.Current);

    /// <summary>The service account of this pod.</summary>
    /// <exception cref="ApiServerConfigException">This is no pod, or it mounts no token.</exception>
    public static ApiServerConfig InCluster() => InClusterConfig.Read(ConfigEnvironment.Current);

    /// <summary>A context of a kubeconfig.</summary>
    /// <inheritdoc cref="Load(string?, string?)"/>
    public static ApiServerConfig FromKubeconfig(string? kubeconfig = null, string? context = null) => KubeconfigContext.Read(kubeconfig, context, ConfigEnvironment.Current);

    internal static ApiServerConfig Load(string? kubeconfig, string? context, ConfigEnvironment environment) =>
        kubeconfig is null && context is null && InClusterConfig.IsPod(environment)
            ? InClusterConfig.Read(environment)
            : KubeconfigContext.Read(kubeconfig, context, environment);
}

/// <summary>A configuration that cannot be used. The message names the file, the field and what to write instead.</summary>
public sealed class ApiServerConfigException(string message, Exception? inner = null) : Exception(message, inner);
