using System.CommandLine;
using System.Text.RegularExpressions;
using Spanhook.Cli.Enabling;

namespace Spanhook.Cli.Commands;

/// <summary><c>enable</c>: a workload that runs asks for injection from now on.</summary>
internal sealed partial class EnableCommand : Command, IHelpNotes
{
    private const string About = "Asks for injection of a workload that runs: annotates its pod template, which rolls it.";

    private const string Notes = """
        First it is decided what the webhook would make of the annotated template, and said. When that is nothing, the reason is told and nothing is
        changed, unless --force is given. The line of kubectl that does the same is printed, for those whose manifests are in Git. Without --language and
        --engine it is '--engine auto': whatever engine the containers are seen to run.

        Exit codes: 0 patched, or it is so already; 1 it would not be injected; 2 the usage is wrong, there is no such workload, or its template cannot be
        changed; 3 the API server does not answer, or does not let you.

        Examples:
          kubectl spanhook enable deployment/llama-70b -n ml
          kubectl spanhook enable deployment/web -n shop --language java
          kubectl spanhook enable sts/db -n shop --language python --container app --instrumentation observability/python
          kubectl spanhook enable deployment/web -n shop --language java --dry-run=server
        """;

    private readonly PatchOptions _patch = new("The workload, for example deployment/web: a Deployment, StatefulSet, DaemonSet, CronJob, LeaderWorkerSet or Argo Rollout.");
    private readonly Option<string?> _language = new Option<string?>("--language") { Description = "The language of its program.", HelpName = "NAME" }.AcceptOnlyFromAmong([.. Wish.Languages]);
    private readonly Option<string?> _engine = new Option<string?>("--engine")
    {
        Description = "The inference engine, router or sidecar that it runs; auto: whatever is seen ('kubectl spanhook injectors' lists them).",
        HelpName = "auto|NAME",
    }.AcceptOnlyFromAmong([.. Wish.Engines]);

    private readonly Option<string?> _instrumentation = new("--instrumentation")
    {
        Description = "The Instrumentation that has the settings [default: the namespace's, else a TracingPolicy's].",
        HelpName = "[NS/]NAME",
    };

    private readonly Option<string[]> _containers = new("--container", "-c")
    {
        Description = "The containers that are meant [default: the pod's main one, or those that are seen to run the engine].",
        HelpName = "NAME",
        AllowMultipleArgumentsPerToken = true,
    };

    public EnableCommand(Terminal terminal)
        : base("enable", About)
    {
        _patch.AddTo(this);
        foreach (var option in (Option[])[_language, _engine, _instrumentation, _containers]) Add(option);
        Validators.Add(result =>
        {
            if (result.GetValue(_instrumentation) is { } name && !InstrumentationName().IsMatch(name))
                result.AddError($"'{name}' names no Instrumentation: write NAME, or NAMESPACE/NAME for one of another namespace.");
            foreach (var container in (result.GetValue(_containers) ?? []).Where(container => !ContainerName().IsMatch(container)))
                result.AddError($"'{container}' is no name of a container: lower-case letters, digits and '-' make one.");
            if (result.GetValue(_containers) is { Length: > 0 } && result.GetValue(_language) is not null && result.GetValue(_engine) is not null)
                result.AddError("--container goes with one of --language and --engine: run it once for each.");
        });
        SetAction((parsed, cancellation) => _patch.RunAsync(parsed, terminal, live => Plan(parsed, live), cancellation));
    }

    public string HelpNotes => Notes;

    private TemplatePlan Plan(ParseResult parsed, LiveTemplate live)
    {
        var (language, engine) = (parsed.GetValue(_language), parsed.GetValue(_engine));
        var wishes = new List<Wish>();
        if (language is not null) wishes.Add(Wish.Of(language));
        if (engine is not null || language is null) wishes.Add(Wish.OfEngine(engine ?? Wish.AutoEngine));
        return new EnablePlan(live, wishes)
        {
            Value = parsed.GetValue(_instrumentation) ?? "true",
            Containers = parsed.GetValue(_containers) ?? [],
        }.Make();
    }

    [GeneratedRegex(@"^([a-z0-9]([-a-z0-9]*[a-z0-9])?/)?[a-z0-9]([-.a-z0-9]*[a-z0-9])?\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex InstrumentationName();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex ContainerName();
}
