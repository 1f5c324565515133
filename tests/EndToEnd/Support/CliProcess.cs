using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Spanhook.EndToEnd.Support;

/// <summary>One run of the built <c>kubectl-spanhook</c>, as a process.</summary>
internal sealed record CliProcess(int ExitCode, string Out, string Error)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public static async Task<CliProcess> RunAsync(string kubeconfig, params string[] arguments)
    {
        var start = new ProcessStartInfo(Dotnet(), [Path.Combine(AppContext.BaseDirectory, "kubectl-spanhook.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["KUBECONFIG"] = kubeconfig;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw;
        }

        return new(process.ExitCode, await output, await error);
    }

    /// <summary>What it printed, for a message of a test.</summary>
    public override string ToString() => $"exit code {ExitCode}\n{Out}\n{Error}";

    // The dotnet that runs the tests, which need not be the one in the PATH.
    private static string Dotnet()
    {
        var own = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        return File.Exists(own) ? own : "dotnet";
    }
}
