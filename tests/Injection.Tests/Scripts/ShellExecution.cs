using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Spanhook.Injection.Tests.Scripts;

/// <summary>One script to run, as a kubelet would hand it to a shell.</summary>
internal readonly record struct ShellRun(string Script, IReadOnlyList<string> Arguments);

/// <summary>
/// Runs scripts in real shells and tells which programs they started, with which words. The programs are stubs that only say so; nothing
/// else is on PATH but tools that read and write what they are given, and all of it happens in a folder of its own.
/// </summary>
internal sealed class ShellExecution : IDisposable
{
    public const string Absent = "there is no dash or no bash on this system to run the scripts with";

    private const char FieldEnd = '\u001f';
    private const char RecordEnd = '\u001e';
    private const char NewLine = '\u2424';

    private static readonly string[] Tools =
        ["cat", "sed", "grep", "awk", "sort", "cut", "head", "basename", "dirname", "tr", "seq", "date", "env", "nohup", "timeout", "nice", "setsid", "tee", "stdbuf", "true", "false", "sh", "bash"];

    private static readonly string[] Stubs =
    [
        "vllm", "sglang", "trtllm-serve", "python", "python3", "ray", "lmdeploy", "nvidia-smi", "curl", "wget", "sleep", "tail", "pip", "pip3", "apt", "apt-get", "update-alternatives",
        "huggingface-cli", "hf", "git", "getent", "mkdir", "cp", "rm", "mv", "chmod", "ln", "touch", "numactl", "taskset", "tini", "sudo", "grep-gids", "setup", "notify",
    ];

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("spanhook-");

    public ShellExecution()
    {
        _root.CreateSubdirectory("bin");
        _root.CreateSubdirectory("scripts");
        foreach (var folder in (string[])["tmp", "opt/venv/bin", "opt/vllm/bin", "sbin", "home"]) _root.CreateSubdirectory($"work/{folder}");
        foreach (var tool in Tools)
        {
            if (Tool(tool) is { } path) File.CreateSymbolicLink(PathOf("bin", tool), path);
        }

        foreach (var stub in Stubs) WriteStub(stub, PathOf("bin", stub));
        WriteStub("vllm", PathOf("work", "opt", "venv", "bin", "vllm"));
        WriteStub("ldconfig", PathOf("work", "sbin", "ldconfig"));
        File.WriteAllText(PathOf("work", "opt", "vllm", "bin", "activate"), "");
    }

    public static bool IsPresent => File.Exists("/bin/sh") && Tool("dash") is not null && Tool("bash") is not null && Tool("timeout") is not null;

    /// <summary>The same script with the absolute paths that it writes to, or runs, moved into the folder it is run in.</summary>
    public static string Rooted(string script) =>
        ((string[])["/tmp/", "/opt/", "/sbin/", "/workspace/", "/vllm-workspace/"]).Aggregate(script, (text, path) => text.Replace($" {path}", $" .{path}", StringComparison.Ordinal)
            .Replace($"\n{path}", $"\n.{path}", StringComparison.Ordinal));

    /// <summary>Runs each script in a subshell, one after the other. A result is the programs it started, each with the value of X and its words.</summary>
    /// <param name="shell">dash or bash.</param>
    /// <param name="runs">The scripts.</param>
    /// <param name="environment">Assignments that all of them see.</param>
    public IReadOnlyList<IReadOnlyList<string[]>> Run(string shell, IReadOnlyList<ShellRun> runs, IReadOnlyDictionary<string, string> environment)
    {
        var batch = new StringBuilder("exec 9>&1 </dev/null\n");
        // A function costs no process; a program on PATH is there for exec, env and the like, which do not see functions.
        // What bash prints it writes line by line, dash at once: without newlines, records of programs that run side by side do not mix.
        var (words, x) = shell == "bash" ? ($"\"${{@//$'\\n'/{NewLine}}}\"", $"X=${{X//$'\\n'/{NewLine}}}") : ("\"$@\"", "X=${X-}");
        foreach (var stub in Stubs.Where(stub => !stub.Contains('-'))) batch.Append($"{stub}() {{ {Record(stub, words, x)} }}\n");
        batch.Append("cd work\n");
        for (var i = 0; i < runs.Count; i++)
        {
            File.WriteAllText(PathOf("scripts", $"{i}.sh"), runs[i].Script, new UTF8Encoding(false));
            var arguments = string.Concat(runs[i].Arguments.Select(argument => $" '{argument.Replace("'", @"'\''")}'"));
            batch.Append($"RUN={i}; (set --{arguments}; . ../scripts/{i}.sh) >/dev/null 2>&1\n");
        }

        File.WriteAllText(PathOf("batch.sh"), batch.ToString());
        var start = new ProcessStartInfo(Tool("timeout")!, ["-k", "5", "240", Tool(shell)!, PathOf("batch.sh")])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = _root.FullName,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment) start.Environment[name] = value;
        foreach (var (name, value) in ((string, string)[])[("PATH", PathOf("bin")), ("HOME", PathOf("work", "home")), ("RUN", ""), ("RS", RecordEnd.ToString()), ("LC_ALL", "C.UTF-8"), ("FUNCNEST", "20")]) start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new Win32Exception($"{shell} could not be started");
        // It ends when the last program that a script left behind has ended.
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode is not (124 or 137), $"{shell}: a script does not end");
        return Records(output, runs.Count);
    }

    public void Dispose() => _root.Delete(recursive: true);

    private static List<string[]>[] Records(string output, int count)
    {
        var results = Enumerable.Range(0, count).Select(_ => new List<string[]>()).ToArray();
        foreach (var record in output.Split($"{RecordEnd}{FieldEnd}", StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = record.Split(FieldEnd)[..^1];
            results[int.Parse(fields[0])].Add([.. fields[1..].Select(field => field.Replace(NewLine, '\n'))]);
        }

        return results;
    }

    /// <summary>What a program says of itself, in one command.</summary>
    private static string Record(string program, string words = "\"$@\"", string x = "X=${X-}") => $$"""printf '%s\037' "$RUN" "{{x}}" {{program}} {{words}} "$RS" >&9;""";

    private static void WriteStub(string name, string path)
    {
        File.WriteAllText(path, $"#!/bin/sh\n{Record(name)}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static string? Tool(string name) => ((string[])["/bin", "/usr/bin", "/usr/local/bin"]).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private string PathOf(params string[] parts) => Path.Combine([_root.FullName, .. parts]);
}
