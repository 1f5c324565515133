using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Spanhook.EndToEnd.Webhooks;

/// <summary>The built server as a process: what is shipped (<c>make trim</c>) where it was published from these sources, else what was built with the tests.</summary>
internal sealed partial class SpanhookServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(40);

    private readonly ChildProcess _process;

    private SpanhookServer(ChildProcess process, Uri url) => (_process, Url) = (process, url);

    /// <summary>Where it serves.</summary>
    public Uri Url { get; }

    public bool HasEnded => _process.HasExited;

    public IReadOnlyList<string> Log => _process.Lines;

    public static string Program { get; } = Published() ?? Built();

    /// <exception cref="InvalidOperationException">It ended, or said nothing in time; the message has its last lines.</exception>
    public static async Task<SpanhookServer> StartAsync(params string[] arguments)
    {
        var serving = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = ChildProcess.Start(Command[0], [.. Command[1..], .. arguments], line =>
        {
            if (ServingLine().Match(line) is { Success: true } match) serving.TrySetResult(new Uri(match.Groups["url"].Value));
        });
        try
        {
            await Soon.TrueAsync("the server says where it serves", Patience, () =>
            {
                process.ThrowIfEnded();
                return Task.FromResult(serving.Task.IsCompleted);
            });
            return new SpanhookServer(process, await serving.Task);
        }
        catch (Exception e)
        {
            var tail = process.Tail();
            await process.DisposeAsync();
            throw new InvalidOperationException($"the server did not start: {e.Message}\n{tail}", e);
        }
    }

    /// <summary>As the kubelet ends it.</summary>
    /// <returns>Its exit code.</returns>
    public Task<int> StopAsync() => _process.StopAsync(DrainPatience);

    /// <summary>As the kernel ends it when memory is short.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>It accepts connections and answers nothing.</summary>
    public void Suspend() => _process.Suspend();

    public void Resume() => _process.Resume();

    public void ThrowIfEnded() => _process.ThrowIfEnded();

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static string[] Command => Program.EndsWith(".dll", StringComparison.Ordinal) ? [Dotnet(), Program] : [Program];

    // A folder that is older than the server built with these tests holds another version.
    private static string? Published()
    {
        var file = RepositoryRoot.PathOf("artifacts", "publish", "server", "spanhook-server");
        return File.Exists(file) && File.GetLastWriteTimeUtc(file) >= File.GetLastWriteTimeUtc(Built()) ? file : null;
    }

    private static string Built() => Path.Combine(AppContext.BaseDirectory, "spanhook-server.dll");

    // The dotnet that runs the tests, which need not be the one in the PATH.
    internal static string Dotnet()
    {
        var own = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        return File.Exists(own) ? own : "dotnet";
    }

    [GeneratedRegex(@"Serving on (?<url>https://[^\s""]+)", RegexOptions.NonBacktracking)]
    private static partial Regex ServingLine();
}
