using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Spanhook.Server.Reporting.Publishing;

/// <summary>Which process this is: its replica and its start, as part of a ConfigMap's key and of a field manager's name.</summary>
internal sealed record InstanceName(string Text)
{
    // A field manager has at most 128 letters, of which the start takes 14.
    private const int Longest = 100;

    public static InstanceName Of(string identity, DateTimeOffset started) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{Readable(identity)}.{started.ToUnixTimeMilliseconds():x}"));

    private static string Readable(string identity) =>
        identity.Length is > 0 and <= Longest && identity.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? identity : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..32];
}
