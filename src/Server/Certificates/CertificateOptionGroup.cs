using System.CommandLine;
using Spanhook.Server.Hosting;

namespace Spanhook.Server.Certificates;

/// <summary>The options of <see cref="CertificateOptions"/>.</summary>
internal sealed class CertificateOptionGroup(ServerSettings settings) : OptionGroup<CertificateOptions>
{
    private readonly Option<string?> _tls = settings.Text("--tls-dir", "FOLDER", "Folder with tls.crt and tls.key, reloaded on change. Without it a certificate is made in memory.", null);
    private readonly Option<string[]> _names = settings.List("--dns-name", "NAME", "A further name in the certificate made in memory, for example spanhook.spanhook.svc. Repeatable.");
    private readonly Option<string?> _caOut =
        settings.Text("--ca-out", "FILE", "Writes the authority of the certificate made in memory as PEM: what a client, or caBundle, has to trust.", null);

    public override CertificateOptions Read(ParseResult result) =>
        new() { TlsDirectory = result.GetValue(_tls), DnsNames = Split(result.GetValue(_names)), CaOut = result.GetValue(_caOut) };

    public override IEnumerable<string> Problems(ParseResult result)
    {
        if (result.GetValue(_tls) is { } folder && !Directory.Exists(folder))
            yield return $"--tls-dir '{folder}' is no folder: give the one with tls.crt and tls.key";
        foreach (var name in Split(result.GetValue(_names)))
        {
            if (Uri.CheckHostName(name) == UriHostNameType.Unknown) yield return $"--dns-name '{name}' is no host name: write for example spanhook.spanhook.svc";
        }
    }
}
