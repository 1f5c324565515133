using System.Reflection;
using System.Text.RegularExpressions;
using Spanhook.Injection;
using Spanhook.Manifests;
using Spanhook.Support;
using Xunit;

namespace Spanhook.Architecture.Tests;

/// <summary>The sizes and habits that keep the house readable.</summary>
public sealed partial class SourceTests
{
    private const int LinesOfFile = 300;
    private const int LinesOfMethod = 40;
    private const int ParametersOfConstructor = 5;

    private static readonly string[] Folders = ["src", "tests"];

    [Fact]
    public void No_source_file_is_longer_than_three_hundred_lines() =>
        Assert.All(Sources(Folders), file => Assert.True(File.ReadLines(file).Count() <= LinesOfFile, $"{Shown(file)} has {File.ReadLines(file).Count()} lines"));

    [Fact]
    public void No_method_is_longer_than_forty_lines()
    {
        var methods = Sources("src").SelectMany(file => Methods(file).Select(method => (File: Shown(file), method.Name, method.Lines))).ToList();
        Assert.True(methods.Count > 100, $"only {methods.Count} methods were found: does the counter still know our formatting?");
        Assert.All(methods, method => Assert.True(method.Lines <= LinesOfMethod, $"{method.File}: {method.Name} has {method.Lines} lines"));
    }

    [Fact]
    public void No_constructor_has_more_than_five_parameters()
    {
        Assembly[] assemblies = [typeof(PodInjector).Assembly, typeof(ManifestReader).Assembly];
        var constructors = assemblies.SelectMany(a => a.GetTypes()).Where(IsBehaviour).SelectMany(t => t.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic));
        Assert.All(constructors, c => Assert.True(c.GetParameters().Length <= ParametersOfConstructor, $"{c.DeclaringType!.Name} has {c.GetParameters().Length} parameters"));
    }

    [Fact]
    public void A_json_pointer_into_a_pod_is_written_in_one_file_only()
    {
        var writer = RepositoryRoot.PathOf("src", "Injection", "Patching", "JsonPatchWriter.cs");
        Assert.All(Sources("src/Injection").Where(file => file != writer), file => Assert.DoesNotMatch(Pointer(), File.ReadAllText(file)));
        Assert.Matches(Pointer(), File.ReadAllText(writer));
    }

    /// <summary>Programs beside the tests (benchmarks, the demo) may wait for what they started.</summary>
    [Fact]
    public void No_test_waits_or_reads_the_wall_clock()
    {
        var tests = Sources("tests").Where(file => Shown(file).Split('/')[1] is var project && (project.EndsWith(".Tests", StringComparison.Ordinal) || project == "Support"));
        Assert.All(tests.Where(file => Path.GetFileName(file) != "SourceTests.cs"), file => Assert.DoesNotMatch(Waiting(), File.ReadAllText(file)));
    }

    [Fact]
    public void No_source_names_a_path_of_a_machine() =>
        Assert.All(Sources(Folders).Where(file => Path.GetFileName(file) != "SourceTests.cs"), file => Assert.DoesNotMatch(MachinePath(), File.ReadAllText(file)));

    /// <summary>Records are data: what they are built of is their shape. Closures and the like are the compiler's.</summary>
    private static bool IsBehaviour(Type type) => type.IsClass && !type.Name.Contains('<', StringComparison.Ordinal) && type.GetMethod("<Clone>$") is null;

    private static IEnumerable<string> Sources(params string[] folders) => folders
        .SelectMany(folder => Directory.EnumerateFiles(RepositoryRoot.PathOf(folder.Split('/')), "*.cs", SearchOption.AllDirectories))
        .Where(file => !Shown(file).Split('/').Any(part => part is "obj" or "bin"))
        .Order(StringComparer.Ordinal);

    private static string Shown(string file) => Path.GetRelativePath(RepositoryRoot.Directory, file).Replace(Path.DirectorySeparatorChar, '/');

    /// <summary>
    /// Counts on our own formatting, which the build enforces: a member's braces stand alone on a line, with the indentation of its
    /// signature, four or eight blanks. A type nested deeper is not looked into.
    /// </summary>
    private static IEnumerable<(string Name, int Lines)> Methods(string file)
    {
        var lines = File.ReadAllLines(file);
        for (var open = 1; open < lines.Length; open++)
        {
            var brace = lines[open];
            if (brace.Trim() != "{" || brace.Length - 1 is not (4 or 8) || !MethodEnd().IsMatch(lines[open - 1])) continue;
            var end = brace.Replace('{', '}');
            var close = Array.FindIndex(lines, open, line => line == end || line == end + ";"); // of a body, of an object that an expression makes
            if (close > open) yield return (lines[open - 1].Trim(), close - open - 1);
        }
    }

    /// <summary>The end of a signature; a type's declaration or an initializer has none.</summary>
    [GeneratedRegex(@"^\s+(?!(public|internal|private|protected|sealed|static|readonly|abstract|partial| )*(class|record|struct|interface|enum)\b).*\)\s*$")]
    private static partial Regex MethodEnd();

    [GeneratedRegex("""\"/(spec|metadata)(/|\")""")]
    private static partial Regex Pointer();

    [GeneratedRegex(@"\b(Task\.Delay|Thread\.Sleep|DateTime\.(Now|UtcNow|Today)|DateTimeOffset\.(Now|UtcNow)|SpinWait)\b")]
    private static partial Regex Waiting();

    [GeneratedRegex("""\"/(work|home|root|Users)/""")]
    private static partial Regex MachinePath();
}
