using System.ComponentModel;
using System.Diagnostics;

namespace Spanhook.Injection.Tests.Scripts;

/// <summary>Runs the shell programs of the web servers' init containers in a folder of their own, which stands for the container's file system.</summary>
internal sealed class Shell : IDisposable
{
    public const string Absent = "there is no /bin/sh on this system to run the programs of the init containers";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("spanhook-");

    public static bool IsPresent => File.Exists("/bin/sh");

    /// <summary>A file of the container, by its absolute path there.</summary>
    public string PathOf(string path) => Path.Combine(_root.FullName, path.TrimStart('/'));

    public string Read(string path) => File.ReadAllText(PathOf(path));

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        File.WriteAllText(PathOf(path), text);
    }

    /// <summary>A program on the container's PATH.</summary>
    public void WriteProgram(string name, string script)
    {
        Write($"/bin/{name}", $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(PathOf($"/bin/{name}"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Runs <c>sh -c SCRIPT -- ARGUMENT</c>; fails with what it wrote to standard error.</summary>
    public string Run(string script, string argument, IReadOnlyDictionary<string, string> environment) =>
        RunWords(["/bin/sh", "-c", Rooted(script), "--", Rooted(argument)], environment);

    /// <summary>Runs a container's command as it stands; fails with what it wrote to standard error.</summary>
    public string RunWords(IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal)) start.Environment[name] = value;
        start.Environment["PATH"] = $"{PathOf("/bin")}:{start.Environment["PATH"]}";
        using var process = Process.Start(start) ?? throw new Win32Exception("sh could not be started");
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}: {error}");
        return error;
    }

    public void Dispose() => _root.Delete(recursive: true);

    private string Rooted(string text) => text
        .Replace("/opt/", PathOf("/opt") + "/", StringComparison.Ordinal)
        .Replace("/etc/", PathOf("/etc") + "/", StringComparison.Ordinal);
}
