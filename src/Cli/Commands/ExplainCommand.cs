using System.CommandLine;
using Spanhook.Cli.Explaining;
using Spanhook.Manifests;
using Shared = Spanhook.Cli.Options;

namespace Spanhook.Cli.Commands;

/// <summary><c>explain</c>: why a workload is injected, or is not.</summary>
internal sealed class ExplainCommand : Command, IHelpNotes
{
    private const string About = "Tells why a workload is injected, or is not: every gate and policy, the settings, each container with its reason and what to write to change it.";

    private const string Notes = """
        Of a workload its pod template is explained, as the webhook would decide on it now. A pod that the API server has is compared with that too:
        fresh, stale (injected otherwise than it would be now) or not injected. Values of variables are shown by --patch and -o json only.

        Exit codes: 0 done; 2 the usage, a manifest or an object of the cluster is wrong; 3 the API server does not answer, or does not let you.

        Examples:
          kubectl spanhook explain deployment/web -n shop
          kubectl spanhook explain pod/web-5c9d8-x7k2p -n shop
          kubectl spanhook explain -f deploy.yaml                            # by what the cluster has
          kubectl spanhook explain -f deploy.yaml --cluster cluster/         # without a network
          kubectl spanhook explain lws/llama -n ml -o json
        """;

    private readonly SubjectOptions _subject = new();
    private readonly Option<bool> _patch = new("--patch") { Description = "Also print the RFC 6902 patch of the pod; json has it anyway." };
    private readonly Option<string> _output = Shared.Output("text for people, json for programs.", "text", "json");
    private readonly Terminal _terminal;

    public ExplainCommand(Terminal terminal)
        : base("explain", About)
    {
        _terminal = terminal;
        _subject.AddTo(this);
        Add(_patch);
        Add(_output);
        SetAction(RunAsync);
    }

    public string HelpNotes => Notes;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var decided = await new SubjectReader(_subject.Of(parsed), _terminal).DecideAsync(cancellation);
        if (parsed.GetRequiredValue(_output) == "json") _terminal.Out.Write(ManifestWriter.ToJson(ExplanationJson.Of(decided)));
        else new ExplanationReport(_terminal, parsed.GetValue(_patch)).Write(decided);
        return decided.HasMistake ? ExitCodes.BadInput : ExitCodes.Done;
    }
}
