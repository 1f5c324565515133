using Spanhook.Injection.CommandLine;
using Spanhook.Support.Corpus;

namespace Spanhook.Injection.Tests.CommandLine;

/// <summary>The scripts of the corpus, against what it says of them.</summary>
public sealed class EngineCorpusTests
{
    [Fact]
    public void Every_case_is_edited_to_the_byte_or_left_alone()
    {
        Assert.SkipUnless(EngineCorpus.IsPresent, EngineCorpus.Absent);
        Assert.All(EngineCorpus.Cases, item =>
        {
            var reading = ScriptEdit.Read(item.Script);
            var edited = ScriptEdit.IsInserted(reading) || reading.Places.Count > 0 && ScriptEdit.IsAppended(reading) ? ScriptEdit.Insert(item.Script, reading.Places, "@@") : item.Script;
            Assert.Equal(item.Expect == "inject" ? item.Marked : item.Script, edited);
            Assert.Equal(item.Expect == "refuse", reading.Outcome == ScriptOutcome.Opaque);
            Assert.Equal(item.Expect == "refuse", reading.Problem is not null);
        });
    }

    [Fact]
    public void Every_container_of_the_manifests_gets_what_the_index_says()
    {
        Assert.SkipUnless(EngineCorpus.IsPresent, EngineCorpus.Absent);
        Assert.True(EngineCorpus.Scripts.Count >= 50, $"only {EngineCorpus.Scripts.Count} scripts were found");
        Assert.All(EngineCorpus.Scripts, item =>
        {
            var reading = ScriptEdit.Read(item.Script);
            var actual = ScriptEdit.IsInserted(reading) ? "script" : ScriptEdit.IsAppended(reading) ? "positional" : "none";
            Assert.True((item.Expect == "env" ? "none" : item.Expect) == actual, $"{item.Expect} expected, {actual}: {reading}");
        });
    }
}
