using Spanhook.Cli.Checking;
using Spanhook.Manifests;
using Spanhook.Support;

namespace Spanhook.Cli.Tests.Online;

/// <summary>What <c>check</c> asks for is what the shipped roles grant.</summary>
public sealed class RoleTests
{
    [Fact]
    public void Every_right_that_is_shipped_is_checked()
    {
        var asked = NeededRight.All("spanhook").SelectMany(right => right.Verbs.Select(verb => $"{verb} {right.Group}/{right.Resource} {right.Name}")).ToHashSet(StringComparer.Ordinal);
        var shipped = Shipped().ToList();
        Assert.True(shipped.Count > 15, $"only {shipped.Count} rights were found in rbac.yaml");
        Assert.All(shipped, right => Assert.Contains(right, asked));
    }

    private static IEnumerable<string> Shipped()
    {
        foreach (var document in ManifestReader.ReadFile(RepositoryRoot.PathOf("deploy", "kustomize", "base", "rbac.yaml")))
        {
            foreach (var rule in document.ToNode()!["rules"]?.AsArray() ?? [])
            {
                foreach (var verb in rule!["verbs"]!.AsArray())
                    yield return $"{verb} {rule["apiGroups"]![0]}/{rule["resources"]![0]} {rule["resourceNames"]?[0]}";
            }
        }
    }
}
