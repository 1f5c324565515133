using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Spanhook.Support;

namespace Spanhook.Injection.Tests.Properties;

/// <summary>What the user wrote is still there, whatever is added.</summary>
public sealed partial class SurvivalProperties
{
    /// <summary>Variables to which something is added; the user's value stays a part of them.</summary>
    private static readonly string[] Composed =
    [
        "JAVA_TOOL_OPTIONS", "NODE_OPTIONS", "PYTHONPATH", "DOTNET_STARTUP_HOOKS", "DOTNET_ADDITIONAL_DEPS", "DOTNET_SHARED_STORE", "LD_LIBRARY_PATH", "OTEL_RESOURCE_ATTRIBUTES",
    ];

    [Fact]
    public void Every_variable_of_the_user_has_the_value_it_had() => Situation.Holds(11, situation =>
    {
        var before = JsonNode.Parse(situation.Pod)!;
        var after = PodParts.Containers(situation.Inject().Pod).ToDictionary(PodParts.Name, StringComparer.Ordinal);
        foreach (var container in PodParts.Containers(before))
        {
            var now = KubeletEnvironment.Of(PodParts.Env(after[PodParts.Name(container)]));
            var refers = PodParts.Env(container).Where(e => ((string?)e!["value"])?.Contains("$(", StringComparison.Ordinal) == true).Select(e => (string)e!["name"]!).ToHashSet(StringComparer.Ordinal);
            foreach (var (name, value) in KubeletEnvironment.Of(PodParts.Env(container)))
            {
                // To a composed variable something is added, and a variable that refers to one sees it.
                var mayGrow = Composed.Contains(name, StringComparer.Ordinal) || refers.Contains(name);
                Assert.True(mayGrow ? IsWithin(value, now[name]) : value == now[name], $"{name}: {value} became {now[name]}");
            }
        }
    });

    [Fact]
    public void Every_word_of_a_command_and_of_args_is_there_in_its_order() => Situation.Holds(12, situation =>
    {
        var after = PodParts.Containers(situation.Inject().Pod).ToDictionary(PodParts.Name, StringComparer.Ordinal);
        foreach (var container in PodParts.Containers(JsonNode.Parse(situation.Pod)!))
        {
            foreach (var list in (string[])["command", "args"])
            {
                var rest = new Queue<string>(Words(container[list]));
                foreach (var word in Words(after[PodParts.Name(container)][list]))
                {
                    if (rest.TryPeek(out var next) && (next == word || WithoutOptions().Replace(word, "") == next)) rest.Dequeue();
                }

                Assert.Empty(rest);
            }
        }
    });

    // What is put into a script, with the blank before it; the pods of this generator have none of it themselves.
    [GeneratedRegex(" '?--(otlp-traces-endpoint=(http[^ ';]*|[a-z.]+:4317)|otlp_traces_endpoint=[^ ';]*|enable-trace|collect-detailed-traces=[a-z,]*)'?(?=[ ;]|$)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WithoutOptions();

    [Fact]
    public void Every_other_byte_of_the_pod_is_there() => Situation.Holds(13, situation =>
    {
        using var before = JsonDocument.Parse(situation.Pod);
        using var after = JsonDocument.Parse(situation.Inject().Pod.ToJsonString());
        AssertContains(before.RootElement, after.RootElement, "");
    });

    [Fact]
    public void Every_field_of_a_variable_is_there() => Situation.Holds(15, situation =>
    {
        var after = PodParts.Containers(situation.Inject().Pod).ToDictionary(PodParts.Name, StringComparer.Ordinal);
        foreach (var container in PodParts.Containers(JsonNode.Parse(situation.Pod)!))
        {
            foreach (var entry in PodParts.Env(container))
            {
                var name = entry!["name"]!.GetValue<string>();
                var now = PodParts.Env(after[PodParts.Name(container)]).Where(e => (string?)e!["name"] is { } n && (n == name || n == $"SPANHOOK_ORIGINAL_{name}")).ToList();
                foreach (var (field, value) in entry.AsObject().Where(f => f.Key is not ("name" or "value")))
                {
                    Assert.True(now.Exists(e => e![field]?.ToJsonString() == value?.ToJsonString()), $"{name}: the field {field} is gone");
                }
            }
        }
    });

    [Fact]
    public void A_pod_that_is_not_injected_gets_no_patch_at_all() => Situation.Holds(14, situation =>
    {
        var injected = situation.Inject();
        if (injected.Codes.Contains("injected", StringComparer.Ordinal)) Assert.True(InjectionMark.IsOn(injected.Pod));
        else Assert.Equal(situation.Pod, injected.Pod.ToJsonString());
    });

    /// <summary>Every character of the text is in the other one, in its order: nothing was taken away.</summary>
    private static bool IsWithin(string text, string other)
    {
        var found = 0;
        foreach (var c in other)
        {
            if (found < text.Length && text[found] == c) found++;
        }

        return found == text.Length;
    }

    private static IEnumerable<string> Words(JsonNode? list) => (list?.AsArray() ?? []).Select(word => word!.GetValue<string>());

    /// <summary>Everything of <paramref name="before"/> is in <paramref name="after"/>, texts and numbers as they were written; env, command and args have rules of their own.</summary>
    private static void AssertContains(JsonElement before, JsonElement after, string path)
    {
        switch (before.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in before.EnumerateObject())
                {
                    if (member.Name is "env" or "command" or "args") continue;
                    Assert.True(after.TryGetProperty(member.Name, out var value), $"{path}/{member.Name} is gone");
                    AssertContains(member.Value, value, $"{path}/{member.Name}");
                }

                break;
            case JsonValueKind.Array when before.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object && item.TryGetProperty("name", out _)):
                foreach (var item in before.EnumerateArray())
                {
                    var twin = after.EnumerateArray().FirstOrDefault(other => Identity(other) == Identity(item));
                    Assert.True(twin.ValueKind == JsonValueKind.Object, $"{path}: {Identity(item)} is gone");
                    AssertContains(item, twin, $"{path}/{Identity(item)}");
                }

                break;
            case JsonValueKind.False or JsonValueKind.True or JsonValueKind.Null or JsonValueKind.String or JsonValueKind.Number:
                Assert.Equal(RawText(before), RawText(after));
                break;
            default:
                Assert.Equal(before.GetRawText(), after.GetRawText());
                break;
        }
    }

    private static string Identity(JsonElement item) =>
        $"{item.GetProperty("name").GetString()} {(item.TryGetProperty("mountPath", out var path) ? path.GetString() : "")}";

    private static string RawText(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText();
}
