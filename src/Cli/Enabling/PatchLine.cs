using System.Text.Json.Nodes;
using Spanhook.Cli.Workloads;

namespace Spanhook.Cli.Enabling;

/// <summary>The line of kubectl that does the same, for a shell: to be copied, or read by those who write it into Git.</summary>
internal static class PatchLine
{
    /// <param name="name">The workload.</param>
    /// <param name="ns">Its namespace.</param>
    /// <param name="patch">The merge patch.</param>
    /// <param name="connection">The options that say which cluster: names and values.</param>
    public static string Of(WorkloadName name, string ns, JsonObject patch, IReadOnlyList<string> connection)
    {
        // Custom resources by their whole name: another one may be called the same.
        var type = name.Type.Group.Contains('.', StringComparison.Ordinal) ? $"{name.Type.Plural}.{name.Type.Group}" : name.Type.Singular;
        string[] words = ["kubectl", .. connection, "patch", type, name.Name, "-n", ns, "--type=merge", "-p", patch.ToJsonString()];
        return string.Join(' ', words.Select(Quoted));
    }

    // In single quotes a POSIX shell takes everything as it stands but the quote itself.
    private static string Quoted(string word) => word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or '=' or ':' or ',')
        ? word
        : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
