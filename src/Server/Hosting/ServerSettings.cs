using System.CommandLine;

namespace Spanhook.Server.Hosting;

/// <summary>Makes options of the command line whose default comes from the environment or from appsettings.json.</summary>
internal sealed class ServerSettings(IConfiguration configuration)
{
    private const string Section = "Spanhook:";

    public List<Option> Options { get; } = [];

    public static IConfiguration DefaultConfiguration() =>
        new ConfigurationBuilder().SetBasePath(AppContext.BaseDirectory).AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables("SPANHOOK_").Build();

    public Option<string?> Text(string name, string help, string description, string? otherwise) =>
        Add(new Option<string?>(name) { HelpName = help, Description = $"{description} [{Sources(name)}]", DefaultValueFactory = _ => Value(name) ?? otherwise });

    public Option<string[]> List(string name, string help, string description) =>
        Add(new Option<string[]>(name) { HelpName = help, Description = $"{description} [{Sources(name)}, a comma list]", DefaultValueFactory = _ => Value(name) is { } text ? [text] : [] });

    public Option<bool> Flag(string name, string description) =>
        Add(new Option<bool>(name) { Description = $"{description} [{Sources(name)}: true or false]", DefaultValueFactory = _ => bool.TryParse(Value(name), out var isSet) && isSet });

    /// <summary>What is wrong with the environment and with appsettings.json, whichever area the option is of.</summary>
    public IEnumerable<string> Problems() =>
        UnknownKeys().Concat(Options.OfType<Option<bool>>().Where(flag => Value(flag.Name) is { } value && !bool.TryParse(value, out _))
            .Select(flag => $"{flag.Name} '{Value(flag.Name)}' [{Sources(flag.Name)}] is neither true nor false: write one of them"));

    /// <summary>Where else an option can come from, for people.</summary>
    public static string Sources(string name) => $"SPANHOOK_{EnvironmentKey(name)}, appsettings Spanhook:{name[2..]}";

    /// <summary>Says of every key of appsettings.json that sets nothing where it stands and what was probably meant.</summary>
    private IEnumerable<string> UnknownKeys()
    {
        var known = Options.ConvertAll(option => Section + option.Name[2..]);
        foreach (var file in (configuration as IConfigurationRoot)?.Providers.OfType<FileConfigurationProvider>() ?? [])
        {
            foreach (var key in Keys(file, null).Where(key => !known.Contains(key, StringComparer.OrdinalIgnoreCase)))
            {
                var nearest = known.MinBy(candidate => EditDistance.Between(candidate, key))!;
                yield return $"{file.Source.FileProvider?.GetFileInfo(file.Source.Path!).PhysicalPath ?? file.Source.Path}: the key '{key}' is not known: did you mean '{nearest}'?";
            }
        }
    }

    // Only those with a value: a section alone sets nothing and hides nothing.
    private static IEnumerable<string> Keys(IConfigurationProvider file, string? parent)
    {
        foreach (var name in file.GetChildKeys([], parent).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            var key = parent is null ? name : ConfigurationPath.Combine(parent, name);
            if (file.TryGet(key, out var value) && value is not null) yield return key;
            foreach (var below in Keys(file, key)) yield return below;
        }
    }

    private Option<T> Add<T>(Option<T> option)
    {
        Options.Add(option);
        return option;
    }

    private string? Value(string name) => configuration[EnvironmentKey(name)] ?? configuration[Section + name[2..]];

    private static string EnvironmentKey(string name) => name[2..].Replace('-', '_').ToUpperInvariant();
}
