using System.CommandLine;
using System.Globalization;
using System.Net;
using Spanhook.Injection;
using Spanhook.Injection.Injectors;

namespace Spanhook.Server.Hosting;

/// <summary>
/// The options of the server. Each is read from the command line (<c>--tls-dir X</c>), else from the environment (<c>SPANHOOK_TLS_DIR=X</c>),
/// else from <c>appsettings.json</c> (<c>"Spanhook": {"tls-dir": "X"}</c>); <c>--help</c> says so for each.
/// </summary>
internal sealed class ServerCommand
{
    private const int BadUsage = 2;

    private static readonly string[] Levels = ["trace", "debug", "information", "warning", "error"];

    private readonly ServerSettings _settings;
    private readonly Option<string?> _cluster;
    private readonly Option<string?> _listen;
    private readonly Option<string?> _tls;
    private readonly Option<string[]> _names;
    private readonly Option<string?> _caOut;
    private readonly Option<string[]> _disable;
    private readonly Option<string[]> _accelerators;
    private readonly Option<string?> _cross;
    private readonly Option<string?> _format;
    private readonly Option<string?> _level;

    private ServerCommand(ServerSettings settings)
    {
        _settings = settings;
        _cluster = settings.Text("--cluster", "PATH", "File or folder of YAML or JSON manifests (Namespace, Instrumentation, TracingPolicy, ReplicaSet, Job); reloaded on change. Required.", null);
        _listen = settings.Text("--listen", "ADDRESS:PORT", "Where to serve HTTPS; port 0 takes a free one.", "[::]:9443");
        _tls = settings.Text("--tls-dir", "FOLDER", "Folder with tls.crt and tls.key, reloaded on change. Without it a certificate is made in memory.", null);
        _names = settings.List("--dns-name", "NAME", "A further name in the certificate made in memory, for example spanhook.spanhook.svc. Repeatable.");
        _caOut = settings.Text("--ca-out", "FILE", "Writes the authority of the certificate made in memory as PEM: what a client, or caBundle, has to trust.", null);
        _disable = settings.List("--disable", "INJECTOR", $"Switches an injector off: {string.Join(", ", InjectorCatalog.Names)}. Repeatable.");
        _accelerators = settings.List("--accelerator-resource", "NAME", "A further resource that means an accelerator, for example example.com/npu; a * at the end stands for any ending. Repeatable.");
        _cross = settings.Text("--cross-namespace", "granted|any", "Who may name an Instrumentation of another namespace: those that it grants, or any.", "granted");
        _format = settings.Text("--log-format", "json|text", "Form of the log lines. Default: text on a terminal, json elsewhere.", null);
        _level = settings.Text("--log-level", "LEVEL", string.Join(", ", Levels) + ".", "information");
    }

    /// <summary>Makes the command, which calls <paramref name="run"/> with options that were validated.</summary>
    public static RootCommand Create(Func<ServerOptions, CancellationToken, Task<int>> run, IConfiguration? configuration = null)
    {
        var command = new ServerCommand(new ServerSettings(configuration ?? ServerSettings.DefaultConfiguration()));
        var root = new RootCommand("Spanhook: a mutating admission webhook that makes pods emit OpenTelemetry traces. Serves POST /mutate-v1-pod, GET /livez and GET /readyz.");
        foreach (var option in command._settings.Options) root.Options.Add(option);
        root.SetAction(async (result, cancellation) =>
        {
            var problems = command.Problems(result).ToList();
            return problems.Count > 0 ? await RefuseAsync(result, problems) : await run(command.Read(result), cancellation);
        });
        return root;
    }

    /// <summary>Parses and runs. The exit code is what the server returned, or 2 when the command line was not understood.</summary>
    public static async Task<int> InvokeAsync(string[] args, Func<ServerOptions, CancellationToken, Task<int>> run)
    {
        try
        {
            var result = Create(run).Parse(args);
            return result.Errors.Count > 0 ? await RefuseAsync(result, result.Errors.Select(e => e.Message)) : await result.InvokeAsync();
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
        Cluster = result.GetValue(_cluster)!,
        Listen = ParseEndPoint(result.GetValue(_listen)!)!,
        TlsDirectory = result.GetValue(_tls),
        DnsNames = Split(result.GetValue(_names)),
        CaOut = result.GetValue(_caOut),
        Injection = new InjectionOptions
        {
            Disabled = Split(result.GetValue(_disable)).ToHashSet(StringComparer.Ordinal),
            AcceleratorResources = [.. Split(result.GetValue(_accelerators))],
            CrossNamespace = result.GetValue(_cross) == "any" ? CrossNamespace.Any : CrossNamespace.Granted,
        },
        LogFormat = result.GetValue(_format) ?? (Console.IsOutputRedirected ? "json" : "text"),
        LogLevel = Enum.Parse<LogLevel>(result.GetValue(_level)!, ignoreCase: true),
    };

    // All at once, after every source was read: whoever starts a server should not have to try again for each mistake.
    private IEnumerable<string> Problems(ParseResult result)
    {
        foreach (var unknown in _settings.UnknownKeys()) yield return unknown;
        if (string.IsNullOrEmpty(result.GetValue(_cluster)))
            yield return $"--cluster is missing: give the file or folder of manifests [{ServerSettings.Sources("--cluster")}]";
        if (ParseEndPoint(result.GetValue(_listen) ?? "") is null)
            yield return $"--listen '{result.GetValue(_listen)}' is no address: write ADDRESS:PORT, for example 127.0.0.1:9443 or [::]:9443";
        if (result.GetValue(_tls) is { } folder && !Directory.Exists(folder))
            yield return $"--tls-dir '{folder}' is no folder: give the one with tls.crt and tls.key";
        if (result.GetValue(_cross) is not ("granted" or "any")) yield return $"--cross-namespace '{result.GetValue(_cross)}' is not known: write granted or any";
        if (result.GetValue(_format) is not (null or "json" or "text")) yield return $"--log-format '{result.GetValue(_format)}' is not known: write json or text";
        if (!Levels.Contains(result.GetValue(_level), StringComparer.OrdinalIgnoreCase))
            yield return $"--log-level '{result.GetValue(_level)}' is not known: write {string.Join(", ", Levels)}";
        foreach (var name in Split(result.GetValue(_disable)))
        {
            if (!InjectorCatalog.Names.Contains(name, StringComparer.Ordinal))
                yield return $"--disable '{name}' is no injector: write one of {string.Join(", ", InjectorCatalog.Names)}";
        }

        foreach (var name in Split(result.GetValue(_names)))
        {
            if (Uri.CheckHostName(name) == UriHostNameType.Unknown) yield return $"--dns-name '{name}' is no host name: write for example spanhook.spanhook.svc";
        }
    }

    private static string[] Split(string[]? values) =>
        [.. (values ?? []).SelectMany(v => v.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];

    private static IPEndPoint? ParseEndPoint(string text) =>
        text.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(text.StartsWith(':') ? "[::]" + text : text, out var endPoint)
            && text.EndsWith(":" + endPoint.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            ? endPoint
            : null;
}
