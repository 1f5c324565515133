using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Injection.CommandLine;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>
/// Sees what a container runs. The command decides; where it says nothing, the image; a GPU alone says nothing, and many engines ask for none
/// (DRA claims, CPU builds, fractional GPUs by annotation).
/// </summary>
internal static class ContainerProgramReader
{
    // The longest of the field have 10,000; a pod may hold megabytes of nonsense, and somebody waits for the answer.
    private const int LongestScript = 65_536;

    /// <param name="container">The container.</param>
    /// <param name="pod">Its pod: labels tell a Ray worker and the rank in a group.</param>
    /// <param name="isInit">True for an entry of <c>initContainers</c>.</param>
    public static ContainerProgram Read(Container container, Pod pod, bool isInit)
    {
        using var words = LaunchWords.Read(container);
        var image = ImageReference.Parse(container.Image);
        var imageEngine = image is { } reference ? EngineCatalog.OfImage(reference) : null;
        var program = ReadWords(words, imageEngine) with { Container = container.Name, Image = image };
        return Refine(program, imageEngine, container, pod, isInit);
    }

    private static ContainerProgram ReadWords(in LaunchWords launch, string? imageEngine)
    {
        var words = launch.All;
        if (words.Count == 0) return OfArguments(launch, imageEngine) with { Form = LaunchForm.Image, Place = null, Problem = "the container has neither command nor args" };
        var first = Math.Min(ShellWrappers.Skip(words).Program, words.Count - 1);
        if (ShellWrappers.IsShell(words.Program(first))) return ReadShell(launch, first, imageEngine);
        if (EngineCatalog.Match(words.From(first), out var match)) return OfMatch(launch, first, match);
        if (launch.CommandLength == 0) return OfArguments(launch, imageEngine);
        if (launch.CommandLength == 1 && words.Count == 1 && words[0].Contains(' '))
            return new() { Engine = imageEngine, Role = ProgramRole.Server, Form = LaunchForm.OneWord, Problem = "the whole line is one word, which the container runtime does not split" };

        // Another program in the engine's image.
        return new() { Engine = null, Role = ProgramRole.Other, Form = LaunchForm.Exec };
    }

    private static ContainerProgram OfMatch(in LaunchWords launch, int first, in ProgramMatch match) => new()
    {
        Engine = match.Engine,
        Role = match.Role,
        Form = LaunchForm.Exec,
        Options = match.Options,
        Place = PlaceBehind(launch, first + match.OptionsAfter + 1),
        Program = launch.All[first].ToString(),
    };

    // The image's entrypoint gets the args, so they are the engine's own.
    private static ContainerProgram OfArguments(in LaunchWords launch, string? imageEngine)
    {
        if (imageEngine is null || EngineCatalog.Named(imageEngine) is not { } engine)
            return new() { Engine = imageEngine, Role = imageEngine is null ? ProgramRole.Other : ProgramRole.Server, Form = LaunchForm.Args };
        var match = engine.ReadArguments(launch.All, 0);
        return new() { Engine = imageEngine, Role = match.Role, Form = LaunchForm.Args, Options = match.Options, Place = PlaceBehind(launch, 0) };
    }

    // At the end the = form is safe even after an open list of values; a bare -- ends the options, so before it.
    private static OptionPlace PlaceBehind(in LaunchWords launch, int first)
    {
        var end = Option.End(launch.All, Math.Min(first, launch.Count));
        var hasArgs = launch.Count > launch.CommandLength;
        return end < launch.CommandLength || (!hasArgs && launch.CommandLength > first) ? new(InArgs: false, end) : new(InArgs: true, end - launch.CommandLength);
    }

