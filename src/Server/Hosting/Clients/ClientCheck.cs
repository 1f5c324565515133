using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http.Features;

namespace Spanhook.Server.Hosting.Clients;

/// <summary>
/// Whether a client may ask for admissions. Its certificate is asked for and judged in the handshake, once for each connection; what is wrong with
/// it is told at <c>POST /mutate-v1-pod</c>, as a 403 with a sentence. A handshake that fails would tell the API server's log nothing but
/// "remote error", and would keep kubelets, which have no certificate, from the probes of this port.
/// </summary>
internal sealed class ClientCheck
{
    private const string Missing = "a client certificate is required: give the API server one in its --admission-control-config-file";

    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");
    private static readonly Verdict Accepted = new(null);

    private readonly ClientAuthorities? _authorities;
    private readonly HashSet<string> _names;
    private readonly TimeProvider _time;

    /// <exception cref="CryptographicException">The authorities cannot be used.</exception>
    /// <exception cref="IOException">Their file cannot be read.</exception>
    public ClientCheck(ServingOptions options, ILogger<ClientCheck> logger, TimeProvider time)
    {
        _authorities = options.ClientAuthority is { } file ? new ClientAuthorities(file, logger, time) : null;
        _names = options.ClientNames.ToHashSet(StringComparer.Ordinal);
        _time = time;
    }

    /// <summary>False when anybody may ask.</summary>
    public bool IsOn => _authorities is not null;

    /// <summary>Why this client may not ask; null when it may.</summary>
    public string? Problem(HttpContext context) => IsOn ? (context.Features.Get<Verdict>() ?? new Verdict(Missing)).Problem : null;

    /// <summary>Asks for a certificate in this handshake, and keeps the verdict with the connection.</summary>
    public void Ask(SslServerAuthenticationOptions handshake, IFeatureCollection connection)
    {
        if (!IsOn) return;
        handshake.ClientCertificateRequired = true;

        // A resumed session would bring the verdict of an older day, before the certificate ended or its authority was replaced.
        handshake.AllowTlsResume = false;
        handshake.CertificateRevocationCheckMode = X509RevocationMode.NoCheck;
#pragma warning disable CA5359 // the verdict is kept, and refuses at the endpoint
        handshake.RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
        {
            connection.Set(certificate is X509Certificate2 leaf ? Judge(leaf, chain?.ChainPolicy.ExtraStore) : new Verdict(Missing));
            return true;
        };
#pragma warning restore CA5359
    }

    private Verdict Judge(X509Certificate2 leaf, X509Certificate2Collection? sent)
    {
        using var chain = new X509Chain { ChainPolicy = Policy(sent) };
        if (!chain.Build(leaf)) return new Verdict($"the client certificate is not accepted: {Status(chain)}");
        return _names.Count == 0 || Names(leaf).Any(_names.Contains)
            ? Accepted
            : new Verdict("the client certificate has none of the names of --client-name");
    }

    // No download of an intermediate or of a revocation list: an admission never makes a call.
    private X509ChainPolicy Policy(X509Certificate2Collection? sent)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = _time.GetUtcNow().LocalDateTime,
        };
        policy.CustomTrustStore.AddRange(_authorities!.Current);
        policy.ApplicationPolicy.Add(ClientAuthentication);
        if (sent is not null) policy.ExtraStore.AddRange(sent);
        return policy;
    }

    private static string Status(X509Chain chain)
    {
        var status = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid)) return "it is not valid at this time";
        if (status.HasFlag(X509ChainStatusFlags.NotValidForUsage)) return "it is not meant for clients (extended key usage clientAuth)";

        // An authority of the same name but another key shows as a wrong signature.
        X509ChainStatusFlags[] unknown = [X509ChainStatusFlags.PartialChain, X509ChainStatusFlags.UntrustedRoot, X509ChainStatusFlags.NotSignatureValid];
        return unknown.Any(flag => status.HasFlag(flag)) ? "no authority of --client-ca signed it" : status.ToString();
    }

    private static IEnumerable<string> Names(X509Certificate2 leaf)
    {
        const string commonName = "2.5.4.3";
        foreach (var part in leaf.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            if (!part.HasMultipleElements && part.GetSingleElementType().Value == commonName && part.GetSingleElementValue() is { } name) yield return name;
        }

        foreach (var name in leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames())) yield return name;
    }

    /// <summary>A feature of the connection.</summary>
    /// <param name="Problem">Null when the client may ask.</param>
    private sealed record Verdict(string? Problem);
}
