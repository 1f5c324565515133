using System.Globalization;
using System.Net;
using Spanhook.Load.Generating;
using Spanhook.Support;

namespace Spanhook.Load.Serving;

/// <summary>A running server: where it is, whom its clients trust, what it uses.</summary>
internal sealed class Webhook : IDisposable
{
    /// <summary>Not the server's but ours: followed by the file with the authorities to trust.</summary>
    public const string TrustOption = "trust";

    /// <summary>Ours too: followed by the number of the one core that the server gets.</summary>
    public const string CoreOption = "core";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _probe;
    private readonly Uri _ready;

    private Webhook(ServerProcess process, TlsTrust trust, int management)
    {
        (Process, Trust) = (process, trust);
        Address = new IPEndPoint(IPAddress.Loopback, process.Address.Port);
        _ready = management > 0 ? new Uri($"http://127.0.0.1:{management}/readyz") : new Uri(process.Address, "/readyz");
        _probe = trust.Client(TimeSpan.FromSeconds(1));
    }

    public ServerProcess Process { get; }

    public IPEndPoint Address { get; }

    public TlsTrust Trust { get; }

    /// <summary>From the start of the process to its first "ready".</summary>
    public TimeSpan ReadyAfter { get; private set; }

    public ProcessFigures Figures => Process.Figures;

    /// <param name="build">What to start.</param>
    /// <param name="folder">For the certificate of its authority.</param>
    /// <param name="options">Options besides those of address, log and trust. With --tls-dir the authority is ca.crt in that folder.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">It ended, or did not become ready in time.</exception>
    public static async Task<Webhook> StartAsync(ServerBuild build, string folder, IReadOnlyList<string> options, CancellationToken cancellation)
    {
        var start = TimeProvider.System.GetTimestamp();
        var management = build.Knows("--management-listen") ? ServerProcess.FreePort() : 0;
        List<string> all = [.. options, "--log-format", "json"];
        var core = Take(all, CoreOption);
        var authority = Authority(all, Path.Combine(folder, $"ca-{start}.crt"));
        if (management > 0) all.AddRange(["--management-listen", $"127.0.0.1:{management}"]);
        ServerProcess Start() => ServerProcess.Start(build.Program, port => [.. all, "--listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}")]);
        var process = core is null ? Start() : Affinity.On(int.Parse(core, CultureInfo.InvariantCulture), Start);
        var webhook = new Webhook(process, new TlsTrust(authority), management);
        try
        {
            while (!await webhook.IsReadyAsync(cancellation))
            {
                process.ThrowIfEnded();
                if (TimeProvider.System.GetElapsedTime(start) > Patience) throw new InvalidOperationException($"the server was not ready within {Patience.TotalSeconds:0} s");
                await Task.Delay(5, cancellation);
            }
        }
        catch
        {
            webhook.Dispose();
            throw;
        }

        webhook.ReadyAfter = TimeProvider.System.GetElapsedTime(start);
        return webhook;
    }

    /// <summary>The file with the authorities to trust; asks the server to write it where nobody else does.</summary>
    private static string Authority(List<string> options, string own)
    {
        if (Take(options, TrustOption) is { } file) return file;
        if (options.IndexOf("--tls-dir") is var folder and >= 0) return Path.Combine(options[folder + 1], "ca.crt");
        options.AddRange(["--ca-out", own]);
        return own;
    }

    private static string? Take(List<string> options, string option)
    {
        if (options.IndexOf(option) is var at && at < 0) return null;
        var value = options[at + 1];
        options.RemoveRange(at, 2);
        return value;
    }

    /// <summary>What a kubelet would ask; no answer is a no.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellation)
    {
        try
        {
            using var response = await _probe.GetAsync(_ready, cancellation);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            return false;
        }
    }

    /// <summary>Waits until its readiness says no, or it does not answer any more; false when it still says yes after that time.</summary>
    public async Task<bool> UntilNotReadyAsync(TimeSpan patience, CancellationToken cancellation)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (await IsReadyAsync(cancellation))
        {
            if (TimeProvider.System.GetElapsedTime(start) > patience) return false;
            await Task.Delay(20, cancellation);
        }

        return true;
    }

    /// <summary>An open loop straight to this server; a rate of null makes a closed one.</summary>
    public LoadPlan Plan(ReviewMix mix, double? rate, TimeSpan duration) => new() { Server = Address, Tls = Trust.Options, Mix = mix, Rate = rate, Duration = duration };

    public void Dispose()
    {
        _probe.Dispose();
        Process.Dispose();
    }
}
