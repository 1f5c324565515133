using System.Diagnostics;

namespace Spanhook.EndToEnd.Support;

/// <summary>The built <c>kubectl-spanhook</c> as a process, as somebody with this kubeconfig.</summary>
internal sealed class Plugin(Kubectl kubectl)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>One run, in a namespace.</summary>
    public Task<KubectlResult> InAsync(TestNamespace ns, params string[] arguments) => RunAsync([.. arguments, "-n", ns.Name]);

    public Task<KubectlResult> RunAsync(params string[] arguments) =>
        RunAsync(SpanhookServer.Dotnet(), [Path.Combine(AppContext.BaseDirectory, "kubectl-spanhook.dll"), .. arguments]);

    /// <summary>A line that was printed to be copied, in a shell, by the kubectl that is on PATH.</summary>
    public Task<KubectlResult> ShellAsync(string line) => RunAsync("/bin/sh", ["-c", line]);

    private async Task<KubectlResult> RunAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["KUBECONFIG"] = kubectl.Kubeconfig;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException e)
        {
            process.Kill();
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: no answer within {Patience.TotalSeconds:0} s", e);
        }

        return new KubectlResult(process.ExitCode, await output, await error);
    }
}
