using System.ComponentModel;
using System.Diagnostics;

namespace Spanhook.Deploy.Tests;

/// <summary>A program that judges what is deployed. Where it is absent, its tests are skipped and say so.</summary>
internal sealed class Tool(string name, string purpose, params string[] probe)
{
    public static readonly Tool Kubectl = new("kubectl", "it builds the overlays", "version", "--client");
    public static readonly Tool Helm = new("helm", "it renders the chart", "version");
    public static readonly Tool Promtool = new("promtool", "it checks the alerts", "--version");

    private readonly Lazy<bool> _present = new(() =>
    {
        try
        {
            return Start(name, probe).Code == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    });

    /// <summary>What it prints; skips the test where it is absent, fails it where it fails.</summary>
    public string Run(params string[] arguments)
    {
        var (code, output, error) = TryRun(arguments);
        Assert.True(code == 0, $"{name} {string.Join(' ', arguments)}: {error}{output}");
        return output;
    }

    public (int Code, string Output, string Error) TryRun(params string[] arguments)
    {
        Assert.SkipUnless(_present.Value, $"{name} is not on PATH: {purpose}");
        return Start(name, arguments);
    }

    private static (int Code, string Output, string Error) Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        // No cluster is asked, whatever is configured on this machine.
        start.Environment["KUBECONFIG"] = Path.Combine(AppContext.BaseDirectory, "no-such-kubeconfig");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
