namespace Spanhook.Server.Certificates;

/// <summary>Where the server's certificate comes from.</summary>
internal sealed record CertificateOptions
{
    /// <summary>Folder with <c>tls.crt</c> and <c>tls.key</c>; null for a certificate made in memory.</summary>
    public string? TlsDirectory { get; init; }

    /// <summary>Further names of the certificate made in memory, besides localhost.</summary>
    public IReadOnlyList<string> DnsNames { get; init; } = [];

    /// <summary>Where the authority of the certificate made in memory is written, as PEM; null for nowhere.</summary>
    public string? CaOut { get; init; }
}
