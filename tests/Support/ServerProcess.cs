using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Spanhook.Support;

/// <summary>A server as a child process on a free loopback port, and what the kernel says about it.</summary>
public sealed class ServerProcess : IDisposable
{
    private readonly Process _process;
    private bool _isDisposed;

    private ServerProcess(Process process, int port) => (_process, Address, Figures) = (process, new Uri($"https://127.0.0.1:{port}"), new ProcessFigures(process.Id));

    public Uri Address { get; }

    public int Id => _process.Id;

    /// <summary>CPU time, memory, threads, open files.</summary>
    public ProcessFigures Figures { get; }

    /// <summary>CPU time of all its threads so far, in user and in kernel mode.</summary>
    public TimeSpan CpuTime => Figures.CpuTime;

    public double ResidentMiB => Figures.ResidentMiB;

    public bool HasEnded => _process.HasExited;

    /// <summary>Known once it ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>What the image sets. It is part of what is shipped, so it is part of what is measured.</summary>
    public static IReadOnlyDictionary<string, string> ImageEnvironment { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["DOTNET_EnableDiagnostics"] = "0",
        ["MALLOC_ARENA_MAX"] = "2",
    };

    /// <param name="program">What to start.</param>
    /// <param name="arguments">Its arguments, for the port.</param>
    /// <param name="log">Gets its standard output; null throws it away.</param>
    /// <param name="port">The port; 0 for a free one.</param>
    public static ServerProcess Start(string program, Func<int, IEnumerable<string>> arguments, Stream? log = null, int port = 0)
    {
        if (port == 0) port = FreePort();
        var start = new ProcessStartInfo(program, arguments(port)) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("SPANHOOK_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in ImageEnvironment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        // Its log is read in large pieces, so that reading it costs the load generator next to nothing; errors are shown.
        _ = process.StandardOutput.BaseStream.CopyToAsync(log ?? Stream.Null, bufferSize: 1 << 20);
        process.ErrorDataReceived += (_, line) =>
        {
            if (!string.IsNullOrEmpty(line.Data)) Console.Error.WriteLine(line.Data);
        };
        process.BeginErrorReadLine();
        return new ServerProcess(process, port);
    }

    public void ThrowIfEnded()
    {
        if (_process.HasExited) throw new InvalidOperationException($"the server ended with exit code {_process.ExitCode.ToString(CultureInfo.InvariantCulture)}");
    }

    public Task WaitForExitAsync(CancellationToken cancellation) => _process.WaitForExitAsync(cancellation);

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
