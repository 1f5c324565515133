using System.Buffers;

namespace Spanhook.Injection.CommandLine;

/// <summary>Writes a word so that a POSIX shell reads exactly that word.</summary>
internal static class ShellQuote
{
    private static readonly SearchValues<char> Safe = SearchValues.Create("%+,-./0123456789:=@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");

    /// <summary>
    /// The word itself when it has only characters that mean nothing to a shell, else in single quotes. A reference such as
    /// <c>$(NODE_IP)</c> stays what it is: the kubelet replaces it before the shell reads the quotes, and should the variable be
    /// missing, the shell takes it for text and runs nothing.
    /// </summary>
    public static string Quote(string word)
    {
        if (word.Length > 0 && word.AsSpan().IndexOfAnyExcept(Safe) < 0) return word;
        return $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
    }
}
