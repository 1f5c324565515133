using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Spanhook.Server.Hosting;
using Spanhook.Server.Tests.Support;

namespace Spanhook.Server.Tests.Hosting;

/// <summary>A key of appsettings.json that sets nothing is a mistake, and is told.</summary>
public sealed class SettingsFileTests
{
    [Theory]
    [InlineData("""{"Spanhook": {"tls-dirs": "x"}}""", "Spanhook:tls-dirs", "Spanhook:tls-dir")]
    [InlineData("""{"Spanhook": {"loglevel": "debug"}}""", "Spanhook:loglevel", "Spanhook:log-level")]
    [InlineData("""{"Spanhook": {"LISTEN_": "x"}}""", "Spanhook:LISTEN_", "Spanhook:listen")]
    [InlineData("""{"Spanhook": {"disable": ["go"]}}""", "Spanhook:disable:0", "Spanhook:disable")]
    [InlineData("""{"Spanhok": {"listen": ":1"}}""", "Spanhok:listen", "Spanhook:listen")]
    [InlineData("""{"cluster": "x"}""", "cluster", "Spanhook:cluster")]
    public async Task An_unknown_key_is_exit_code_2_and_names_the_file_and_the_nearest_key(string json, string key, string nearest)
    {
        using var folder = new TempFolder();
        var (code, error) = await RunAsync(folder.Write("appsettings.json", json));
        Assert.Equal(2, code);
        Assert.Contains($"{folder.PathOf("appsettings.json")}: the key '{key}' is not known: did you mean '{nearest}'?", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_unknown_keys_are_told_at_once()
    {
        using var folder = new TempFolder();
        var (_, error) = await RunAsync(folder.Write("appsettings.json", """{"Logging": {"LogLevel": {"Default": "Debug"}}, "Spanhook": {"ca-ut": "x"}}"""));
        Assert.All((string[])["'Logging:LogLevel:Default'", "'Spanhook:ca-ut'"], key => Assert.Contains(key, error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"Spanhook": {"listen": "127.0.0.1:1", "Log-Level": "debug", "disable": "go, java"}}""")]
    [InlineData("""{"Spanhook": {}} // nothing is set""")]
    [InlineData("{}")]
    public async Task Known_keys_are_taken(string json)
    {
        using var folder = new TempFolder();
        var (code, error) = await RunAsync(folder.Write("appsettings.json", json));
        Assert.True(code == 0, error);
    }

    private static async Task<(int Code, string Error)> RunAsync(string file)
    {
        using var error = new StringWriter();
        var command = ServerCommand.Create((_, _) => Task.FromResult(0), new ConfigurationBuilder().AddJsonFile(file).Build());
        return (await command.Parse(["--cluster", "x"]).InvokeAsync(new InvocationConfiguration { Error = error, Output = error }), error.ToString());
    }
}
