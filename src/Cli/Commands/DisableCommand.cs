using System.CommandLine;
using Spanhook.Cli.Enabling;

namespace Spanhook.Cli.Commands;

/// <summary><c>disable</c>: a workload that runs is no longer injected.</summary>
internal sealed class DisableCommand : Command, IHelpNotes
{
    private const string About = "Ends the injection of a workload that runs: changes the annotations of its pod template, which rolls it.";

    private const string Notes = """
        The annotations that ask are taken away. Where the namespace or a TracingPolicy asks all the same, they say "false" instead; when a policy denies
        that (optOut: Denied), it is said and nothing is changed, unless --force is given. The line of kubectl that does the same is printed.

        Exit codes: 0 patched, or it is so already; 1 a policy denies it; 2 the usage is wrong, there is no such workload, or its template cannot be
        changed; 3 the API server does not answer, or does not let you.

        Examples:
          kubectl spanhook disable deployment/web -n shop
          kubectl spanhook disable deployment/web -n shop --language java
          kubectl spanhook disable lws/llama -n ml --engine auto --dry-run=client
        """;

    private readonly PatchOptions _patch = new("The workload, for example deployment/web.");
    private readonly Option<string?> _language = new Option<string?>("--language") { Description = "Only this language.", HelpName = "NAME" }.AcceptOnlyFromAmong([.. Wish.Languages]);
    private readonly Option<string?> _engine = new Option<string?>("--engine") { Description = "Only this engine; auto: all engines.", HelpName = "auto|NAME" }.AcceptOnlyFromAmong([.. Wish.Engines]);
    private readonly Option<bool> _all = new("--all") { Description = "Every language and engine, which is the default." };

    public DisableCommand(Terminal terminal)
        : base("disable", About)
    {
        _patch.AddTo(this);
        foreach (var option in (Option[])[_language, _engine, _all]) Add(option);
        Validators.Add(result =>
        {
            var given = (result.GetValue(_language) is null ? 0 : 1) + (result.GetValue(_engine) is null ? 0 : 1) + (result.GetValue(_all) ? 1 : 0);
            if (given > 1) result.AddError("--language, --engine and --all exclude each other: give one.");
        });
        SetAction((parsed, cancellation) => _patch.RunAsync(parsed, terminal, live => new DisablePlan(live, WishOf(parsed)).Make(), cancellation));
    }

    public string HelpNotes => Notes;

    private Wish WishOf(ParseResult parsed) => (parsed.GetValue(_language), parsed.GetValue(_engine)) switch
    {
        ({ } language, _) => Wish.Of(language),
        (_, { } engine) => Wish.OfEveryEngine(engine),
        _ => Wish.All,
    };
}
