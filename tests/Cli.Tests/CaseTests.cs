using System.Text;
using System.Text.Json.Nodes;
using Spanhook.Support;

namespace Spanhook.Cli.Tests;

/// <summary>Every case of <c>tests/Fixtures</c> through the command line: the same patch and pod as through the class, and the report for people.</summary>
public sealed class CaseTests
{
    public static TheoryData<string> All => [.. Case.All];

    [Theory, MemberData(nameof(All))]
    public void A_case_gives_its_golden_patch(string name)
    {
        var which = Case.Named(name);
        var patch = JsonNode.Parse(Inject(which, "patch"))!.AsArray();
        CaseAssert.Patch(which, patch.Count == 0 ? [] : Encoding.UTF8.GetBytes(patch.ToJsonString()));
    }

    [Theory, MemberData(nameof(All))]
    public void A_case_gives_its_golden_pod(string name)
    {
        var which = Case.Named(name);
        CaseAssert.Pod(which, JsonNode.Parse(Inject(which, "json"))!);
    }

    [Theory, MemberData(nameof(All))]
    public void A_case_gives_its_golden_report(string name)
    {
        var which = Case.Named(name);
        CaseAssert.Report(which, Inject(which, "report"));
    }

    private static string Inject(Case which, string format)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var terminal = new Terminal(TextReader.Null, output, error);
        var code = CommandLine.Run(["inject", "-f", which.PodFile, "--cluster", which.ClusterFile, "-n", which.Namespace, "-o", format], terminal);
        Assert.True(code is 0 or 2, $"exit code {code}: {error}");
        return output.ToString();
    }
}
