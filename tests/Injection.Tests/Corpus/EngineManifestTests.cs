using System.Text.Json;
using System.Text.Json.Nodes;
using Spanhook.Api.Core;
using Spanhook.Api.OpenTelemetry;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Injectors.Engines;
using Spanhook.Support;
using Spanhook.Support.Corpus;

namespace Spanhook.Injection.Tests.Corpus;

/// <summary>The real manifests of the field: each container is seen for what it is, and injected or left alone as its line of the index says.</summary>
public sealed class EngineManifestTests
{
    private static readonly ClusterSnapshot Cluster = ClusterSnapshot.Compile(new()
    {
        Instrumentations =
        [
            new Instrumentation { Metadata = new() { Name = "engines", Namespace = "ml" }, Spec = new() { Exporter = new() { Endpoint = "http://collector.observability:4317" } } },
        ],
    });

    private static readonly Dictionary<string, string> ReasonOfGate = new(StringComparer.Ordinal)
    {
        ["unknown-version"] = "engine_version_unknown",
        ["no-otel-packages"] = "engine_without_opentelemetry",
        ["v0-fallback"] = "engine_falls_back_to_v0",
        ["v1-env"] = "engine_forced_to_v1",
        ["disable-log-stats"] = "engine_disables_log_stats",
        ["already-configured"] = "already_configured",
        ["too-old"] = "engine_version_too_old",
    };

    private const int Absent = -1;

    public static TheoryData<int> All => EngineManifests.IsPresent ? [.. Enumerable.Range(0, EngineManifests.Containers.Count)] : [Absent];

    [Fact]
    public void The_corpus_is_whole()
    {
        Assert.SkipUnless(EngineManifests.IsPresent, EngineManifests.Absent);
        Assert.Equal(128, EngineManifests.Containers.Count);
    }

    [Theory, MemberData(nameof(All))]
    public void A_container_is_seen_for_what_it_is(int index)
    {
        Assert.SkipWhen(index == Absent, EngineManifests.Absent);
        var expected = EngineManifests.Containers[index];
        var program = Read(expected);
        Assert.Equal(
            (expected.File, expected.Container, Engine: EngineOf(expected.Row), Role: RoleOf(expected.Row)),
            (expected.File, expected.Container, Engine: program.Engine ?? "none", Role: program.Role.ToString().ToLowerInvariant()));
    }

    [Theory, MemberData(nameof(All))]
    public void A_container_is_injected_where_its_gate_says_ok_and_else_left_as_it_is(int index)
    {
        Assert.SkipWhen(index == Absent, EngineManifests.Absent);
        var expected = EngineManifests.Containers[index];
        var (inject, gate) = (expected.Row["inject"], expected.Row["gate"]);
        var injected = Inject(expected, []);
        var isExpected = inject != "none" && gate is "ok" or "" && inject != "none";
        var codes = CodesOf(injected, expected);
        Assert.True(isExpected == codes.Contains("injected"), $"{expected.File} {expected.Container}: {string.Join(",", codes)}");
        if (isExpected) AssertPlaced(expected, injected);
        else AssertUntouched(expected, injected);
        if (ReasonOfGate.TryGetValue(gate, out var reason)) Assert.Contains(reason, codes);
    }

    [Theory, MemberData(nameof(All))]
    public void Where_the_user_takes_the_risk_of_an_unknown_version_what_can_be_injected_is(int index)
    {
        Assert.SkipWhen(index == Absent, EngineManifests.Absent);
        var expected = EngineManifests.Containers[index];
        if (expected.Row["gate"] != "unknown-version") return;
        var injected = Inject(expected, new(StringComparer.Ordinal) { ["engine-unknown-version"] = "inject" });
        Assert.Contains("injected", CodesOf(injected, expected));
        AssertPlaced(expected, injected);
    }

    private static ContainerProgram Read(EngineManifestContainer which)
    {
        using var pod = JsonDocument.Parse(which.Pod.ToJsonString());
        return new PodPrograms(new Pod(pod.RootElement)).Of(which.Container)!;
    }

