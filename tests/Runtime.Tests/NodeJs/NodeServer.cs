using System.Collections.Concurrent;
using System.Diagnostics;

namespace Spanhook.Runtime.Tests.NodeJs;

/// <summary>The real application: a Node.js process with an environment that is given, and nothing else.</summary>
internal sealed class NodeServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _errors = new();

    private NodeServer(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } text) _errors.Enqueue(text);
        };
    }

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>Starts <c>app.js</c> and returns when it listens.</summary>
    public static async Task<NodeServer> StartAsync(string node, IReadOnlyDictionary<string, string> environment, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(node, [Path.Combine(AppContext.BaseDirectory, "NodeJs", "app.js")])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        // A container inherits nothing of the machine it runs on; what an image sets is PATH.
        start.Environment.Clear();
        start.Environment["PATH"] = Path.GetDirectoryName(node);
        foreach (var (name, value) in environment) start.Environment[name] = value;

        var server = new NodeServer(Process.Start(start)!);
        server._process.BeginErrorReadLine();
        try
        {
            // The agent may write lines of its own first; the application's is the one that is a number.
            while (true)
            {
                var line = await server._process.StandardOutput.ReadLineAsync(cancellation).AsTask().WaitAsync(StartLimit, cancellation);
                if (line is null) throw new InvalidOperationException($"node ended before it listened: {string.Join(Environment.NewLine, server._errors)}");
                if (ushort.TryParse(line, out var port))
                {
                    server.Address = new Uri($"http://127.0.0.1:{port}");
                    return server;
                }
            }
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
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
}
