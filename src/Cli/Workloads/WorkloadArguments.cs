using System.CommandLine;
using System.CommandLine.Parsing;

namespace Spanhook.Cli.Workloads;

/// <summary>TYPE/NAME on the command line.</summary>
internal static class WorkloadArguments
{
    public static Argument<WorkloadName[]> Several(string description) => new("TYPE/NAME")
    {
        Description = description,
        Arity = ArgumentArity.ZeroOrMore,
        CustomParser = result => [.. result.Tokens.Select(token => Parse(result, token.Value)).OfType<WorkloadName>()],
    };

    private static WorkloadName? Parse(ArgumentResult result, string text)
    {
        if (WorkloadName.TryParse(text, out var name, out var problem)) return name;
        result.AddError(problem!);
        return null;
    }
}
