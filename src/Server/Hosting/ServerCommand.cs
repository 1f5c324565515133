using System.CommandLine;
using Spanhook.Server.Certificates;
using Spanhook.Server.Cluster;
using Spanhook.Server.Telemetry;

namespace Spanhook.Server.Hosting;

/// <summary>
/// The options of the server. Each is read from the command line (<c>--tls-dir X</c>), else from the environment (<c>SPANHOOK_TLS_DIR=X</c>),
/// else from <c>appsettings.json</c> (<c>"Spanhook": {"tls-dir": "X"}</c>); <c>--help</c> says so for each.
/// </summary>
internal sealed class ServerCommand
{
    private const int BadUsage = 2;

    private readonly ServerSettings _settings;
    private readonly ClusterOptionGroup _cluster;
    private readonly ServingOptionGroup _serving;
    private readonly CertificateOptionGroup _certificates;
    private readonly InjectionOptionGroup _injection;
    private readonly TelemetryOptionGroup _telemetry;
    private readonly LogOptionGroup _log;

    // In the order of --help.
    private ServerCommand(ServerSettings settings)
    {
        _settings = settings;
        _cluster = new(settings);
        _serving = new(settings);
        _certificates = new(settings);
        _injection = new(settings);
        _telemetry = new(settings);
        _log = new(settings);
    }

    /// <summary>Makes the command, which calls <paramref name="run"/> with options that were validated.</summary>
    public static RootCommand Create(Func<ServerOptions, CancellationToken, Task<int>> run, IConfiguration? configuration = null)
    {
        var command = new ServerCommand(new ServerSettings(configuration ?? ServerSettings.DefaultConfiguration()));
        var root = new RootCommand("Spanhook: a mutating admission webhook that makes pods emit OpenTelemetry traces. Serves POST /mutate-v1-pod, GET /livez and GET /readyz.");
        foreach (var option in command._settings.Options) root.Options.Add(option);
        root.SetAction(async (result, cancellation) =>
        {
            var problems = command.Problems(result);
            return problems.Count > 0 ? await RefuseAsync(result, problems) : await run(command.Read(result), cancellation);
        });
        return root;
    }

    /// <summary>Parses and runs. The exit code is what the server returned, or 2 when the command line was not understood.</summary>
    public static async Task<int> InvokeAsync(string[] args, Func<ServerOptions, CancellationToken, Task<int>> run)
    {
        try
        {
            // The server itself knows what a signal means (ProcessSignals); the parser's own handlers would end it after two seconds.
            var result = Create(run).Parse(args);
            return result.Errors.Count > 0 ? await RefuseAsync(result, result.Errors.Select(e => e.Message)) : await result.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
        }
        catch (InvalidDataException e)
        {
            // appsettings.json is not JSON; the parser's sentence has the line.
            await Console.Error.WriteLineAsync($"spanhook-server: {e.Message} {e.InnerException?.InnerException?.Message}");
            return BadUsage;
        }
    }

    private static async Task<int> RefuseAsync(ParseResult result, IEnumerable<string> errors)
    {
        foreach (var error in errors) await result.InvocationConfiguration.Error.WriteLineAsync("spanhook-server: " + error);
        await result.InvocationConfiguration.Error.WriteLineAsync("Run spanhook-server --help for all options.");
        return BadUsage;
    }

    private ServerOptions Read(ParseResult result) => new()
    {
        Cluster = _cluster.Read(result),
        Serving = _serving.Read(result),
        Certificates = _certificates.Read(result),
        Injection = _injection.Read(result),
        Telemetry = _telemetry.Read(result),
        Log = _log.Read(result),
    };

    // All at once, after every source was read: whoever starts a server should not have to try again for each mistake.
    private List<string> Problems(ParseResult result)
    {
        var problems = _settings.Problems().Concat(new OptionGroup[] { _cluster, _serving, _certificates, _injection, _telemetry, _log }.SelectMany(group => group.Problems(result))).ToList();
        if (problems.Count == 0 && Read(result) is { Cluster.Path: null, Certificates.CaOut: { } file })
            problems.Add($"--ca-out '{file}' is for the certificate made in memory: with --api-server leave it away, the authority is in the caBundle of the webhook configuration");
        return problems;
    }
}
