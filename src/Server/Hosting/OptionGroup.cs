using System.CommandLine;

namespace Spanhook.Server.Hosting;

/// <summary>The options of one area: what it takes from the command line, and what it says of a value that cannot be used.</summary>
internal abstract class OptionGroup
{
    /// <summary>Every problem of the values, each with what to write instead.</summary>
    public abstract IEnumerable<string> Problems(ParseResult result);

    /// <summary>The entries of comma lists that may be repeated.</summary>
    protected static string[] Split(string[]? values) =>
        [.. (values ?? []).SelectMany(v => v.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
}

/// <summary>An <see cref="OptionGroup"/> that makes one record.</summary>
internal abstract class OptionGroup<T> : OptionGroup
{
    /// <summary>The values, of which <see cref="OptionGroup.Problems"/> has none.</summary>
    public abstract T Read(ParseResult result);
}
