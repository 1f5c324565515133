using System.Globalization;
using Spanhook.Support;
using Xunit;

namespace Spanhook.Runtime.Tests.NodeJs;

/// <summary>
/// The file system of the agent's image, as far as the init container copies it: <c>/autoinstrumentation</c>, made from the
/// public npm package and kept in <c>artifacts/</c> for the next run.
/// </summary>
/// <remarks>
/// The image's own <c>autoinstrumentation.js</c> starts the SDK with all instrumentations; the package ships the same as its
/// <c>register</c> entry, so that file is here one line that loads it.
/// </remarks>
public sealed class AgentImage : IAsyncLifetime
{
    // The newest that runs on the Node.js 18 of Debian 12; the API is its peer dependency, which it does not bring along.
    private const string Agent = "@opentelemetry/auto-instrumentations-node@0.81.0";
    private const string AgentApi = "@opentelemetry/api@1.9.0";
    private static readonly Version OldestNode = new(18, 19);
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(4);

    private string _folder = "";
    private string? _whyNot;

    /// <summary>Stands for the image's <c>/autoinstrumentation</c>. Skips the test, with the reason, when it cannot be made here.</summary>
    public string Folder
    {
        get
        {
            if (_whyNot is not null) Assert.Skip(_whyNot);
            return _folder;
        }
    }

    /// <summary>The node program; only meaningful after <see cref="Folder"/> was read.</summary>
    public string Node { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        _whyNot = await PrepareAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<string?> PrepareAsync()
    {
        if (Programs.Find("node") is not { } node) return "node is not installed";
        if (Programs.Find("npm") is not { } npm) return "npm is not installed";
        Node = node;

        var text = (await Programs.RunAsync(node, ["--version"], Path.GetTempPath(), TimeSpan.FromSeconds(20))).Output.Trim();
        if (!Version.TryParse(text.TrimStart('v'), out var version) || version < OldestNode)
        {
            return string.Create(CultureInfo.InvariantCulture, $"the agent needs Node.js {OldestNode} or newer, here is {text}");
        }

        _folder = RepositoryRoot.PathOf("artifacts", "nodejs-agent", Agent[(Agent.LastIndexOf('@') + 1)..]);
        if (Directory.Exists(_folder)) return null;

        // Made beside and moved at the end: a folder of that name is a whole one, also after an interrupted run.
        var unfinished = $"{_folder}.{Environment.ProcessId}";
        Directory.CreateDirectory(unfinished);
        try
        {
            var install = await Programs.RunAsync(npm,
                ["install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--no-update-notifier", "--prefix", unfinished, Agent, AgentApi],
                unfinished, InstallLimit);
            if (install.ExitCode != 0) return $"npm cannot install {Agent}: {LastLine(install.Output)}";
            Prune(unfinished);
            await File.WriteAllTextAsync(Path.Combine(unfinished, "autoinstrumentation.js"), "require('@opentelemetry/auto-instrumentations-node/register');\n");
            Directory.Move(unfinished, _folder);
            return null;
        }
        catch (TimeoutException late)
        {
            return $"npm cannot install {Agent}: {late.Message}";
        }
        finally
        {
            if (Directory.Exists(unfinished)) Directory.Delete(unfinished, recursive: true);
        }
    }

    // Four of five files are type declarations, source maps and ES modules, which require() never reads and every pod would copy.
    private static void Prune(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToList())
        {
            if (Path.GetExtension(file) is ".map" or ".ts" || file.Contains("/build/esm/", StringComparison.Ordinal) || file.Contains("/build/esnext/", StringComparison.Ordinal))
            {
                File.Delete(file);
            }
        }
    }

    private static string LastLine(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "";
}
