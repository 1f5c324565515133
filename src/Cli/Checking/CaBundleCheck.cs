using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Spanhook.Cli.Checking;

/// <summary>The authorities that the API server trusts when it calls the webhook.</summary>
internal static class CaBundleCheck
{
    private const string Name = "caBundle";

    private static readonly TimeSpan Soon = TimeSpan.FromDays(3);

    public static CheckResult Run(JsonObject entry, DateTimeOffset now)
    {
        var text = entry["clientConfig"]?["caBundle"]?.ToString();
        if (string.IsNullOrEmpty(text))
        {
            return CheckResult.Fail(Name, $"{entry["name"]} has none: the API server trusts no replica",
                "the webhook publishes it when it runs and may patch this configuration; with cert-manager its cainjector does");
        }

        var certificates = Read(text);
        if (certificates.Count == 0) return CheckResult.Fail(Name, $"{entry["name"]} has one that holds no certificate in PEM", "remove it: kubectl edit mutatingwebhookconfiguration; the webhook publishes its own");
        var last = certificates.Max(certificate => certificate.NotAfter.ToUniversalTime());
        var until = last.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";
        if (last <= now.UtcDateTime) return CheckResult.Fail(Name, $"expired at {until}", "see the log of the webhook's replicas: the one that holds the Lease renews it");
        var known = $"{certificates.Count} {(certificates.Count == 1 ? "authority" : "authorities")}, until {until}";
        return last - now.UtcDateTime < Soon
            ? CheckResult.Warn(Name, known, "it should have been renewed by now: see the log of the webhook's replicas")
            : CheckResult.Ok(Name, known);
    }

    /// <summary>What can be read as a certificate; empty when nothing can.</summary>
    /// <param name="base64">As the API server has it.</param>
    public static IReadOnlyList<X509Certificate2> Read(string base64)
    {
        var bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, bytes, out var length)) return [];
        var read = new List<X509Certificate2>();
        var text = Encoding.UTF8.GetString(bytes, 0, length).AsSpan();
        while (PemEncoding.TryFind(text, out var fields))
        {
            try
            {
                if (text[fields.Label] is "CERTIFICATE") read.Add(X509Certificate2.CreateFromPem(text[fields.Location]));
            }
            catch (CryptographicException)
            {
                // The others may be right.
            }

            text = text[fields.Location.End..];
        }

        return read;
    }
}
