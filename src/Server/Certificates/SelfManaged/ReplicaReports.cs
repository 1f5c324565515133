using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Spanhook.Server.Certificates.SelfManaged;

/// <summary>
/// While a rotation is under way every replica says in an annotation of the Secret which authority its leaf is of, and says so again four times
/// within the retire delay. A replica whose word stood unchanged for that whole delay, as seen from here, is gone. In steady times nobody writes.
/// </summary>
internal sealed class ReplicaReports(SelfManagedOptions options, TimeProvider time)
{
    public const string Prefix = "replica.spanhook.dev/";
    private const int MaxName = 63;

    private readonly Dictionary<string, (string Word, long Since)> _seen = new(StringComparer.Ordinal);
    private readonly string _own = Prefix + Name(options.Identity);
    private long? _written;

    public void Observe(Secret secret)
    {
        var reports = (secret.Metadata.Annotations ?? []).Where(a => a.Key.StartsWith(Prefix, StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal);
        foreach (var gone in _seen.Keys.Where(key => !reports.ContainsKey(key)).ToList()) _seen.Remove(gone);
        foreach (var (key, word) in reports)
        {
            if (!_seen.TryGetValue(key, out var seen) || seen.Word != word) _seen[key] = (word, time.GetTimestamp());
        }
    }

    /// <summary>Every replica that is alive serves a leaf of this authority; at least one has said so.</summary>
    public bool AllServe(string issuer)
    {
        var alive = _seen.Values.Where(report => time.GetElapsedTime(report.Since) < options.CaRetireDelay).ToList();
        return alive.Count > 0 && alive.TrueForAll(report => Issuer(report.Word) == issuer);
    }

    /// <summary>Whether this replica has to say again what it serves.</summary>
    public bool IsDue(Secret secret, string issuer) =>
        Issuer(secret.Annotation(_own) ?? "") != issuer || _written is not { } written || time.GetElapsedTime(written) >= options.CaRetireDelay / 4;

    /// <summary>The annotation of this replica. The time is for people, and makes each word another one.</summary>
    public KeyValuePair<string, string?> Report(string issuer) => new(_own, string.Create(CultureInfo.InvariantCulture, $"{issuer} {time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ}"));

    /// <summary>The report was accepted.</summary>
    public void Written() => _written = time.GetTimestamp();

    /// <summary>Takes away the words of a rotation that is over.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> None(Secret secret) =>
        (secret.Metadata.Annotations ?? []).Keys.Where(key => key.StartsWith(Prefix, StringComparison.Ordinal)).Select(key => new KeyValuePair<string, string?>(key, null));

    private static string Issuer(string word) => word.Split(' ')[0];

    // The name of an annotation is shorter than that of a pod may be, and a host's may have other characters.
    private static string Name(string identity) =>
        identity.Length <= MaxName && identity.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && identity.Length > 0 && char.IsAsciiLetterOrDigit(identity[0]) && char.IsAsciiLetterOrDigit(identity[^1])
            ? identity
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..32];
}
