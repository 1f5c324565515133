using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Spanhook.Benchmarks.Https;

/// <summary>A server as a child process on a free loopback port, and what the kernel says about it.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const double TicksPerSecond = 100; // of /proc: USER_HZ, a constant of Linux' interface on all its usual machines
    private readonly Process _process;

    private ServerProcess(Process process, int port) => (_process, Address) = (process, new Uri($"https://127.0.0.1:{port}"));

    public Uri Address { get; }

    public static ServerProcess Start(string program, Func<int, IEnumerable<string>> arguments)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(program, arguments(port)) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("SPANHOOK_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        var process = Process.Start(start)!;
        // Its log is read in large pieces and thrown away, so that reading it costs the load generator next to nothing; errors are shown.
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, bufferSize: 1 << 20);
        process.ErrorDataReceived += (_, line) =>
        {
            if (!string.IsNullOrEmpty(line.Data)) Console.Error.WriteLine(line.Data);
        };
        process.BeginErrorReadLine();
        return new ServerProcess(process, port);
    }

    /// <summary>CPU time of all its threads so far, in user and in kernel mode.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            var text = File.ReadAllText($"/proc/{_process.Id}/stat");
            // The second field is the program's name in parentheses, which may hold anything; utime and stime are the 14th and 15th.
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return TimeSpan.FromSeconds((long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond);
        }
    }

    public double ResidentMiB
    {
        get
        {
            var line = File.ReadLines($"/proc/{_process.Id}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024.0;
        }
    }

    public void ThrowIfEnded()
    {
        if (_process.HasExited) throw new InvalidOperationException($"the server ended with exit code {_process.ExitCode}");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
