using System.Diagnostics;

namespace Spanhook.EndToEnd.Support;

/// <summary>What somebody with this kubeconfig types: <c>kubectl spanhook</c>, and the lines of kubectl that it prints to be copied.</summary>
internal sealed class Plugin(Kubectl kubectl)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>One run, in a namespace.</summary>
    public Task<KubectlResult> InAsync(TestNamespace ns, params string[] arguments) => RunAsync([.. arguments, "-n", ns.Name]);

    /// <summary>One run.</summary>
    public async Task<KubectlResult> RunAsync(params string[] arguments)
    {
        var run = await CliProcess.RunAsync(kubectl.Kubeconfig, arguments);
        return new KubectlResult(run.ExitCode, run.Out, run.Error);
    }

    /// <summary>A line in a shell, by the kubectl that is on PATH.</summary>
    public async Task<KubectlResult> ShellAsync(string line)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", line]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["KUBECONFIG"] = kubectl.Kubeconfig;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        return new KubectlResult(process.ExitCode, await output, await error);
    }
}
