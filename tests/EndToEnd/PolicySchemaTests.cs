using Spanhook.Support.Policies;

namespace Spanhook.EndToEnd;

/// <summary>The CRD's schema and rules against the compiler, spec by spec: what the one refuses the other refuses, and nothing else.</summary>
public sealed class PolicySchemaTests(TestCluster cluster)
{
    [ClusterFact]
    public async Task The_API_server_refuses_what_the_compiler_calls_an_error_and_nothing_else()
    {
        await cluster.InstallDefinitionsAsync();
        var wrong = new List<string>();
        foreach (var spec in PolicySpecs.Bad.Concat(PolicySpecs.Good))
        {
            var isError = PolicySpecs.Compile(spec.Spec).Any(p => p.IsError);
            Assert.Equal(!spec.IsGood, isError);
            var answer = await cluster.Kubectl.TryWithAsync(PolicySpecs.ToYaml("table", spec.Spec), "create", "--dry-run=server", "--validate=ignore", "-f", "-");
            if (answer.Succeeded == isError) wrong.Add($"{spec}: {(isError ? "was let through" : answer.Error.Trim())}");
            else if (isError && !answer.Error.Contains("spec." + Parent(spec.Field), StringComparison.Ordinal)) wrong.Add($"{spec}: says not where: {answer.Error.Trim()}");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>kubectl's own validation, as everybody applies.</summary>
    [ClusterFact]
    public async Task Every_good_spec_is_stored_as_it_was_written()
    {
        await cluster.InstallDefinitionsAsync();
        var all = string.Join("---\n", PolicySpecs.Good.Select((spec, i) => PolicySpecs.ToYaml($"good-{i}", spec.Spec)));
        var made = await cluster.Kubectl.WithAsync(all, "create", "--dry-run=server", "--validate=strict", "-o", "name", "-f", "-");
        Assert.Equal(PolicySpecs.Good.Length, made.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    // The schema names a list's entry or the list, a map or its entry.
    private static string Parent(string field)
    {
        var bracket = field.IndexOf('[', StringComparison.Ordinal);
        var end = bracket >= 0 ? bracket : field.Contains("matchLabels", StringComparison.Ordinal) ? field.IndexOf("matchLabels", StringComparison.Ordinal) + "matchLabels".Length : field.Length;
        return field[..end];
    }
}
