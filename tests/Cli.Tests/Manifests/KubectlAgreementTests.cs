using System.Diagnostics;
using System.Text.Json.Nodes;
using Spanhook.Manifests;

namespace Spanhook.Cli.Tests.Manifests;

/// <summary>A judge that we did not write: kubectl reads what we write, and reads the scalars that we read, to the same values.</summary>
public sealed class KubectlAgreementTests
{
    [Fact]
    public async Task Kubectl_reads_our_yaml_as_we_do()
    {
        var list = new JsonArray([.. Nasty.Strings.Where(IsReadByKubectl).Select(text => (JsonNode)text)]);
        var fields = new JsonObject();
        foreach (var text in Nasty.Strings.Where(IsReadByKubectl).Where(text => text.Length < 1000)) fields[text] = text;
        var node = new JsonObject { ["apiVersion"] = "example.com/v1", ["kind"] = "Foo", ["metadata"] = new JsonObject { ["name"] = "a" }, ["spec"] = new JsonObject { ["list"] = list, ["fields"] = fields } };

        var read = await Kubectl(ManifestWriter.ToYaml(node));

        Assert.Equal(list.Select(item => item!.GetValue<string>()), read["spec"]!["list"]!.AsArray().Select(item => item!.GetValue<string>()));
        foreach (var (name, value) in fields) Assert.Equal(value!.GetValue<string>(), read["spec"]!["fields"]![name]?.GetValue<string>());
    }

    [Fact]
    public async Task Plain_scalars_mean_to_us_what_they_mean_to_kubectl()
    {
        string[] scalars =
        [
            "yes", "No", "on", "OFF", "y", "N", "true", "tRue", "~", "Null", "12", "+12", "-12", "0644", "0o17", "0x1F", "-0x10", "0b11", "1_000", "089", "08", "0_7", ".5", "-.5", "+.5", "1.", "1.e3", "1.5e3", "1e3",
            "1e+3", "1:30", "1.2.3", "2020-01-01", "0xFG", "_1", "1__0", "!!str 12", "!!int \"3\"", "!!bool \"yes\"", "'yes'", "1.50", "-", "a", "- b", "[a, yes]", "1e", "0x", "+", ".", "e3",
        ];
        var accepted = scalars.Where(scalar => scalar is not "- b").ToArray();
        var yaml = "apiVersion: example.com/v1\nkind: Foo\nmetadata: {name: a}\nspec:\n" + string.Concat(accepted.Select((scalar, i) => scalar == "-" ? "" : $"  s{i}: {scalar}\n"));

        var theirs = (await Kubectl(yaml))["spec"]!.AsObject();
        var ours = ManifestReader.Parse(yaml, "a.yaml")[0].ToNode()!["spec"]!.AsObject();

        Assert.Equal(theirs.Count, ours.Count);
        foreach (var (name, value) in ours) Assert.True(IsSame(value, theirs[name]), $"{name} ({accepted[int.Parse(name.AsSpan(1))]}): {value?.ToJsonString()} is {theirs[name]?.ToJsonString()} to kubectl");
    }

    // go-yaml counts a byte order mark, and what it calls unprintable, in its own way: they do not occur in manifests.
    private static bool IsReadByKubectl(string text) => text.AsSpan().IndexOfAny('\ufeff', '\uffff') < 0;

    private static bool IsSame(JsonNode? ours, JsonNode? theirs) => (ours, theirs) switch
    {
        (null, null) => true,
        (JsonValue a, JsonValue b) when a.GetValueKind() == System.Text.Json.JsonValueKind.Number => b.GetValueKind() == a.GetValueKind() && a.GetValue<double>().Equals(b.GetValue<double>()),
        _ => JsonNode.DeepEquals(ours, theirs),
    };

    private static async Task<JsonNode> Kubectl(string yaml)
    {
        using var folder = new TempFolder();
        var start = new ProcessStartInfo("kubectl", ["label", "--local", "-f", folder.Write("a.yaml", yaml), "x=y", "-o", "json"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("kubectl is not on PATH");
            return null;
        }

        using (process)
        {
            var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var text = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == 0, await error);
            return JsonNode.Parse(text)!;
        }
    }
}
