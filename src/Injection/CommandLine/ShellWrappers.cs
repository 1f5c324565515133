namespace Spanhook.Injection.CommandLine;

/// <summary>Programs and builtins that start the program in their words, or whose words say what a script is.</summary>
internal static class ShellWrappers
{
    /// <summary>Where the program stands behind its wrappers.</summary>
    /// <param name="Program">The place of its word; the number of words when there are wrappers only.</param>
    /// <param name="IsKnown">False when a wrapper has an option that is not known, so what follows may be the option's value.</param>
    /// <param name="Replaces">The program takes the shell's place: what follows in the script is not run.</param>
    internal readonly record struct Launch(int Program, bool IsKnown, bool Replaces);

    /// <summary>How a wrapper takes its words.</summary>
    /// <param name="Valued">The options that take the next word as a value when it does not stand in their own.</param>
    /// <param name="Flags">The options that take none, and single letters of them that may be joined.</param>
    /// <param name="Operands">How many words stand between the options and the program.</param>
    private readonly record struct Wrapper(string Valued, string Flags, int Operands = 0);

    /// <summary>Skips wrappers, their options, and the assignments that some of them take.</summary>
    public static Launch Skip(in CommandWords words)
    {
        var (at, replaces) = (0, false);
        while (at < words.Count && Known(words, at, out var wrapper))
        {
            var name = words.Program(at);
            if (name is "exec") replaces = true;
            var takesAssignments = name is "env" or "sudo";
            var start = at++;
            // "uv run", "conda run": the word after the name is part of it.
            if (name is "uv" or "poetry" or "pipenv") at++;
            if (!SkipOptions(words, ref at, wrapper)) return new(start, IsKnown: false, replaces);
            while (takesAssignments && at < words.Count && words[at].Contains('=')) at++;
            at = Math.Min(words.Count, at + wrapper.Operands);
        }

        return new(at, IsKnown: true, replaces);
    }

    /// <summary>A shell, which runs a script.</summary>
    public static bool IsShell(ReadOnlySpan<char> name) => name is "sh" or "bash" or "dash" or "ash" or "zsh" or "ksh" or "mksh" or "busybox";

    /// <summary>Programs that start nothing, whatever their words are.</summary>
    public static bool StartsNothing(ReadOnlySpan<char> name) => name is "echo" or "printf" or "test" or "[" or ":" or "true" or "false" or "pip" or "pip3" or "grep"
        or "export" or "local" or "readonly" or "declare" or "typeset" or "unset" or "cd" or "ls" or "cat" or "mkdir" or "sleep" or "wait" or "ulimit" or "which" or "type"
        or "pgrep" or "pkill" or "hash" or "logger" or "apt-get" or "apt" or "curl" or "wget";

    /// <summary>Programs that write or compare their words and do nothing else with them.</summary>
    public static bool OnlyShows(ReadOnlySpan<char> name) => name is "echo" or "printf" or "test" or "[" or ":";

    /// <summary>Programs that run the text of a word as a script, here or elsewhere.</summary>
    public static bool RunsText(ReadOnlySpan<char> name) => name is "trap" or "su" or "runuser" or "ssh" or "script" or "watch" or "parallel" or "flock" or "xargs" or "find"
        or "tmux" or "screen" or "expect" or "entr" or "start-stop-daemon";

    /// <summary>Words that this reader acts on; a function of such a name makes them mean something else.</summary>
    public static bool Interprets(ReadOnlySpan<char> name) => Named(name, out _) || IsShell(name)
        || name is "eval" or "." or "source" or "set" or "shift" or "exit" or "return" or "alias" or "uv" or "poetry" or "pipenv";

    /// <summary>Whether a <c>set</c> sets the script's arguments, not options.</summary>
    public static bool SetsArguments(in CommandWords words)
    {
        for (var i = 1; i < words.Count; i++)
        {
            var word = words[i];
            if (!words.Word(i).IsWhole || word.Length < 2 || word is "--" || word[0] is not ('-' or '+')) return true;
            if (word[^1] == 'o') i++;
        }

        return false;
    }

    /// <summary>The place of a shell's script: a text behind <c>-c</c>, else a file. The number of words when there is none.</summary>
    public static int ScriptOfShell(in CommandWords words, out bool isText)
    {
        isText = false;
        var at = words.Program(0) is "busybox" ? 2 : 1;
        for (; at < words.Count; at++)
        {
            var word = words[at];
            if (word is "--" or "-")
            {
                at++;
                break;
            }

            if (word.IsEmpty || word[0] is not ('-' or '+')) break;
            if (word.StartsWith("--")) continue;
            isText |= word[0] == '-' && word.Contains('c');
            if (word[^1] is 'o' or 'O') at++;
        }

        at = Math.Min(at, words.Count);
        isText &= at < words.Count;
        return at;
    }

