using Spanhook.Injection.CommandLine;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>Puts options where an engine reads them.</summary>
internal static class OptionPlacement
{
    public static void Add(ContainerDraft container, EngineTarget target, List<string> options)
    {
        var place = target.Program.Place!.Value;
        var words = place.InArgs ? container.Args : container.Command;
        if (target.IsGuarded) container.Command.Insert(0, Guard.Words(Guard.PythonOf(target.Program.Program!), options));
        else if (place.Offsets is { } offsets) words.InsertText(place.Index, offsets, " " + string.Join(' ', options.Select(ShellQuote.Quote)));
        else words.Insert(place.Index, [.. options]);
    }
}
