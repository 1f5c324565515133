using System.Xml.Linq;
using Spanhook.Injection;
using Spanhook.Support;
using Xunit;

namespace Spanhook.Architecture.Tests;

/// <summary>Who may reference whom, and which packages.</summary>
public sealed class ProjectReferenceTests
{
    /// <summary>The table of the design: project, the projects it may reference, the packages it may use. The server reads its options as the command line does.</summary>
    private static readonly (string Project, string[] Projects, string[] Packages)[] Design =
    [
        ("Api", [], []),
        ("Injection", ["Api"], []),
        ("Manifests", ["Api"], ["YamlDotNet"]),
        ("KubeClient", ["Api", "Manifests"], []),
        ("Server", ["Api", "Injection", "Manifests", "KubeClient"], ["OpenTelemetry", "OpenTelemetry.Exporter.OpenTelemetryProtocol", "System.CommandLine"]),
        ("Cli", ["Api", "Injection", "Manifests", "KubeClient"], ["System.CommandLine", "Spectre.Console"]),
    ];

    public static TheoryData<string, string[], string[]> Table => [.. Design.Where(row => Folders.Contains(row.Project)).Select(row => (row.Project, row.Projects, row.Packages))];

    private static IReadOnlyList<string> Folders => [.. Directory.GetDirectories(RepositoryRoot.PathOf("src")).Select(folder => Path.GetFileName(folder))];

    /// <summary>Assemblies of the runtime that reach files, sockets, processes, consoles or threads of their own.</summary>
    private static readonly string[] Outside =
    [
        "System.Net", "System.IO.FileSystem", "System.IO.Pipes", "System.IO.Pipelines", "System.Console", "System.Diagnostics.Process", "System.Threading.Tasks", "System.Threading.Channels",
        "Microsoft.", "System.Data", "System.Security.Cryptography", "System.Runtime.InteropServices.JavaScript",
    ];

    [Theory, MemberData(nameof(Table))]
    public void A_project_references_only_what_the_design_allows(string project, string[] projects, string[] packages)
    {
        var file = RepositoryRoot.PathOf("src", project, $"Spanhook.{project}.csproj");
        var xml = XDocument.Load(file);
        var referenced = xml.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value)["Spanhook.".Length..]);
        Assert.All(referenced, name => Assert.Contains(name, projects));
        var used = xml.Descendants("PackageReference").Where(r => r.Attribute("PrivateAssets") is null).Select(r => r.Attribute("Include")!.Value);
        Assert.All(used, name => Assert.Contains(name, packages));
    }

    [Fact]
    public void Every_project_of_src_is_in_the_table()
    {
        Assert.NotEmpty(Folders);
        Assert.All(Folders, folder => Assert.Contains(folder, Design.Select(row => row.Project)));
    }

    [Fact]
    public void The_injection_reaches_no_assembly_that_does_input_or_output()
    {
        var references = typeof(PodInjector).Assembly.GetReferencedAssemblies().Select(a => a.Name!).Concat(typeof(Api.Core.Pod).Assembly.GetReferencedAssemblies().Select(a => a.Name!));
        Assert.All(references, name => Assert.DoesNotContain(Outside, outside => name.StartsWith(outside, StringComparison.Ordinal)));
    }
}
