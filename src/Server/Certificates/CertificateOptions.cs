using Spanhook.Server.Certificates.SelfManaged;

namespace Spanhook.Server.Certificates;

/// <summary>Where the server's certificate comes from.</summary>
internal sealed record CertificateOptions
{
    /// <summary>Folder with <c>tls.crt</c> and <c>tls.key</c>; null for a certificate that the server makes.</summary>
    public string? TlsDirectory { get; init; }

    /// <summary>Further names of a certificate that the server makes, besides localhost or its Service.</summary>
    public IReadOnlyList<string> DnsNames { get; init; } = [];

    /// <summary>Where the authority of the certificate made in memory is written, as PEM; null for nowhere.</summary>
    public string? CaOut { get; init; }

    /// <summary>The namespace of the server; null for that of the service account or of the kubeconfig's context.</summary>
    public string? Namespace { get; init; }

    /// <summary>For a server that is fed by an API server. Its <see cref="SelfManagedOptions.Namespace"/> counts only after <see cref="InCluster"/>.</summary>
    public SelfManagedOptions SelfManaged { get; init; } = new();

    /// <param name="namespaceOfConfig">Of the service account or of the kubeconfig's context, if it has one.</param>
    public SelfManagedOptions InCluster(string? namespaceOfConfig) =>
        SelfManaged with { Namespace = Namespace ?? namespaceOfConfig ?? SelfManaged.Namespace, DnsNames = DnsNames };
}
