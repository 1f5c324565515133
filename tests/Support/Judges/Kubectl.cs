using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Spanhook.Support.Judges;

/// <summary><c>kubectl patch --local</c>: the JSON Patch of Kubernetes itself, without a cluster.</summary>
public static class Kubectl
{
    public const string Absent = "kubectl is not on PATH: it is the judge that applies the patches as Kubernetes does";

    public static bool IsPresent { get; } = TryRun(["version", "--client"], out _);

    /// <summary>The pod after the patch.</summary>
    public static JsonNode Apply(string podFile, string patch)
    {
        if (!TryRun(["patch", "--local", "--type=json", "-f", podFile, "-p", patch, "-o", "json"], out var output)) Assert.Fail($"kubectl refuses the patch: {output}");
        return JsonNode.Parse(output)!;
    }

    private static bool TryRun(string[] arguments, out string output)
    {
        var start = new ProcessStartInfo("kubectl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        // No cluster is asked, whatever is configured on this machine.
        start.Environment["KUBECONFIG"] = Path.Combine(AppContext.BaseDirectory, "no-such-kubeconfig");
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0) output = error.GetAwaiter().GetResult();
            return process.ExitCode == 0;
        }
        catch (Win32Exception e)
        {
            output = e.Message;
            return false;
        }
    }
}
