using System.Buffers;
using System.Text.Json;
using Spanhook.Api;
using Spanhook.Api.Core;

namespace Spanhook.Injection.CommandLine;

/// <summary>The words of a container's command and args, in rented buffers.</summary>
internal ref struct LaunchWords : IDisposable
{
    private DecodedText _text;
    private CommandWord[] _words;

    private LaunchWords(int capacity, int count)
    {
        _text = new DecodedText(capacity);
        _words = ArrayPool<CommandWord>.Shared.Rent(Math.Max(count, 1));
    }

    /// <summary>How many words there are, in command and args together.</summary>
    public int Count { get; private set; }

    /// <summary>How many of them are the command's.</summary>
    public int CommandLength { get; private set; }

    public readonly CommandWords All => new(_text.Span, _words.AsSpan(0, Count));

    public static LaunchWords Read(Container container)
    {
        var (command, args) = (container.Command, container.Args);
        var words = new LaunchWords(SizeOf(command) + SizeOf(args), command.Count() + args.Count());
        words.Add(command);
        words.CommandLength = words.Count;
        words.Add(args);
        return words;
    }

    /// <summary>A word as the manifest has it, before the kubelet.</summary>
    public readonly ReadOnlySpan<char> Raw(int index)
    {
        var start = _words[index].Start;
        return _text.Span[start..(index + 1 < Count ? _words[index + 1].Start : _text.Length)];
    }

    public void Dispose()
    {
        _text.Dispose();
        ArrayPool<CommandWord>.Shared.Return(_words);
        _words = [];
    }

    private static int SizeOf(JsonElement list)
    {
        var size = 0;
        foreach (var item in list.Items()) size += DecodedText.SizeOf(item);
        return size;
    }

    private void Add(JsonElement list)
    {
        foreach (var item in list.Items())
        {
            var start = _text.Length;
            _text.Add(item);
            var word = _text.Span[start..];

            // The kubelet replaces $(NAME), and $$ by $: what comes from there is not looked at.
            var dollar = word.IndexOf('$');
            _words[Count] = new(start, dollar < 0 ? word.Length : dollar, IsWhole: dollar < 0, Count);
            Count++;
        }
    }
}
