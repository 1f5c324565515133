using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Spanhook.Injection.Decision;
using Spanhook.Injection.Injectors;
using Spanhook.Support;

namespace Spanhook.Injection.Tests.Properties;

/// <summary>What holds for every patch, whatever the pod and the cluster.</summary>
public sealed class PatchProperties
{
    [Fact]
    public void The_situations_reach_every_injector_and_many_reasons()
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        Situation.Holds(8, situation =>
        {
            foreach (var decision in situation.Inject().Result.Decisions)
            {
                var key = decision.Reason == Reasons.Injected ? $"injected {decision.Injector}" : decision.Reason.Code;
                counts[key] = counts.GetValueOrDefault(key) + 1;
            }
        });
        Assert.All(InjectorCatalog.Names, name => Assert.True(counts.GetValueOrDefault($"injected {name}") >= 5, $"{name}: {string.Join(", ", counts.OrderBy(c => c.Value))}"));
        Assert.True(counts.Count >= 25, string.Join(", ", counts.OrderBy(c => c.Value)));
    }

    [Fact]
    public void A_patch_has_only_add_replace_and_test_and_a_test_right_before_each_replace() => Situation.Holds(1, situation =>
    {
        var operations = situation.Inject().Operations;
        for (var i = 0; i < operations.Count; i++)
        {
            var (op, path) = (Text(operations[i], "op"), Text(operations[i], "path"));
            Assert.Contains(op, (string[])["add", "replace", "test"]);
            Assert.StartsWith("/", path, StringComparison.Ordinal);
            if (op == "replace") Assert.True(i > 0 && Text(operations[i - 1], "op") == "test" && Text(operations[i - 1], "path") == path, $"replace {path} without a test before it");
        }
    });

    [Fact]
    public void A_result_counts_the_operations_of_its_patch_and_gives_a_reason() => Situation.Holds(2, situation =>
    {
        var injected = situation.Inject();
        Assert.Equal(injected.Operations.Count, injected.Result.Operations);
        Assert.NotEmpty(injected.Result.Decisions);
        Assert.Equal(injected.Result.IsInjected, injected.Result.Decisions.Any(d => d.Reason == Reasons.Injected));
        Assert.Equal(injected.Result.IsInjected, injected.Patch.Length > 0);
    });

    [Fact]
    public void Same_input_same_bytes_in_every_culture() => Situation.Holds(3, situation =>
    {
        var first = situation.Inject().Patch;
        var before = CultureInfo.CurrentCulture;
        try
        {
            var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            other.NumberFormat = new NumberFormatInfo { NumberDecimalSeparator = ",", NegativeSign = "−", PositiveSign = "＋", NumberGroupSeparator = "." };
            CultureInfo.CurrentCulture = other;
            Assert.Equal(first, situation.Inject().Patch);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Assert.Equal(first, situation.Inject().Patch);
    });

    [Fact]
    public void A_second_pass_adds_nothing() => Situation.Holds(4, AssertSecondPassIsEmpty);

    // Several injectors on one container, and what the one adds is what the other was refused for.
    [Theory]
    [InlineData(1111449808)] // attributes by an optional reference of the resource
    [InlineData(1357924831)]
    [InlineData(827165801)] // another variable that is extended
    [InlineData(97637848)] // no endpoint for vLLM
    [InlineData(1881031796)] // no executable for go
    [InlineData(1317073009)] // the user's own name of the pod
    public void A_second_pass_adds_nothing_where_one_of_two_was_refused(int number) => AssertSecondPassIsEmpty(Situation.Draw(number));

    [Fact]
    public void Nothing_that_is_added_is_there_twice() => Situation.Holds(5, situation =>
    {
        var before = JsonNode.Parse(situation.Pod)!;
        var after = situation.Inject().Pod;
        AssertNoNewTwin(Names(before["spec"]!["volumes"], "name"), Names(after["spec"]!["volumes"], "name"), "volume");
        AssertNoNewTwin([.. PodParts.Containers(before).Select(PodParts.Name)], [.. PodParts.Containers(after).Select(PodParts.Name)], "container");
        foreach (var container in PodParts.Containers(after))
        {
            var old = PodParts.Containers(before).FirstOrDefault(c => PodParts.Name(c) == PodParts.Name(container));
            AssertNoNewTwin(Names(old?["env"], "name"), Names(container["env"], "name"), "env");
            AssertNoNewTwin(Names(old?["volumeMounts"], "mountPath"), Names(container["volumeMounts"], "mountPath"), "mount path");
        }
    });

    [Fact]
    public void A_variable_never_has_both_a_value_and_a_reference() => Situation.Holds(6, situation =>
    {
        foreach (var entry in PodParts.Containers(situation.Inject().Pod).SelectMany(c => c["env"]?.AsArray() ?? []))
        {
            Assert.False(entry!["value"] is not null && entry["valueFrom"] is not null, $"{Text(entry, "name")} has value and valueFrom");
        }
    });

    [Fact]
    public void No_resource_attribute_is_written_twice() => Situation.Holds(7, situation =>
    {
        var before = PodParts.Containers(JsonNode.Parse(situation.Pod)!).ToDictionary(PodParts.Name, PodParts.Attributes, StringComparer.Ordinal);
        foreach (var container in PodParts.Containers(situation.Inject().Pod))
        {
            AssertNoNewTwin(before.GetValueOrDefault(PodParts.Name(container), []), PodParts.Attributes(container), "resource attribute");
        }
    });

    private static void AssertSecondPassIsEmpty(Situation situation)
    {
        var once = situation.Inject();
        AssertEmpty(once.Again(Situation.Namespace, situation.Cluster), "second pass");
        AssertEmpty(Injected.From(InjectionMark.Stripped(once.Pod).ToJsonString(), Situation.Namespace, situation.Cluster), "second pass, mark stripped");
    }

    private static void AssertEmpty(Injected injected, string what) =>
        Assert.True(injected.Patch.Length == 0, $"{what}: {Encoding.UTF8.GetString(injected.Patch)}");

    private static void AssertNoNewTwin(IReadOnlyList<string> before, IReadOnlyList<string> after, string what)
    {
        foreach (var group in after.GroupBy(name => name, StringComparer.Ordinal))
        {
            var allowed = Math.Max(1, before.Count(name => name == group.Key));
            Assert.True(group.Count() <= allowed, $"{what} {group.Key} is there {group.Count()} times");
        }
    }

    private static List<string> Names(JsonNode? list, string key) => [.. (list?.AsArray() ?? []).Select(item => item![key]?.GetValue<string>() ?? "")];

    private static string Text(JsonNode? node, string key) => node?[key]?.GetValue<string>() ?? "";
}
