using System.CommandLine;
using Spanhook.Cli.Checking;
using Spanhook.Cli.Connection;

namespace Spanhook.Cli.Commands;

/// <summary><c>on</c>: takes <c>off</c> back.</summary>
internal sealed class OnCommand : Command, IHelpNotes
{
    private const string About = "Switches the webhook on again after 'off'.";

    private const string Notes = """
        Removes the matchCondition and the annotation that 'kubectl spanhook off' added, and nothing else. Pods that were created meanwhile are not
        injected: 'kubectl spanhook status' shows them, 'kubectl spanhook restart --stale' rolls them.

        Exit codes: 0 it is on; 2 bad usage, or there is no such configuration; 3 the cluster does not answer or does not let you.

        Examples:
          kubectl spanhook on
        """;

    private readonly ConnectionOptions _connection = new(hasNamespace: false);
    private readonly Option<string> _name = SwitchOptions.Configuration();
    private readonly Option<bool> _dryRun = SwitchOptions.DryRun();
    private readonly Terminal _terminal;

    public OnCommand(Terminal terminal)
        : base("on", About)
    {
        _terminal = terminal;
        foreach (var option in (Option[])[_dryRun, _name]) Add(option);
        _connection.AddTo(this);
        SetAction(RunAsync);
    }

    public string HelpNotes => Notes;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using var session = _connection.Connect(parsed, _terminal);
        var name = parsed.GetRequiredValue(_name);
        if (await WebhookConfiguration.FindAsync(session, name, cancellation) is not { } configuration) return SwitchOptions.Absent(_terminal, name);
        if (!configuration.IsPartlyOff && configuration.OffNote is null)
        {
            _terminal.Out.Write("The webhook is on already.\n");
            return ExitCodes.Done;
        }

        var isDryRun = parsed.GetValue(_dryRun);
        await new WebhookSwitch(session, configuration, isDryRun).OnAsync(cancellation);
        _terminal.Out.Write($"""
            MutatingWebhookConfiguration {name}: switched on{(isDryRun ? " (dry run: nothing was changed)" : "")}; it was off {configuration.OffNote ?? "for a reason that nobody wrote down"}
            New pods are injected within seconds. Those that were created meanwhile are not:
              look:  kubectl spanhook status -A
              roll:  kubectl spanhook restart --stale -A --dry-run

            """.ReplaceLineEndings("\n"));
        return ExitCodes.Done;
    }
}
