using Spanhook.Support;

namespace Spanhook.Injection.Tests.Injectors;

public sealed class ReadmeTests
{
    [Fact]
    public void The_readme_has_the_golden_tables_of_engines()
    {
        var readme = RepositoryRoot.PathOf("README.md");
        Golden.AssertMatches(readme, EngineTables.Replace(File.ReadAllText(readme).ReplaceLineEndings("\n")));
    }
}
