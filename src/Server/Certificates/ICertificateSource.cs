using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Spanhook.Server.Certificates;

/// <summary>What the next handshake presents. A new certificate is a swapped reference: connections that are open keep theirs.</summary>
internal interface ICertificateSource : IDisposable
{
    SslStreamCertificateContext Current { get; }

    /// <summary>The certificate of <see cref="Current"/>; null when there is none yet.</summary>
    X509Certificate2? Presented => Current.TargetCertificate;
}
