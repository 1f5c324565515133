using System.CommandLine;
using Spanhook.Cli.Connection;
using Spanhook.Cli.Workloads;
using Shared = Spanhook.Cli.Options;

namespace Spanhook.Cli.Commands;

/// <summary><c>status</c>: which workloads are traced, which are not and why, and which were injected otherwise than they would be now.</summary>
internal sealed class StatusCommand : Command, IHelpNotes
{
    private const string About = "Lists workloads: who asked, how many pods are injected, stale or missing it, and why.";

    private const string Notes = """
        INJECTED counts running pods that are injected; STALE those of them that would be injected otherwise now, because an Instrumentation, a policy
        or the webhook is newer; MISSING those that are not injected though they would be now, because they are older than the request. ASKED BY is
        the pod's annotation, its namespace's, or a policy; REASON is what keeps the injection away now ('kubectl spanhook reasons' lists them).
        Values are compared as the API server stores them: its defaults are no difference.

        Exit codes: 0 everything that is asked for is there; 1 something is asked for and not injected, or stale; 2 bad usage; 3 the cluster does not
        answer or does not let you.

        Examples:
          kubectl spanhook status
          kubectl spanhook status -A -o wide
          kubectl spanhook status -A -o json | jq '.[] | select(.needsRestart) | .name'
        """;

    private readonly ConnectionOptions _connection = new(hasAllNamespaces: true);
    private readonly InjectorOptions _injector = new();
    private readonly Option<string> _output = Shared.Output("text: a table; wide: with sentences; json for programs.", "text", "wide", "json");
    private readonly Terminal _terminal;

    public StatusCommand(Terminal terminal)
        : base("status", About)
    {
        _terminal = terminal;
        _connection.AddTo(this);
        Add(_output);
        _injector.AddTo(this);
        SetAction(RunAsync);
    }

    public string HelpNotes => Notes;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using var session = _connection.Connect(parsed, _terminal);
        var state = await ClusterState.ReadAsync(session, _injector.Read(parsed), cancellation);
        state.Warn(_terminal);
        var workloads = await new WorkloadReader(session, state).ReadAsync(cancellation);
        var rows = workloads.Select(workload => new StatusRow(workload, state.Covers(workload.Key.Namespace))).ToArray();
        Write(parsed.GetRequiredValue(_output), session, rows);
        return rows.Any(row => row.IsFound) ? ExitCodes.FoundSomething : ExitCodes.Done;
    }

    private void Write(string format, ClusterSession session, StatusRow[] rows)
    {
        if (format == "json")
        {
            StatusReport.WriteJson(_terminal.Out, rows);
            return;
        }

        if (rows.Length == 0)
        {
            _terminal.Note($"There are no workloads in {session.Scope}.");
            return;
        }

        StatusReport.WriteTable(_terminal, rows, session.IsAllNamespaces, isWide: format == "wide");
        var stale = rows.Count(row => row.NeedsRestart);
        if (stale == 0) return;
        var scope = session.IsAllNamespaces ? "-A" : $"-n {session.Namespace}";
        _terminal.Note($"{stale} workload{(stale == 1 ? " has" : "s have")} pods that would be injected otherwise now: kubectl spanhook restart --stale {scope} rolls {(stale == 1 ? "it" : "them")}.");
    }
}