    private static ContainerProgram ReadShell(in LaunchWords launch, int first, string? imageEngine)
    {
        var place = first + ShellWrappers.ScriptOfShell(launch.All.From(first), out var isText);
        if (!isText)
        {
            var known = OtherPrograms.Recognize(launch.All.From(first), out var match);
            return new()
            {
                Engine = known ? match.Engine : imageEngine,
                Role = known ? match.Role : ProgramRole.Server,
                Form = LaunchForm.Script,
                Problem = known ? null : "it is started by a script in a file",
            };
        }

        var script = launch.Raw(place);
        if (script.Length > LongestScript)
            return new() { Engine = imageEngine, Role = ProgramRole.Server, Form = LaunchForm.Script, Problem = $"its script is longer than {LongestScript} characters" };
        if (Guard.IsGuard(script)) return new() { Engine = imageEngine ?? "vllm", Role = ProgramRole.Server, Form = LaunchForm.Guarded, Options = ProgramOptions.TracingIsSet };
        return OfReading(ShellScript.Read(script, EngineCatalog.Match), launch, place, imageEngine);
    }

    private static ContainerProgram OfReading(in ScriptReading reading, in LaunchWords launch, int script, string? imageEngine)
    {
        var match = reading.Program.GetValueOrDefault();
        var program = new ContainerProgram { Engine = match.Engine, Role = match.Role, Options = match.Options, Form = LaunchForm.Script };
        var inArgs = script >= launch.CommandLength;
        var inScript = new OptionPlace(inArgs, inArgs ? script - launch.CommandLength : script, reading.Places);
        switch (reading.Outcome)
        {
            case ScriptOutcome.Insert:
                return program with { Place = inScript };
            case ScriptOutcome.Arguments:
                // The word behind the script is its $0: without one, ours would be it.
                var hasName = launch.Count > script + 1;
                if (!hasName && reading.Places.Count > 0) return program with { Place = inScript };
                var handedOn = ReadHandedOn(launch, script + 1, match);
                return program with
                {
                    Role = handedOn.Role,
                    Options = match.Options | handedOn.Options,
                    Form = LaunchForm.ScriptArguments,
                    IsEvaluated = reading.Places.Count == 0,
                    Place = hasName ? new(InArgs: true, launch.Count - launch.CommandLength) : null,
                    Problem = hasName ? null : "its script hands \"$@\" on, but no word stands for $0 yet: add one behind the script",
                };
            case ScriptOutcome.Opaque:
                var engine = program.Engine ?? imageEngine;
                return program with { Engine = engine, Role = engine is not null && program.Role == ProgramRole.Other ? ProgramRole.Server : program.Role, Problem = reading.Problem };
            default:
                return program;
        }
    }

    // What stands behind the script is the engine's too: an option may be there already.
    private static ProgramMatch ReadHandedOn(in LaunchWords launch, int name, in ProgramMatch match)
    {
        var first = launch.All.Is(name, "--") ? name + 1 : name;
        if (first >= launch.Count || EngineCatalog.Named(match.Engine!) is not { } engine) return match;
        var read = engine.ReadArguments(launch.All, first);
        return match.Role == ProgramRole.Server ? read : match with { Options = read.Options };
    }

    private static ContainerProgram Refine(ContainerProgram program, string? imageEngine, Container container, Pod pod, bool isInit)
    {
        var ray = pod.Labels.Text("ray.io/node-type"u8);
        if (program.Form == LaunchForm.Image && program.Engine is not null && ray is not null)
            return program with { Role = ray == "worker" ? ProgramRole.Worker : program.Role, Problem = "KubeRay fills in the command later" };
        if (program.Engine is null && imageEngine is not null && (program.Role == ProgramRole.Worker || ray == "worker"))
            return program with { Engine = imageEngine, Role = ProgramRole.Worker, Place = null }; // what it runs (ray start) does not know the engine's options
        if (program is { Problem: not null, Engine: not null } && ray == "worker") return program with { Role = ProgramRole.Worker };
        if (program.Has(ProgramOptions.RankIsGiven) && pod.Labels.Text("leaderworkerset.sigs.k8s.io/worker-index"u8) is not (null or "" or "0"))
            return program with { Role = ProgramRole.Worker };
        if (program.Engine is not null || !isInit) return program;
        return program with { Role = container.RestartPolicy == "Always" ? ProgramRole.Sidecar : ProgramRole.Downloader };
    }
}
