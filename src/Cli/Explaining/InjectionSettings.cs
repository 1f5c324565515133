using System.CommandLine;
using Spanhook.Injection;
using Shared = Spanhook.Cli.Options;

namespace Spanhook.Cli.Explaining;

/// <summary>The options that stand for those of the webhook: what its operator decided for the whole process.</summary>
internal sealed class InjectionSettings
{
    private readonly Option<string[]> _disable = Shared.Disable();
    private readonly Option<string[]> _accelerators = Shared.AcceleratorResources();
    private readonly Option<string> _crossNamespace = Shared.CrossNamespace();

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_disable, _accelerators, _crossNamespace]) command.Add(option);
    }

    public InjectionOptions Of(ParseResult parsed) => new()
    {
        AcceleratorResources = parsed.GetValue(_accelerators) ?? [],
        Disabled = new HashSet<string>(parsed.GetValue(_disable) ?? [], StringComparer.Ordinal),
        CrossNamespace = Shared.ToCrossNamespace(parsed.GetRequiredValue(_crossNamespace)),
    };
}
