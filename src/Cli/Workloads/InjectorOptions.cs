using System.CommandLine;
using Spanhook.Injection;
using Shared = Spanhook.Cli.Options;

namespace Spanhook.Cli.Workloads;

/// <summary>How the webhook is run, where that changes what it decides; and the name of its configuration.</summary>
internal sealed class InjectorOptions
{
    private readonly Option<string[]> _disable = Shared.Disable();
    private readonly Option<string[]> _accelerators = Shared.AcceleratorResources();
    private readonly Option<string> _crossNamespace = Shared.CrossNamespace();

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_disable, _accelerators, _crossNamespace]) command.Add(option);
    }

    public InjectionOptions Read(ParseResult parsed) => new()
    {
        AcceleratorResources = parsed.GetValue(_accelerators) ?? [],
        Disabled = new HashSet<string>(parsed.GetValue(_disable) ?? [], StringComparer.Ordinal),
        CrossNamespace = Shared.ToCrossNamespace(parsed.GetRequiredValue(_crossNamespace)),
    };
}
