using System.Net.Security;

namespace Spanhook.Server.Certificates;

/// <summary>What the next handshake presents. A new certificate is a swapped reference: connections that are open keep theirs.</summary>
internal interface ICertificateSource : IDisposable
{
    SslStreamCertificateContext Current { get; }
}
