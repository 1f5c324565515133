using System.Security.Cryptography;
using System.Text;

namespace Spanhook.Server.Files;

/// <summary>
/// Tells whether files are other ones than before, by their content. Times and sizes would not do: a mounted Secret or ConfigMap shows links, the
/// kubelet swaps a folder behind them, and the links stay as old as they were.
/// </summary>
internal static class ContentFingerprint
{
    /// <summary>The same text for the same names and contents; another one, and no exception, when a file cannot be read.</summary>
    public static string Of(IEnumerable<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            var content = Read(file);
            hash.AppendData(Encoding.UTF8.GetBytes($"{file}\0{content?.Length ?? -1}\0"));
            hash.AppendData(content ?? []);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static byte[]? Read(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
