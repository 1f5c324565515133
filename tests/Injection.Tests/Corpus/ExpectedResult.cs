using System.Text.Json.Nodes;
using Spanhook.Support;
using Spanhook.Support.Corpus;

namespace Spanhook.Injection.Tests.Corpus;

/// <summary>What must become of one pod.</summary>
/// <param name="Pod">The whole pod, without our mark; null when it stays as it was.</param>
/// <param name="Reasons">Codes that are among the decisions.</param>
internal sealed record Expectation(JsonNode? Pod, IReadOnlyList<string> Reasons);

/// <summary>
/// Our own result for a record whose recorded one is touched by a rule of ours: <c>expected/NAME.json</c> with <c>why</c>, then
/// <c>pod</c> (absent: unchanged) and <c>reasons</c>, and the same under <c>withPolicy</c> where a TracingPolicy that allows privileged injection matters.
/// </summary>
internal sealed record ExpectedResult(Expectation WithoutPolicy, Expectation? WithPolicy)
{
    /// <summary>True when the record says that ours differs, or when a rule of ours touches it though the record does not say so.</summary>
    public static bool IsWritten(CorpusRecord record) => record.Differs.Count > 0 || File.Exists(FileOf(record.Name));

    public static ExpectedResult Read(string name)
    {
        var json = JsonNode.Parse(File.ReadAllText(FileOf(name)))!;
        return new ExpectedResult(ReadOne(json), json["withPolicy"] is { } withPolicy ? ReadOne(withPolicy) : null);
    }

    private static string FileOf(string name) => RepositoryRoot.PathOf("tests", "Injection.Tests", "Corpus", "expected", $"{name}.json");

    private static Expectation ReadOne(JsonNode json) =>
        new(json["pod"]?.DeepClone(), [.. (json["reasons"]?.AsArray() ?? []).Select(code => code!.GetValue<string>())]);
}
