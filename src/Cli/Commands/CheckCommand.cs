using System.CommandLine;
using Spanhook.Cli.Checking;
using Spanhook.Cli.Connection;
using Spanhook.Cli.Workloads;
using Shared = Spanhook.Cli.Options;

namespace Spanhook.Cli.Commands;

/// <summary><c>check</c>: is the installation sound.</summary>
internal sealed class CheckCommand : Command, IHelpNotes
{
    private const string About = "Checks the installation: configuration, certificates, CRDs, permissions, replicas, and that a pod is injected.";

    private const string Notes = """
        The last check creates a pod in a dry run of the API server, in the namespace of -n: name one that has an Instrumentation, or that a
        TracingPolicy gives one. Nothing is stored. What you are not allowed to see is a warning that names the permission.

        Exit codes: 0 nothing failed; 1 something failed; 2 bad usage; 3 the cluster does not answer or does not let you.

        Examples:
          kubectl spanhook check -n ml
          kubectl spanhook check -n ml -o json | jq '.[] | select(.result != "OK")'
        """;

    private readonly ConnectionOptions _connection = new();
    private readonly InjectorOptions _injector = new();
    private readonly Option<string> _output = Shared.Output("text for people, json for programs.", "text", "json");
    private readonly Option<string> _name = SwitchOptions.Configuration();

    private readonly Option<string?> _namespace = new("--install-namespace")
    {
        Description = "The namespace that the webhook runs in [default: that of its Service, else spanhook].",
        HelpName = "NS",
    };

    private readonly Option<string> _deployment = new("--deployment") { Description = "The webhook's Deployment.", HelpName = "NAME", DefaultValueFactory = _ => Installed.DefaultName };
    private readonly Option<string> _account = new("--service-account") { Description = "The webhook's service account.", HelpName = "NAME", DefaultValueFactory = _ => Installed.DefaultName };
    private readonly Terminal _terminal;

    public CheckCommand(Terminal terminal)
        : base("check", About)
    {
        _terminal = terminal;
        _connection.AddTo(this);
        foreach (var option in (Option[])[_output, _name, _namespace, _deployment, _account]) Add(option);
        _injector.AddTo(this);
        SetAction(RunAsync);
    }

    public string HelpNotes => Notes;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using var session = _connection.Connect(parsed, _terminal);
        var results = new List<CheckResult> { await ServerAsync(session, cancellation) };
        var installed = await FindAsync(parsed, session, results, cancellation);
        if (installed.Configuration is not null || results.Count == 1) results.AddRange(ConfigurationChecks.Run(installed));
        results.AddRange(await DefinitionChecks.RunAsync(installed, cancellation));
        results.Add(await RoleCheck.RunAsync(installed, cancellation));
        results.AddRange(await DeploymentChecks.RunAsync(installed, cancellation));
        results.Add(await InjectionCheck.RunAsync(installed, _injector.Read(parsed), cancellation));
        if (parsed.GetRequiredValue(_output) == "json") CheckReport.WriteJson(_terminal.Out, results);
        else CheckReport.WriteText(_terminal, results);
        return results.Any(result => result.Level == CheckLevel.Fail) ? ExitCodes.FoundSomething : ExitCodes.Done;
    }

    private async Task<Installed> FindAsync(ParseResult parsed, ClusterSession session, List<CheckResult> results, CancellationToken cancellation)
    {
        var name = parsed.GetRequiredValue(_name);
        WebhookConfiguration? configuration = null;
        try
        {
            configuration = await WebhookConfiguration.FindAsync(session, name, cancellation);
        }
        catch (ClusterException e) when (e.IsForbidden)
        {
            results.Add(CheckResult.NotAllowed("webhook configuration", e));
        }

        var ns = parsed.GetValue(_namespace) ?? Installed.NamespaceOf(configuration) ?? Installed.DefaultName;
        return new Installed(session, configuration, ns, parsed.GetRequiredValue(_deployment), parsed.GetRequiredValue(_account), name);
    }

    private static async Task<CheckResult> ServerAsync(ClusterSession session, CancellationToken cancellation)
    {
        var version = await session.GetAsync("/version", cancellation);
        return CheckResult.Ok("API server", $"{session.Server}, {version["gitVersion"]}");
    }
}
