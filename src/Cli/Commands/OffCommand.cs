using System.CommandLine;
using Spanhook.Cli.Checking;
using Spanhook.Cli.Connection;

namespace Spanhook.Cli.Commands;

/// <summary><c>off</c>: takes the webhook out of the path of every pod, at once.</summary>
internal sealed class OffCommand : Command, IHelpNotes
{
    private const string About = "Switches the webhook off in an emergency: API servers stop calling it, everything else stays.";

    private const string Notes = """
        Adds a matchCondition that is never true, named spanhook.dev/off, to every webhook of the MutatingWebhookConfiguration, and an annotation of the
        same name that says who did it, when and why. Pods are created as they are then; those that run stay as they are. It needs no replica of the
        webhook, and none of them undoes it; a GitOps tool that insists on the whole object would: pause it. 'kubectl spanhook on' takes it back.

        Exit codes: 0 it is off; 1 not confirmed; 2 bad usage, or there is no such configuration; 3 the cluster does not answer or does not let you.

        Examples:
          kubectl spanhook off --reason "INC-4711: pods of team ml do not start"
          kubectl spanhook off --dry-run
        """;

    private readonly ConnectionOptions _connection = new(hasNamespace: false);
    private readonly Option<string> _name = SwitchOptions.Configuration();
    private readonly Option<bool> _dryRun = SwitchOptions.DryRun();
    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Do not ask." };
    private readonly Option<string?> _reason = new("--reason") { Description = "Why, for those who find it off.", HelpName = "TEXT" };
    private readonly Terminal _terminal;

    public OffCommand(Terminal terminal)
        : base("off", About)
    {
        _terminal = terminal;
        foreach (var option in (Option[])[_reason, _yes, _dryRun, _name]) Add(option);
        _connection.AddTo(this);
        SetAction(RunAsync);
    }

    public string HelpNotes => Notes;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using var session = _connection.Connect(parsed, _terminal);
        var name = parsed.GetRequiredValue(_name);
        if (await WebhookConfiguration.FindAsync(session, name, cancellation) is not { } configuration) return SwitchOptions.Absent(_terminal, name);
        if (configuration.IsOff)
        {
            _terminal.Out.Write($"The webhook is off already: {configuration.OffNote ?? "nobody wrote down why"}.\n");
            return ExitCodes.Done;
        }

        var isDryRun = parsed.GetValue(_dryRun);
        if (!isDryRun && !parsed.GetValue(_yes) && _terminal.CanAsk && !_terminal.Confirms($"Switch off the webhook of {session.Server}? No pod is injected any more."))
        {
            _terminal.Note("Nothing was changed.");
            return ExitCodes.FoundSomething;
        }

        var note = await new WebhookSwitch(session, configuration, isDryRun).OffAsync(parsed.GetValue(_reason), cancellation);
        _terminal.Out.Write($"""
            MutatingWebhookConfiguration {name}: switched off {note}{(isDryRun ? " (dry run: nothing was changed)" : "")}
            API servers stop calling it as soon as they see the change, within seconds. Pods that run stay as they are.
              look:  kubectl get mutatingwebhookconfiguration {name} -o jsonpath='{"{"}.webhooks[*].matchConditions[*].name{"}"}'
              back:  kubectl spanhook on

            """.ReplaceLineEndings("\n"));
        return ExitCodes.Done;
    }
}
