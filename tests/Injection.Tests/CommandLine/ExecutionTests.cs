using Spanhook.Injection.Tests.Scripts;
using Spanhook.Support.Corpus;

namespace Spanhook.Injection.Tests.CommandLine;

/// <summary>Scripts are run by real shells, before and after: the engine gets our flag, and nothing else is different.</summary>
public sealed class ExecutionTests
{
    [Theory]
    [InlineData("dash", 50)]
    [InlineData("bash", 50)]
    public void The_corpus_does_the_same_as_before_but_for_our_flag(string shell, int least)
    {
        Assert.SkipUnless(EngineCorpus.IsPresent, EngineCorpus.Absent);
        Assert.SkipUnless(ShellExecution.IsPresent, ShellExecution.Absent);
        var cases = EngineCorpus.Cases.Select(item => EditedScript.Of(item.Name, ShellExecution.Rooted(item.Script), []));
        var manifests = EngineCorpus.Scripts.Select(item => EditedScript.Of(item.Name, ShellExecution.Rooted(item.Script), [.. item.Arguments.SkipWhile(word => word == "--")]));
        using var execution = new ShellExecution();
        var engines = EditedScript.AssertLaw(execution, shell, [.. cases.Concat(manifests).Where(script => script.IsChanged)]);
        Assert.True(engines >= least, $"only {engines} engines were started");
    }
}
