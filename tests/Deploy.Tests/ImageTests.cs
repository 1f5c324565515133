using System.Text.RegularExpressions;

namespace Spanhook.Deploy.Tests;

/// <summary>The image is made in two ways, and measured in a third.</summary>
public sealed partial class ImageTests
{
    // The archive brings its own base.
    private static readonly string[] OfTheBase = ["PATH", "SSL_CERT_DIR"];

    [Fact]
    public void What_is_measured_has_the_environment_of_the_image()
    {
        var dockerfile = DockerfileVariable().Matches(File.ReadAllText(RepositoryRoot.PathOf("Dockerfile"))).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["value"].Value);
        var archive = ArchiveEnvironment().Match(File.ReadAllText(RepositoryRoot.PathOf("deploy", "archive-image"))).Groups["all"].Value;
        Assert.NotEmpty(dockerfile);
        Assert.Equivalent(dockerfile, ServerProcess.ImageEnvironment, strict: true);
        Assert.Equal(dockerfile.Keys.Concat(OfTheBase).Order(), ArchiveVariable().Matches(archive).Select(m => m.Groups["name"].Value).Order());
        Assert.All(dockerfile, variable => Assert.Contains($"\"{variable.Key}={variable.Value}\"", archive, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^ENV (?<name>\w+)=(?<value>\S+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex DockerfileVariable();

    [GeneratedRegex("""
        "Env":\[(?<all>.*?)\]
        """, RegexOptions.ExplicitCapture)]
    private static partial Regex ArchiveEnvironment();

    [GeneratedRegex("""
        "(?<name>\w+)=
        """, RegexOptions.ExplicitCapture)]
    private static partial Regex ArchiveVariable();
}
