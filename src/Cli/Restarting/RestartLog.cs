using Spanhook.Cli.Workloads;

namespace Spanhook.Cli.Restarting;

/// <summary>One line per event, whole also when several workloads roll at a time.</summary>
internal sealed class RestartLog(Terminal terminal)
{
    private readonly Lock _lock = new();

    public void Say(WorkloadKey key, string text) => Line($"{key.Title}: {text}");

    public void Line(string text)
    {
        lock (_lock)
        {
            terminal.Out.Write(text.ReplaceLineEndings(" ") + "\n");
            terminal.Out.Flush();
        }
    }
}
