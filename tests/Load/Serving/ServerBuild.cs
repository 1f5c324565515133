using System.Diagnostics;

namespace Spanhook.Load.Serving;

/// <summary>The program that is tested, and which options it knows: a scenario may need more than an older build has.</summary>
internal sealed class ServerBuild
{
    private readonly HashSet<string> _options;

    private ServerBuild(string program, HashSet<string> options) => (Program, _options) = (program, options);

    public string Program { get; }

    /// <exception cref="InvalidOperationException">It does not run.</exception>
    public static ServerBuild Inspect(string program)
    {
        if (!File.Exists(program)) throw new InvalidOperationException($"--server '{program}' is no file: run `make trim`, which makes artifacts/publish/server/spanhook-server");
        using var process = Process.Start(new ProcessStartInfo(program, ["--help"]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var help = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"--server '{program}' ends with exit code {process.ExitCode} when asked for --help");
        return new ServerBuild(program, [.. help.Split([' ', '\n', ',', '=', '[', ']'], StringSplitOptions.RemoveEmptyEntries).Where(word => word.StartsWith("--", StringComparison.Ordinal))]);
    }

    public bool Knows(string option) => _options.Contains(option);
}
