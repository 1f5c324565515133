using System.CommandLine;
using Spanhook.Cli.Connection;
using Spanhook.Cli.Explaining;
using Spanhook.Cli.Workloads;

namespace Spanhook.Cli.Enabling;

/// <summary>What <c>enable</c> and <c>disable</c> have in common: a workload of a cluster, and how far to go.</summary>
internal sealed class PatchOptions(string description)
{
    private readonly WorkloadArgument _workload = new(description, isRequired: true);
    private readonly ConnectionOptions _connection = new();
    private readonly InjectorOptions _injector = new();
    private readonly Option<bool> _force = new("--force") { Description = "Patch it whatever speaks against it." };
    private readonly Option<string> _dryRun = DryRunOption();

    public void AddTo(Command command)
    {
        _workload.AddTo(command);
        command.Add(_dryRun);
        command.Add(_force);
        _connection.AddTo(command);
        _injector.AddTo(command);
    }

    /// <summary>Reads the workload, has the plan made, and does it. Gives the exit code.</summary>
    public async Task<int> RunAsync(ParseResult parsed, Terminal terminal, Func<LiveTemplate, TemplatePlan> plan, CancellationToken cancellation)
    {
        using var session = _connection.Connect(parsed, terminal);
        var live = await LiveTemplate.LoadAsync(session, _workload.Of(parsed)!, _injector.Read(parsed), cancellation);
        var patcher = new TemplatePatcher(session, terminal, live)
        {
            Connection = [.. Given(parsed, "--kubeconfig"), .. Given(parsed, "--context")],
            DryRun = Enum.Parse<DryRun>(parsed.GetRequiredValue(_dryRun), ignoreCase: true),
            IsForced = parsed.GetValue(_force),
        };
        return await patcher.RunAsync(plan(live), cancellation);
    }

    private static Option<string> DryRunOption()
    {
        var option = new Option<string>("--dry-run")
        {
            Description = "client: only say what would be done; server: have the API server check it, but not store it.",
            HelpName = "none|client|server",
            DefaultValueFactory = _ => "none",
        };
        return option.AcceptOnlyFromAmong("none", "client", "server");
    }

    private static string[] Given(ParseResult parsed, string option) => parsed.GetValue<string?>(option) is { } value ? [$"{option}={value}"] : [];
}
