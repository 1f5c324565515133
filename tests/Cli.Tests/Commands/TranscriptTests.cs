using Spanhook.Support;

namespace Spanhook.Cli.Tests.Commands;

/// <summary>What people see, in a pipe and on a terminal: read these files to know the commands.</summary>
public sealed class TranscriptTests
{
    /// <summary>By the files that stand for a cluster.</summary>
    private static readonly IReadOnlyDictionary<string, string[]> Offline = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["explain-annotated"] = ["explain", "deployment/checkout"],
        ["explain-by-policy"] = ["explain", "deploy/llama", "-n", "ml"],
        ["explain-not-requested"] = ["explain", "deployment/plain"],
        ["explain-patch"] = ["explain", "deploy/llama", "--patch"],
        ["explain-json"] = ["explain", "lws/big", "-o", "json"],
        ["explain-all"] = ["explain"],
        ["diff"] = ["diff", "deployment/checkout"],
        ["diff-none"] = ["diff", "deployment/plain"],
    };

    /// <summary>By an API server.</summary>
    private static readonly IReadOnlyDictionary<string, string[]> Online = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["online-explain"] = ["explain", "deployment", "checkout"],
        ["online-explain-closed"] = ["explain", "deployment/quiet", "-n", "closed"],
        ["online-explain-pod"] = ["explain", "pod/checkout-5c9d8-x7k2p"],
        ["online-explain-pod-json"] = ["explain", "po/checkout-5c9d8-x7k2p", "-o", "json"],
        ["online-explain-bare-pod"] = ["explain", "pod/bare"],
        ["online-diff"] = ["diff", "lws/big", "-n", "ml"],
        ["online-diff-pod"] = ["diff", "pod/checkout-5c9d8-x7k2p"],
        ["online-diff-closed"] = ["diff", "deployment/quiet", "-n", "closed"],
        ["online-not-there"] = ["explain", "deployment/nobody"],
        ["enable"] = ["enable", "deployment/plain", "--language", "python", "--container", "helper", "app"],
        ["enable-refused"] = ["enable", "deployment/plain"],
        ["enable-forced"] = ["enable", "deployment/quiet", "-n", "closed", "--language", "sdk", "--instrumentation", "shop/shop", "--force"],
        ["enable-closed"] = ["enable", "deployment/quiet", "-n", "closed", "--language", "java"],
        ["enable-again"] = ["enable", "deployment/checkout", "--language", "java"],
        ["enable-lws"] = ["enable", "lws/big", "-n", "ml", "--engine", "vllm", "--dry-run", "server"],
        ["enable-job"] = ["enable", "job/once", "--language", "java"],
        ["enable-pod"] = ["enable", "pod/checkout-5c9d8-x7k2p", "--language", "java"],
        ["enable-bare-pod"] = ["enable", "pod/bare", "--language", "java"],
        ["enable-jobset"] = ["enable", "jobset/batch", "-n", "ml"],
        ["enable-borrowed"] = ["enable", "rollout/borrowed", "--language", "java"],
        ["disable"] = ["disable", "deployment/checkout"],
        ["disable-by-policy"] = ["disable", "deployment/llama", "-n", "ml"],
        ["disable-denied"] = ["disable", "deployment/guarded", "-n", "strict"],
        ["disable-again"] = ["disable", "deployment/plain"],
    };

    private static readonly string[] Helped = ["explain", "diff", "enable", "disable", "injectors"];

    public static TheoryData<string> OfFiles => [.. Offline.Keys];

    public static TheoryData<string> OfServer => [.. Online.Keys];

    public static TheoryData<string> OfHelp => [.. Helped];

    [Theory, MemberData(nameof(OfFiles))]
    public void By_files_it_is_the_golden_transcript(string name) => Compare(name, Offline[name], (hasColours, args) =>
    {
        string[] cluster = ["--cluster", WorkloadCluster.ClusterFile, "-f", WorkloadCluster.WorkloadsFile];
        var run = CliRun.With("", hasColours, [.. args, .. cluster]);
        return run with { Error = run.Error.Replace(WorkloadCluster.WorkloadsFile, "workloads.yaml", StringComparison.Ordinal) };
    });

    [Theory, MemberData(nameof(OfServer))]
    public async Task By_an_API_server_it_is_the_golden_transcript(string name)
    {
        foreach (var hasColours in (bool[])[false, true])
        {
            await using var cluster = await WorkloadCluster.StartAsync();
            Compare(name, Online[name], hasColours, cluster.Run);
        }
    }

    [Theory, MemberData(nameof(OfHelp))]
    public void The_help_is_the_golden_transcript(string command) => Compare($"help-{command}", [command, "--help"], (hasColours, args) => CliRun.With("", hasColours, args));

    [Fact]
    public void The_catalog_of_injectors_is_the_golden_transcript() => Compare("injectors", ["injectors"], (hasColours, args) => CliRun.With("", hasColours, args));

    private static void Compare(string name, string[] args, Func<bool, string[], CliRun> run)
    {
        Compare(name, args, hasColours: false, run);
        Compare(name, args, hasColours: true, run);
    }

    private static void Compare(string name, string[] args, bool hasColours, Func<bool, string[], CliRun> run)
    {
        var result = run(hasColours, args);
        var text = $"$ kubectl spanhook {string.Join(' ', args)}\n{result.Out}{(result.Error.Length > 0 ? $"--- standard error\n{result.Error}" : "")}--- exit code {result.ExitCode}\n";
        Golden.AssertMatches(WorkloadCluster.FileOf($"{name}{(hasColours ? ".terminal" : "")}.golden.txt"), text);
    }
}
