using System.Text.Json.Nodes;
using Spanhook.Cli.Explaining;
using Spanhook.Manifests;

namespace Spanhook.Cli.Diffing;

/// <summary>What the injection changes in each object, as a unified diff of YAML in kubectl's style.</summary>
internal sealed class DiffOutput(Terminal terminal)
{
    private const string Bold = "1";
    private const string Red = "31";
    private const string Green = "32";
    private const string Cyan = "36";

    /// <summary>True when there is a difference.</summary>
    public bool Write(Decided decided)
    {
        var differs = false;
        foreach (var manifest in decided.Manifests)
        {
            var originals = ManifestObject.In(manifest.Document, manifest.Document.ToNode());
            foreach (var workload in manifest.Workloads)
            {
                // A pod that runs is compared as it would be created, since what it has may be injected already.
                var (before, after) = decided.Running is not null
                    ? (workload.Pods[0].Before, workload.Pods[0].After)
                    : (originals.First(item => item.Pointer == workload.Object.Pointer).Json, workload.Object.Json);
                differs |= Write(workload.Title, before, after);
            }
        }

        return differs;
    }

    /// <summary>True when there is a difference.</summary>
    private bool Write(string title, JsonObject before, JsonObject after)
    {
        var lines = UnifiedDiff.Of(ManifestWriter.ToYaml(before), ManifestWriter.ToYaml(after));
        if (lines.Count == 0) return false;
        Line(Bold, $"--- {title}");
        Line(Bold, $"+++ {title}, injected");
        foreach (var line in lines)
        {
            Line(line.Kind switch
            {
                DiffLineKind.Hunk => Cyan,
                DiffLineKind.Removed => Red,
                DiffLineKind.Added => Green,
                _ => null,
            }, line.Text);
        }

        return true;
    }

    // Not by a console of Spectre: it would fold tabs and strip what it takes for control characters, and a diff is read by programs too.
    private void Line(string? colour, string text) =>
        terminal.Out.Write(terminal.HasColours && colour is not null ? $"\u001b[{colour}m{text}\u001b[0m\n" : $"{text}\n");
}