    private static bool Known(in CommandWords words, int at, out Wrapper wrapper)
    {
        var name = words.Program(at);
        if (name is "uv" or "poetry" or "pipenv")
        {
            wrapper = name is "uv"
                ? new(
                    "-p --python --with --with-requirements --with-editable --extra --group --env-file --project --directory --index-url --index --cache-dir --package",
                    "-q -v --no-sync --frozen --locked --active --isolated --no-project --offline --all-extras --no-dev --system --quiet --exact")
                : new("", "");
            return words.Is(at + 1, "run");
        }

        return Named(name, out wrapper);
    }

    private static bool Named(ReadOnlySpan<char> name, out Wrapper wrapper)
    {
        Wrapper? found = name switch
        {
            "exec" => new("-a", "-c -l"),
            "env" => new("-u -C --unset --chdir", "- -i -0 -v --ignore-environment --debug --null"),
            "nohup" => new("", ""),
            "setsid" => new("", "-c -f -w --ctty --fork --wait"),
            "time" => new("-o -f --output --format", "-p -v -a -q --verbose --append --portability --quiet"),
            "timeout" => new("-k -s --kill-after --signal", "-f -p -v --foreground --preserve-status --verbose", 1),
            "nice" => new("-n --adjustment", "-0 -1 -2 -3 -4 -5 -6 -7 -8 -9"),
            "ionice" => new("-c -n --class --classdata", "-t --ignore"),
            "chrt" => new("-T -P -D", "-a -b -f -i -o -r -d -R -v --batch --fifo --idle --other --rr --deadline --reset-on-fork", 1),
            "numactl" => new(
                "-i -p -P -m -N -C -w --interleave --preferred --membind --cpunodebind --physcpubind --preferred-many --weighted-interleave",
                "-a -l -b --all --localalloc --balancing"),
            "taskset" => new("", "-a -c --all-tasks --cpu-list", 1),
            "stdbuf" => new("-i -o -e --input --output --error", ""),
            "tini" or "tini-static" => new("-p -e", "-s -g -v -w -l"),
            "dumb-init" => new("-r --rewrite", "-c -v --single-child --verbose"),
            "command" => new("", "-p"),
            "sudo" => new(
                "-u -g -h -p -C -T -D -R -r -t --user --group --host --prompt --chdir --chroot --close-from",
                "-A -b -E -H -k -n -P -S --preserve-env --set-home --non-interactive --stdin --login"),
            "gosu" or "su-exec" => new("", "", 1),
            "unbuffer" => new("", "-p"),
            "catchsegv" => new("", ""),
            _ => null,
        };
        wrapper = found.GetValueOrDefault();
        return found is not null;
    }

    /// <summary>Skips options; false at one that is not known.</summary>
    private static bool SkipOptions(in CommandWords words, ref int at, Wrapper wrapper)
    {
        for (; at < words.Count && words[at].StartsWith('-'); at++)
        {
            var word = words[at];
            if (word is "--")
            {
                at++;
                return true;
            }

            var equals = word.IndexOf('=');
            if (word.StartsWith("--") && equals > 0)
            {
                if (!Has(wrapper.Valued, word[..equals]) && !Has(wrapper.Flags, word[..equals])) return false;
            }
            else if (Has(wrapper.Valued, word) && words.Word(at).IsWhole)
            {
                at++;
            }
            else if (!IsFlag(word, wrapper))
            {
                return false;
            }
        }

        at = Math.Min(at, words.Count);
        return true;
    }

    /// <summary>An option without a value, several in one word, or a single letter with its value in the same word.</summary>
    private static bool IsFlag(ReadOnlySpan<char> word, Wrapper wrapper)
    {
        if (Has(wrapper.Flags, word)) return true;
        if (word.Length < 3 || word[1] == '-') return false;
        if (Has(wrapper.Valued, word[..2])) return true;
        foreach (var letter in word[1..])
        {
            if (!Has(wrapper.Flags, ['-', letter])) return false;
        }

        return true;
    }

    private static bool Has(ReadOnlySpan<char> options, ReadOnlySpan<char> option)
    {
        foreach (var range in options.Split(' '))
        {
            if (options[range].SequenceEqual(option)) return true;
        }

        return false;
    }
}
