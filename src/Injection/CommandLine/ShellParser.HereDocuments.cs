using System.Buffers;

namespace Spanhook.Injection.CommandLine;

/// <content>Here-documents, whose text begins behind the line that names their end.</content>
internal ref partial struct ShellParser
{
    private const int MaxHereDocuments = 16;

    private static readonly SearchValues<char> SpecialInDelimiter = SearchValues.Create("'\"\\$`\n");

    /// <summary>A here-document whose text has not begun; its end is a range of the script.</summary>
    private readonly record struct PendingHereDocument(int Start, int Length, bool IsQuoted, bool StripsTabs);

    /// <summary>Reads the word that will end the text.</summary>
    private void HereDocument(bool stripsTabs)
    {
        SkipBlanks();
        var mark = _words.Mark;
        var start = _position;
        Word();
        if (Failed) return;
        var word = _words[mark.Words];
        var raw = _source[start..word.End];
        var isQuoted = word.Traits.Has(WordTraits.Quoted);
        // One pair of quotes, or one backslash before it; other spellings are nobody's.
        var value = isQuoted && raw.Length > 1 && raw[0] == raw[^1] && raw[0] is '\'' or '"' ? raw[1..^1] : isQuoted && raw[0] == '\\' ? raw[1..] : raw;
        if (value.IsEmpty || value.IndexOfAny(SpecialInDelimiter) >= 0) Fail(ShellProblemKind.Ambiguous);
        _words.Release(mark);
        _hereDocuments ??= ArrayPool<PendingHereDocument>.Shared.Rent(MaxHereDocuments);
        if (_hereDocumentCount == MaxHereDocuments) Fail(ShellProblemKind.TooDeep);
        else _hereDocuments[_hereDocumentCount++] = new(start + (raw.Length - value.Length + 1) / 2, value.Length, isQuoted, stripsTabs);
    }

    /// <summary>Reads a newline, and the here-documents that begin behind it.</summary>
    private void NewLine()
    {
        _position++;
        if (_hereDocumentCount == 0) return;
        if (_hereDocumentBase > 0)
        {
            // In a substitution, with one of the command around it still to come.
            Fail(ShellProblemKind.Ambiguous);
            return;
        }

        for (var i = 0; i < _hereDocumentCount && !Failed; i++) HereDocumentText(_hereDocuments![i]);
        _hereDocumentCount = 0;
    }

    private void HereDocumentText(PendingHereDocument document)
    {
        var delimiter = _source.Slice(document.Start, document.Length);
        var start = _position;
        var isContinued = false;
        while (!AtEnd)
        {
            var rest = _source[_position..];
            var length = rest.IndexOf('\n');
            var line = length < 0 ? rest : rest[..length];
            if (document.StripsTabs) line = line.TrimStart('\t');
            var isEnd = line.SequenceEqual(delimiter);
            // A line that goes on with the next is not the same as two lines in every shell.
            if (isContinued && isEnd) break;
            if (isEnd)
            {
                HereDocumentCommands(start, document.IsQuoted);
                if (!Failed) _position += length < 0 ? rest.Length : length + 1;
                return;
            }

            isContinued = !document.IsQuoted && EndsInBackslash(line);
            if (isContinued && (line.Length == 1 || delimiter.StartsWith(line[..^1]))) break;
            _position += length < 0 ? rest.Length : length + 1;
        }

        Fail(ShellProblemKind.UnclosedHereDocument);
    }

    private static bool EndsInBackslash(ReadOnlySpan<char> line) => (line.Length - line.TrimEnd('\\').Length) % 2 == 1;

    /// <summary>A script may be written to a file to be run later, or be fed to a shell: an engine in it is a guess, not a finding.</summary>
    private void HereDocumentCommands(int start, bool isQuoted)
    {
        var text = _source[start.._position];
        if (!isQuoted && text.IndexOf("$@") >= 0) CountArguments();
        var mark = _words.Mark;
        _words.Append(text);
        var reading = ReadText(mark.Length);
        _words.Release(mark);
        if (reading.StartsEngine) _findings.Suspect(new(ShellProblemKind.HereDocument), reading.Program);
    }

    private void DisposeHereDocuments()
    {
        if (_hereDocuments is not null) ArrayPool<PendingHereDocument>.Shared.Return(_hereDocuments);
    }
}
