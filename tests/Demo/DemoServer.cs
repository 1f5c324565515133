using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Spanhook.Demo;

/// <summary>The built server as a child process, on a free loopback port, with a certificate authority of its own.</summary>
internal sealed partial class DemoServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<Uri> _serving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Action<string>? _onLine;

    private DemoServer(Process process, string caFile)
    {
        _process = process;
        CaFile = caFile;
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
    }

    /// <summary>Where it serves; known once it said so.</summary>
    public Uri Url => _serving.Task.Result;

    /// <summary>The authority's certificate, which the server wrote.</summary>
    public string CaFile { get; }

    /// <exception cref="DemoException">It ended, or said nothing in time.</exception>
    public static async Task<DemoServer> StartAsync(string cluster, string folder, CancellationToken cancellation)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "spanhook-server.dll");
        if (!File.Exists(program)) throw new DemoException($"the server is not built: there is no {program}");
        var caFile = Path.Combine(folder, "ca.crt");
        string[] arguments = [program, "--cluster", cluster, "--listen", "127.0.0.1:0", "--ca-out", caFile, "--log-format", "text"];
        var process = new Process { StartInfo = new ProcessStartInfo(Dotnet(), arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true } };

        // What is set for another server on this machine must not change the demo.
        foreach (var name in process.StartInfo.Environment.Keys.Where(n => n.StartsWith("SPANHOOK_", StringComparison.OrdinalIgnoreCase)).ToList())
            process.StartInfo.Environment.Remove(name);

        var server = new DemoServer(process, caFile);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            var ended = process.WaitForExitAsync(cancellation);
            if (await Task.WhenAny(server._serving.Task, ended).WaitAsync(Patience, cancellation) == ended) throw new DemoException($"the server did not start: {server.LastLine}");
            return server;
        }
        catch (TimeoutException)
        {
            await server.DisposeAsync();
            throw new DemoException($"the server did not say where it serves within {Patience.TotalSeconds:0} s: {server.LastLine}");
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Shows every further line of its log.</summary>
    public void Follow(Action<string> onLine) => _onLine = onLine;

    /// <summary>Waits until it ends by itself.</summary>
    public Task WaitAsync(CancellationToken cancellation) => _process.WaitForExitAsync(cancellation);

    /// <summary>Asks it to stop, as the kubelet does.</summary>
    /// <exception cref="DemoException">It does not, or not well.</exception>
    public async Task StopAsync()
    {
        if (!_process.HasExited) AskToStop();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new DemoException($"the server did not stop within {Patience.TotalSeconds:0} s of SIGTERM");
        }

        if (_process.ExitCode != 0 && !OperatingSystem.IsWindows()) throw new DemoException($"the server ended with exit code {_process.ExitCode}: {LastLine}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private string LastLine => _lines.LastOrDefault() ?? "it said nothing";

    private void AskToStop()
    {
        const int Terminate = 15;
        if (OperatingSystem.IsWindows()) _process.Kill();
        else _ = Signal(_process.Id, Terminate);
    }

    private void Read(string? line)
    {
        if (string.IsNullOrWhiteSpace(line)) return;
        _lines.Enqueue(line);
        _onLine?.Invoke(line);
        if (ServingLine().Match(line) is { Success: true } match) _serving.TrySetResult(new Uri(match.Groups["url"].Value));
    }

    // The dotnet that runs the demo itself, which need not be the one in the PATH.
    private static string Dotnet()
    {
        var own = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        return File.Exists(own) ? own : "dotnet";
    }

    [GeneratedRegex(@"Serving on (?<url>https://[^\s""]+)", RegexOptions.NonBacktracking)]
    private static partial Regex ServingLine();

    [LibraryImport("libc", EntryPoint = "kill"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Signal(int process, int signal);
}
