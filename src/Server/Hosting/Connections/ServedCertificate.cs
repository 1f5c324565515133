using System.Net.Security;
using Spanhook.Server.Certificates;

namespace Spanhook.Server.Hosting.Connections;

/// <summary>
/// What the next handshake presents. OpenSSL's half of a replaced certificate waits for a finalizer, which may not run for hours where little is allocated,
/// so a change is a reason to give memory back.
/// </summary>
internal sealed class ServedCertificate(ICertificateSource source, IdleMemory memory)
{
    private SslStreamCertificateContext? _last;

    /// <inheritdoc cref="ICertificateSource.Current"/>
    public SslStreamCertificateContext Current
    {
        get
        {
            var current = source.Current;
            if (Interlocked.Exchange(ref _last, current) is { } last && !ReferenceEquals(last, current)) memory.Note();
            return current;
        }
    }
}
