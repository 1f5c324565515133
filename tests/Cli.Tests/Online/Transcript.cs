using Spanhook.Support;

namespace Spanhook.Cli.Tests.Online;

/// <summary>What a command said, as a golden file beside these tests.</summary>
internal static class Transcript
{
    /// <param name="name">Of the file.</param>
    /// <param name="runs">One after the other, each with the command line as a person would type it.</param>
    public static void AssertMatches(string name, params (string Command, CliRun Run)[] runs) =>
        Golden.AssertMatches(RepositoryRoot.PathOf("tests", "Cli.Tests", "Online", "Transcripts", $"{name}.golden.txt"), string.Join('\n', runs.Select(run => Text(run.Command, run.Run))));

    private static string Text(string command, CliRun run) => $"$ kubectl spanhook {command}\n{run.Out}{Section("stderr", run.Error)}[exit code {run.ExitCode}]\n";

    private static string Section(string name, string text) => text.Length == 0 ? "" : $"--- {name}\n{text}---\n";
}
