using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Spanhook.Server.Tests.Support;

/// <summary>The built server as a process of its own, for what only a process has: signals and an exit code.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<Uri> _url = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _draining = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;

    private ServerProcess(string[] options)
    {
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "spanhook-server.dll"), "--cluster", _folder.Write("cluster.yaml", TestCluster.Yaml), "--listen", "127.0.0.1:0", "--log-format", "text", .. options];
        _process = new Process { StartInfo = new ProcessStartInfo("dotnet", arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true } };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
    }

    public Uri Url => _url.Task.Result;

    /// <summary>When the server said that it drains.</summary>
    public Task Draining => _draining.Task.WaitAsync(Patience);

    public string Lines => string.Join('\n', _lines);

    public static async Task<ServerProcess> StartAsync(params string[] options)
    {
        var server = new ServerProcess(options);
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        await server._url.Task.WaitAsync(Patience);
        return server;
    }

    /// <summary>A client that trusts whatever this server shows: both are on the loopback device.</summary>
    public HttpClient Client()
    {
#pragma warning disable CA5359 // see above
        var handler = new SocketsHttpHandler { UseProxy = false, SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } };
#pragma warning restore CA5359
        return new HttpClient(handler) { BaseAddress = Url, Timeout = Patience };
    }

    /// <param name="signal">TERM, INT or QUIT.</param>
    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null) return;
        _lines.Enqueue(line);
        const string serving = "Serving on ";
        if (line.IndexOf(serving, StringComparison.Ordinal) is >= 0 and var at) _url.TrySetResult(new Uri(line[(at + serving.Length)..]));
        if (line.Contains("Draining on", StringComparison.Ordinal)) _draining.TrySetResult();
    }
}
