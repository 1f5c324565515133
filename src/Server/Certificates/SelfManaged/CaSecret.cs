using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Spanhook.Server.Certificates.SelfManaged;

/// <summary>What could be read of the Secret, and what is wrong with the rest. Without a word of a key.</summary>
internal sealed record CaReading(CaState State, IReadOnlyList<string> Problems);

/// <summary>
/// The Secret as text: <c>ca.crt</c>, <c>ca.key</c> (signs), <c>next.crt</c>, <c>next.key</c> (will sign), <c>previous.crt</c> (trusted still).
/// Everything readable counts, whatever is wrong beside it.
/// </summary>
internal static class CaSecret
{
    private const string P256 = "1.2.840.10045.3.1.7";
    private const int MaxPrevious = 8;

    public static CaReading Read(Secret? secret)
    {
        if (secret?.Data is not { Count: > 0 } data) return new(CaState.Empty, []);
        var problems = new List<string>();
        var state = new CaState { Current = Authority(data, "ca", problems), Next = Authority(data, "next", problems), Previous = Previous(data, problems) };
        return new(state, problems);
    }

    /// <summary>The entries that make a Secret hold this state; null for those that it must not have.</summary>
    public static Dictionary<string, byte[]?> Data(CaState state) => new(StringComparer.Ordinal)
    {
        ["ca.crt"] = Pem(state.Current),
        ["ca.key"] = Key(state.Current),
        ["next.crt"] = Pem(state.Next),
        ["next.key"] = Key(state.Next),
        ["previous.crt"] = state.Previous.Count == 0 ? null : CaBundle.Write(state.Previous),
    };

    private static CertificateAuthority? Authority(Dictionary<string, byte[]> data, string name, List<string> problems)
    {
        if (!data.TryGetValue($"{name}.crt", out var pem))
        {
            if (data.ContainsKey($"{name}.key")) problems.Add($"{name}.key has no {name}.crt beside it");
            return null;
        }

        var certificate = Certificate(pem, $"{name}.crt", problems);
        return certificate is null ? null : new CertificateAuthority(WithKey(certificate, data.GetValueOrDefault($"{name}.key"), name, problems));
    }

    private static X509Certificate2? Certificate(byte[] pem, string field, List<string> problems)
    {
        try
        {
            var certificate = X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(pem));
            if (CaBundle.IsAuthority(certificate)) return certificate;
            problems.Add($"{field} is no certificate of an authority");
        }
        catch (CryptographicException)
        {
            problems.Add($"{field} is no certificate in PEM");
        }

        return null;
    }

    // Without its key the certificate still counts: leaves of it are being served.
    private static X509Certificate2 WithKey(X509Certificate2 certificate, byte[]? pem, string name, List<string> problems)
    {
        using var publicKey = certificate.GetECDsaPublicKey();
        if (publicKey?.ExportParameters(includePrivateParameters: false).Curve.Oid.Value != P256)
        {
            problems.Add($"{name}.crt has another kind of key than ECDSA P-256");
            return certificate;
        }

        if (pem is null)
        {
            problems.Add($"{name}.key is missing");
            return certificate;
        }

        try
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(Encoding.UTF8.GetString(pem));
            return certificate.CopyWithPrivateKey(key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            problems.Add($"{name}.key is not the key of {name}.crt");
            return certificate;
        }
    }

    private static IReadOnlyList<X509Certificate2> Previous(Dictionary<string, byte[]> data, List<string> problems)
    {
        if (!data.TryGetValue("previous.crt", out var pem)) return [];
        var certificates = CaBundle.Read(pem);
        if (certificates.Count == 0) problems.Add("previous.crt has no certificate of an authority in PEM");
        return [.. certificates.Take(MaxPrevious)];
    }

    private static byte[]? Pem(CertificateAuthority? authority) => authority is null ? null : CaBundle.Write([authority.Certificate]);

    private static byte[]? Key(CertificateAuthority? authority)
    {
        if (authority?.HasKey != true) return null;
        using var key = authority.Certificate.GetECDsaPrivateKey()!;
        return Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n");
    }
}
