using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Spanhook.Cli.Diffing;

namespace Spanhook.Cli.Tests.Diffing;

/// <summary>Judged by an applier that was written apart, and by patch(1).</summary>
public sealed class UnifiedDiffTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(1000);

    private static readonly Arbitrary<string> Texts =
        Gen.Elements("a", "b", "c", "", "- d", "+ e", "  f").ArrayOf().Select(lines => string.Concat(lines.Select(line => line + "\n"))).ToArbitrary();

    [Fact]
    public void A_text_has_no_difference_to_itself() =>
        Check.One(Many, Prop.ForAll(Texts, text => UnifiedDiff.Of(text, text).Count == 0));

    [Fact]
    public void Applied_to_the_old_text_it_gives_the_new_one() =>
        Check.One(Many, Prop.ForAll(Texts, Texts, (old, now) => Apply(old, UnifiedDiff.Of(old, now)) == now));

    [Fact]
    public void It_has_no_more_changed_lines_than_the_longest_common_subsequence_leaves() => Check.One(Many, Prop.ForAll(Texts, Texts, (before, after) =>
    {
        var (old, now) = (Lines(before), Lines(after));
        var changed = UnifiedDiff.Of(before, after).Count(line => line.Kind is DiffLineKind.Added or DiffLineKind.Removed);
        return changed == old.Length + now.Length - (2 * LongestCommon(old, now));
    }));

    [Fact]
    public void Hunks_begin_and_end_three_lines_around_the_changes_and_near_ones_are_one()
    {
        var old = string.Concat(Enumerable.Range(1, 30).Select(i => $"{i}\n"));
        var lines = UnifiedDiff.Of(old, old.Replace("10\n", "ten\n", StringComparison.Ordinal).Replace("17\n", "", StringComparison.Ordinal).Replace("28\n", "28\nmore\n", StringComparison.Ordinal));
        Assert.Equal(["@@ -7,14 +7,13 @@", "@@ -26,5 +25,6 @@"], lines.Where(line => line.Kind == DiffLineKind.Hunk).Select(line => line.Text));
    }

    [Theory]
    [InlineData("", "a\n", "@@ -0,0 +1 @@", "+a")]
    [InlineData("a\n", "", "@@ -1 +0,0 @@", "-a")]
    [InlineData("a\n", "b\n", "@@ -1 +1 @@", "-a", "+b")]
    [InlineData("a\n\n", "a\n", "@@ -1,2 +1 @@", " a", "-")]
    public void The_smallest_of_all(string old, string now, params string[] expected) => Assert.Equal(expected, UnifiedDiff.Of(old, now).Select(line => line.Text));

    [Fact]
    public void Patch_makes_the_new_text_of_the_old_one()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/patch"), "patch is not installed");
        using var folder = new TempFolder();
        var old = string.Concat(Enumerable.Range(1, 200).Select(i => $"line {i}\n"));
        var now = string.Concat(Enumerable.Range(1, 200).Where(i => i % 17 != 0).Select(i => i % 13 == 0 ? $"changed {i}\n" : i % 29 == 0 ? $"line {i}\nnew\nnew\n" : $"line {i}\n"));
        var file = folder.Write("text", old);
        var diff = folder.Write("diff", $"--- text\n+++ text\n{string.Concat(UnifiedDiff.Of(old, now).Select(line => line.Text + "\n"))}");

        using var patch = Process.Start(new ProcessStartInfo("/usr/bin/patch", ["--fuzz=0", file, diff]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        patch.StandardOutput.ReadToEnd();
        patch.WaitForExit();

        Assert.Equal((0, now), (patch.ExitCode, File.ReadAllText(file)));
    }

    private static string Apply(string old, IReadOnlyList<DiffLine> diff)
    {
        var (lines, result, at) = (Lines(old), new List<string>(), 0);
        foreach (var line in diff)
        {
            switch (line.Kind)
            {
                case DiffLineKind.Hunk:
                    var range = line.Text.Split(' ')[1][1..].Split(',');
                    var start = int.Parse(range[0], System.Globalization.CultureInfo.InvariantCulture) - (range is [_, "0"] ? 0 : 1);
                    while (at < start) result.Add(lines[at++]);
                    break;
                case DiffLineKind.Added: result.Add(line.Text[1..]); break;
                case DiffLineKind.Same: result.Add(lines[at]); goto default;
                default:
                    Assert.Equal(lines[at++], line.Text[1..]);
                    break;
            }
        }

        return string.Concat(result.Concat(lines[at..]).Select(line => line + "\n"));
    }

    private static string[] Lines(string text) => text.Length == 0 ? [] : text[..^1].Split('\n');

    private static int LongestCommon(string[] left, string[] right)
    {
        var table = new int[left.Length + 1, right.Length + 1];
        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++) table[i, j] = left[i - 1] == right[j - 1] ? table[i - 1, j - 1] + 1 : Math.Max(table[i - 1, j], table[i, j - 1]);
        }

        return table[left.Length, right.Length];
    }
}
