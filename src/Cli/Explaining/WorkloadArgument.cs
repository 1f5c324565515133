using System.CommandLine;
using Spanhook.Cli.Workloads;

namespace Spanhook.Cli.Explaining;

/// <summary>TYPE/NAME, or TYPE NAME in two words, as kubectl takes it.</summary>
internal sealed class WorkloadArgument
{
    private readonly Argument<string[]> _words;

    /// <param name="description">What it is for.</param>
    /// <param name="isRequired">Whether the command cannot do without it.</param>
    public WorkloadArgument(string description, bool isRequired)
    {
        _words = new Argument<string[]>("TYPE/NAME") { Description = description, Arity = new ArgumentArity(isRequired ? 1 : 0, 2) };
        _words.Validators.Add(result =>
        {
            if (!WorkloadName.TryParse(Text(result.Tokens.Select(token => token.Value)), out _, out var problem) && result.Tokens.Count > 0) result.AddError(problem!);
        });
    }

    public void AddTo(Command command) => command.Add(_words);

    /// <summary>Null when none was given.</summary>
    public WorkloadName? Of(ParseResult parsed) => WorkloadName.TryParse(Text(parsed.GetValue(_words) ?? []), out var name, out _) ? name : null;

    private static string Text(IEnumerable<string> words) => string.Join('/', words);
}
