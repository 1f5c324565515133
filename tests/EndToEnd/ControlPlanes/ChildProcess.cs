using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Spanhook.EndToEnd.ControlPlanes;

/// <summary>
/// A program that ends with this process, however this process ends: beside it waits a shell for the end of its standard input, which the
/// kernel closes when we are gone. The program has the process id that was started, so that signals reach it and nothing else.
/// </summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    private const string Watched = """
        exec 3<&0
        ( while read -r _ <&3; do :; done; read -r _ _ _ parent _ < /proc/self/stat; [ "$parent" = "$$" ] && kill -KILL "$$" ) > /dev/null 2>&1 < /dev/null &
        exec "$@" 3<&- < /dev/null
        """;

    private const int Kill = 9;
    private const int Terminate = 15;
    private const int Continue = 18;
    private const int Stop = 19;
    private const int LinesKept = 5000;

    private readonly string _name;
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private volatile Action<string>? _onLine;

    private ChildProcess(string name, Process process)
    {
        (_name, _process) = (name, process);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
    }

    public bool HasExited => _process.HasExited;

    /// <summary>What it said, the newest lines last.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    public static ChildProcess Start(string program, IEnumerable<string> arguments, Action<string>? onLine = null)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Watched, "sh", program, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        // What is set for another server, or for another cluster, on this machine must not change a test.
        foreach (var name in start.Environment.Keys.Where(IsForeign).ToList()) start.Environment.Remove(name);
        var child = new ChildProcess(Path.GetFileName(program), new Process { StartInfo = start }) { _onLine = onLine };
        child._process.Start();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Asks it to end, as the kubelet does, and waits; ends it when it does not.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync(TimeSpan patience)
    {
        if (!HasExited) _ = Signal(_process.Id, Terminate);
        try
        {
            await _process.WaitForExitAsync().WaitAsync(patience);
        }
        catch (TimeoutException e)
        {
            await KillAsync();
            throw new InvalidOperationException($"{_name} did not end within {patience.TotalSeconds:0} s of SIGTERM\n{Tail()}", e);
        }

        return _process.ExitCode;
    }

    public async Task KillAsync()
    {
        if (!HasExited) _ = Signal(_process.Id, Kill);
        await _process.WaitForExitAsync();
    }

    /// <summary>It keeps its sockets and answers nothing.</summary>
    public void Suspend() => _ = Signal(_process.Id, Stop);

    public void Resume() => _ = Signal(_process.Id, Continue);

    /// <exception cref="InvalidOperationException">It has ended.</exception>
    public void ThrowIfEnded()
    {
        if (HasExited) throw new InvalidOperationException($"{_name} ended with exit code {_process.ExitCode}\n{Tail()}");
    }

    public string Tail(int lines = 30) => string.Join('\n', _lines.TakeLast(lines));

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (string.IsNullOrWhiteSpace(line)) return;
        _lines.Enqueue(line);
        if (_lines.Count > LinesKept) _lines.TryDequeue(out _);
        _onLine?.Invoke(line);
    }

    private static bool IsForeign(string variable) => variable.StartsWith("SPANHOOK_", StringComparison.OrdinalIgnoreCase) || variable is "KUBECONFIG" or "KUBERNETES_SERVICE_HOST" or "KUBERNETES_SERVICE_PORT" || Proxy().IsMatch(variable);

    [GeneratedRegex("^(https?|all|no)_proxy$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Proxy();

    [LibraryImport("libc", EntryPoint = "kill"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Signal(int process, int signal);
}
