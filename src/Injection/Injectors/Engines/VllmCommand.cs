using Spanhook.Api.Core;
using Spanhook.Injection.CommandLine;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>What a container that has to do with vLLM does.</summary>
internal enum VllmRole
{
    /// <summary>Nothing of vLLM.</summary>
    None,

    /// <summary>The OpenAI-compatible server: the only one that emits request spans.</summary>
    Server,

    /// <summary>A data-parallel engine without a server.</summary>
    Headless,

    /// <summary>Another subcommand or module, or another program in vLLM's image.</summary>
    Other,

    /// <summary>Perhaps a server, but its command line cannot be seen.</summary>
    Opaque,
}

/// <summary>A container's command, read as vLLM's.</summary>
/// <param name="Role">What it does.</param>
/// <param name="Launch">The words.</param>
/// <param name="FirstOption">The first word that belongs to vLLM itself.</param>
internal readonly record struct VllmCommand(VllmRole Role, LaunchCommand Launch, int FirstOption)
{
    private static readonly string[] ServerModules = ["vllm.entrypoints.openai.api_server", "vllm.entrypoints.api_server"];

    /// <summary>The command decides; where there is none, the image.</summary>
    public static VllmCommand Read(Container container)
    {
        var launch = LaunchCommand.Read(container);
        var isImage = VllmImages.IsVllm(container.Image);
        switch (launch.Form)
        {
            case LaunchForm.ImageOnly:
                return new(isImage ? VllmRole.Opaque : VllmRole.None, launch, 0);
            case LaunchForm.Shell:
                return new(isImage || MentionsVllm(launch.Words) ? VllmRole.Opaque : VllmRole.None, launch, 0);
            case LaunchForm.ArgsOnly when FindProgram(launch.Words) < 0:
                return isImage ? Serving(launch, 0) : new(VllmRole.None, launch, 0);
            default:
                return ReadProgram(launch, isImage);
        }
    }

    private static VllmCommand ReadProgram(LaunchCommand launch, bool isImage)
    {
        var words = launch.Words;
        var program = FindProgram(words);
        var other = new VllmCommand(isImage ? VllmRole.Other : VllmRole.None, launch, 0);
        if (program < 0) return other;
        if (LaunchCommand.BaseName(words[program]) == "vllm")
            return program + 1 < words.Count && words[program + 1] == "serve" ? Serving(launch, program + 2) : new(VllmRole.Other, launch, 0);

        // python3 -u -m MODULE …
        for (var i = program + 1; i < words.Count && words[i].StartsWith('-'); i++)
        {
            if (words[i] != "-m" || i + 1 >= words.Count) continue;
            if (ServerModules.Contains(words[i + 1], StringComparer.Ordinal)) return Serving(launch, i + 2);
            return words[i + 1].StartsWith("vllm.", StringComparison.Ordinal) ? new(VllmRole.Other, launch, 0) : other;
        }

        return other;
    }

    private static VllmCommand Serving(LaunchCommand launch, int firstOption) =>
        new(Flag.IsSet(launch.Words, firstOption, "--headless", "--head") ? VllmRole.Headless : VllmRole.Server, launch, firstOption);

    // Wrappers (env, nohup, numactl, tini …) and their options stand before the program; the first word that is one of ours is it.
    private static int FindProgram(IReadOnlyList<string> words)
    {
        for (var i = 0; i < words.Count; i++)
        {
            if (LaunchCommand.BaseName(words[i]) == "vllm" || LaunchCommand.IsPython(words[i])) return i;
            if (i == 0 && !IsWrapper(words[0])) return -1;
        }

        return -1;
    }

    private static bool IsWrapper(string word) =>
        LaunchCommand.BaseName(word) is "env" or "exec" or "nohup" or "nice" or "numactl" or "taskset" or "stdbuf" or "timeout" or "time" or "tini" or "dumb-init" or "uv";

    private static bool MentionsVllm(IReadOnlyList<string> words)
    {
        foreach (var word in words)
        {
            if (word.Contains("vllm serve", StringComparison.Ordinal) || word.Contains("vllm.entrypoints", StringComparison.Ordinal)) return true;
        }

        return false;
    }
}
