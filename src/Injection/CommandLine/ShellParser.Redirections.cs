namespace Spanhook.Injection.CommandLine;

/// <content>Redirections, which may stand anywhere in a command.</content>
internal ref partial struct ShellParser
{
    private void Redirections()
    {
        var mark = _words.Mark;
        SkipBlanks();
        while (!Failed && Redirection()) SkipBlanks();
        _words.Release(mark);
    }

    /// <summary>Reads a redirection when one stands here.</summary>
    private bool Redirection()
    {
        var at = _position;
        while (at < _source.Length && char.IsAsciiDigit(_source[at])) at++;
        if (at == _position && Current == '{') at = BehindDescriptorName();
        if (at == _position && Current == '&' && Next == '>') at++;
        var rest = _source[Math.Min(at, _source.Length)..];
        if (!rest.StartsWith('<') && !rest.StartsWith('>')) return false;
        if (at == _position && Next == '(') return false;
        var length = OperatorLength(rest);
        _commandTraits |= WordTraits.Redirected;
        _position = at + length;
        if (rest.StartsWith("<<") && !rest.StartsWith("<<<"))
        {
            HereDocument(stripsTabs: length == 3);
            return true;
        }

        SkipBlanks();
        var mark = _words.Mark;
        if (Current == '#') Fail(ShellProblemKind.Unreadable);
        else Word();
        _words.Release(mark);
        if (length == 1 && rest[0] == '<' && Current == '>') _commandTraits |= WordTraits.Placeholder;
        return true;
    }

    private static int OperatorLength(ReadOnlySpan<char> rest) => rest switch
    {
        ['<', '<', '<' or '-', ..] => 3,
        ['<', '<' or '&' or '>', ..] => 2,
        ['>', '>' or '&' or '|', ..] => 2,
        _ => 1,
    };

    /// <summary>Behind the <c>{name}</c> of <c>{name}&gt;file</c>, else here.</summary>
    private readonly int BehindDescriptorName()
    {
        var rest = _source[(_position + 1)..];
        var name = rest.IndexOfAnyExcept(NameCharacters);
        return name > 0 && name + 1 < rest.Length && rest[name] == '}' && rest[name + 1] is '<' or '>' ? _position + name + 2 : _position;
    }
}
