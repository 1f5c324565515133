using System.Diagnostics;
using System.Text;

namespace Spanhook.Runtime.Tests;

/// <summary>How a program ended.</summary>
internal sealed record ProgramResult(int ExitCode, string Output);

/// <summary>Other programs: run to their end with a time limit, and end only what was started here.</summary>
internal static class Programs
{
    /// <summary>Where the running machine finds it; null when it is not installed.</summary>
    public static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Runs a program to its end; <see cref="ProgramResult.Output"/> is what it said on both streams.</summary>
    /// <exception cref="TimeoutException">It took longer than <paramref name="limit"/> and was ended.</exception>
    public static async Task<ProgramResult> RunAsync(string program, IEnumerable<string> arguments, string folder, TimeSpan limit)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        })!;
        process.StandardInput.Close();
        var output = new StringBuilder();
        Collect(process, output);
        using var timer = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(timer.Token);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{Path.GetFileName(program)} took more than {limit}", e);
        }

        lock (output) return new ProgramResult(process.ExitCode, output.ToString());
    }

    private static void Collect(Process process, StringBuilder output)
    {
        void Append(object _, DataReceivedEventArgs line)
        {
            lock (output) output.AppendLine(line.Data);
        }

        process.OutputDataReceived += Append;
        process.ErrorDataReceived += Append;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }
}
