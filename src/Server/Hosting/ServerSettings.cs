using System.CommandLine;

namespace Spanhook.Server.Hosting;

/// <summary>Makes options of the command line whose default comes from the environment or from appsettings.json.</summary>
internal sealed class ServerSettings(IConfiguration configuration)
{
    public List<Option> Options { get; } = [];

    public static IConfiguration DefaultConfiguration() =>
        new ConfigurationBuilder().SetBasePath(AppContext.BaseDirectory).AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables("SPANHOOK_").Build();

    public Option<string?> Text(string name, string help, string description, string? otherwise)
    {
        var option = new Option<string?>(name)
        {
            HelpName = help,
            Description = $"{description} [{Sources(name)}]",
            DefaultValueFactory = _ => Value(name) ?? otherwise,
        };
        Options.Add(option);
        return option;
    }

    public Option<string[]> List(string name, string help, string description)
    {
        var option = new Option<string[]>(name)
        {
            HelpName = help,
            Description = $"{description} [{Sources(name)}, a comma list]",
            DefaultValueFactory = _ => Value(name) is { } text ? [text] : [],
        };
        Options.Add(option);
        return option;
    }

    /// <summary>Where else an option can come from, for people.</summary>
    public static string Sources(string name) => $"SPANHOOK_{EnvironmentKey(name)}, appsettings Spanhook:{name[2..]}";

    private string? Value(string name) => configuration[EnvironmentKey(name)] ?? configuration["Spanhook:" + name[2..]];

    private static string EnvironmentKey(string name) => name[2..].Replace('-', '_').ToUpperInvariant();
}