    private static Injected Inject(EngineManifestContainer which, Dictionary<string, string> annotations)
    {
        var pod = (JsonObject)which.Pod.DeepClone();
        var metadata = (JsonObject)(pod["metadata"] ??= new JsonObject());
        var written = (JsonObject)(metadata["annotations"] ??= new JsonObject());
        annotations["inject-engine"] = "true";
        foreach (var (key, value) in annotations) written["instrumentation.opentelemetry.io/" + key] = value;
        return Injected.From(pod.ToJsonString(), "ml", Cluster);
    }

    private static List<string> CodesOf(Injected injected, EngineManifestContainer which) =>
        [.. injected.Result.Decisions.Where(d => d.Container == which.Container).Select(d => d.Reason.Code)];

    private static void AssertUntouched(EngineManifestContainer which, Injected injected) =>
        Assert.True(JsonNode.DeepEquals(which.In(which.Pod), which.In(injected.Pod)), $"{which.File} {which.Container} was changed");

    /// <summary>The options stand where the form says, and nothing else of command and args is changed.</summary>
    private static void AssertPlaced(EngineManifestContainer which, Injected injected)
    {
        var (before, after) = (which.In(which.Pod), which.In(injected.Pod));
        switch (which.Row["inject"])
        {
            case "append-command":
                AssertAppended(before, after, "command");
                Assert.Equal(Words(before, "args"), Words(after, "args"));
                break;
            case "append-args" or "positional":
                AssertAppended(before, after, "args");
                Assert.Equal(Words(before, "command"), Words(after, "command"));
                break;
            case "env":
                Assert.Equal(Words(before, "command"), Words(after, "command"));
                Assert.Equal(Words(before, "args"), Words(after, "args"));
                break;
            default:
                AssertInScript(which, before, after);
                break;
        }
    }

    private static void AssertAppended(JsonObject before, JsonObject after, string list)
    {
        var (old, grown) = (Words(before, list), Words(after, list));
        Assert.True(grown.Count > old.Count, "nothing was appended");
        Assert.Equal(old, grown.Take(old.Count));
        Assert.All(grown.Skip(old.Count), word => Assert.StartsWith("--", word, StringComparison.Ordinal));
    }

    // One insertion, in the command that ends with the anchor: between the two no line ends but by a continuation.
    private static void AssertInScript(EngineManifestContainer which, JsonObject before, JsonObject after)
    {
        var (old, changed) = (Words(before, "command").Concat(Words(before, "args")).ToList(), Words(after, "command").Concat(Words(after, "args")).ToList());
        Assert.Equal(old.Count, changed.Count);
        var (script, edited) = old.Zip(changed).Single(pair => pair.First != pair.Second);
        var start = script.Zip(edited).TakeWhile(pair => pair.First == pair.Second).Count();
        var length = edited.Length - script.Length;
        while (start > 0 && edited[start - 1] == edited[start + length - 1] && !edited.AsSpan(start, length).StartsWith(" --")) start--;
        Assert.Equal(script, edited.Remove(start, length));
        Assert.StartsWith(" --", edited.Substring(start, length), StringComparison.Ordinal);

        var anchor = script.IndexOf(which.Row["anchor"], StringComparison.Ordinal);
        Assert.True(anchor >= 0, "the anchor is not in the script");
        var end = anchor + which.Row["anchor"].Length;
        Assert.True(start <= end, "the options stand behind the anchor");
        Assert.DoesNotContain('\n', script[start..end].Replace("\\\n", "", StringComparison.Ordinal));
    }

    private static List<string> Words(JsonObject container, string list) => [.. (container[list] as JsonArray ?? []).Select(w => (string)w!)];

    private static string EngineOf(IReadOnlyDictionary<string, string> row) => row["engine"] switch
    {
        "dynamo-frontend" or "dynamo-vllm" => "dynamo",
        "sim" => "llm-d-inference-sim",
        "none" when row["container"] == "xdit-dev" => "xdit",
        var engine => engine,
    };

    private static string RoleOf(IReadOnlyDictionary<string, string> row) => row["role"] == "sim" ? "server" : row["role"];
}
