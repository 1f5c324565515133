using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Spanhook.Server.Hosting;

namespace Spanhook.Server.Tests.Certificates;

/// <summary>The options of the certificates that the server makes itself in a cluster.</summary>
public sealed class SelfManagedOptionTests
{
    [Theory]
    [InlineData("--namespace=Upper", "--namespace 'Upper' is no name of an object: write lower-case letters, digits and '-'")]
    [InlineData("--service=-dash", "--service '-dash' is no name of an object")]
    [InlineData("--webhook-configuration=a/b", "--webhook-configuration 'a/b' is no name of an object")]
    [InlineData("--ca-secret=a_b", "--ca-secret 'a_b' is no name of an object")]
    [InlineData("--lease=dot.", "--lease 'dot.' is no name of an object")]
    [InlineData("--identity= ", "--identity is empty")]
    [InlineData("--ca-lifetime=a year", "--ca-lifetime 'a year' is no duration: write for example 8760h")]
    [InlineData("--leaf-lifetime=0s", "--leaf-lifetime '0s' is no duration")]
    [InlineData("--leaf-lifetime=8760h", "--leaf-lifetime 31536000s is not shorter than --ca-lifetime 31536000s")]
    [InlineData("--ca-publish-delay=4s", "--ca-publish-delay 4s is too short: caBundle is looked at every 5s")]
    [InlineData("--ca-retire-delay=19s", "--ca-retire-delay 19s is too short: replicas need 20s")]
    public async Task A_value_that_cannot_work_is_refused_with_what_to_write(string option, string advice)
    {
        var (code, error, options) = await RunAsync("--api-server", option);
        Assert.Equal(2, code);
        Assert.Null(options);
        Assert.Contains(advice, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authority_must_live_long_enough_to_be_replaced()
    {
        string[] Line(string life) => ["--api-server", "--ca-lifetime", life, "--leaf-lifetime", "1m", "--ca-publish-delay", "5s", "--ca-retire-delay", "35s"];
        var (code, error, _) = await RunAsync(Line("2m"));
        Assert.Equal(2, code);
        Assert.Contains("--ca-lifetime 120s is too short", error, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(Line("2m1s"))).Code);
    }

    [Fact]
    public async Task All_mistakes_are_told_at_once()
    {
        var (_, error, _) = await RunAsync("--api-server", "--service=A", "--lease=B", "--ca-lifetime=x", "--leaf-lifetime=y");
        Assert.All((string[])["--service 'A'", "--lease 'B'", "--ca-lifetime 'x'", "--leaf-lifetime 'y'"], part => Assert.Contains(part, error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_given_is_what_counts()
    {
        var (code, error, options) = await RunAsync("--api-server", "--namespace=ops", "--service=hook", "--identity=me", "--ca-lifetime=48h", "--leaf-lifetime=2h", "--dns-name=hook.example");
        Assert.Equal((0, ""), (code, error));
        var made = options!.Certificates.InCluster("of-the-config");
        Assert.Equal(("ops", "hook", "me", TimeSpan.FromHours(48), TimeSpan.FromHours(2)), (made.Namespace, made.Service, made.Identity, made.CaLifetime, made.LeafLifetime));
        Assert.Equal(["hook.ops.svc", "hook.ops.svc.cluster.local", "hook.ops", "hook", "hook.example"], made.LeafNames);
    }

    [Fact]
    public async Task Without_a_namespace_that_of_the_service_account_counts()
    {
        var (_, _, options) = await RunAsync("--api-server");
        Assert.Equal("tools", options!.Certificates.InCluster("tools").Namespace);
        Assert.Equal("spanhook", options.Certificates.InCluster(null).Namespace);
    }

    private static async Task<(int Code, string Error, ServerOptions? Options)> RunAsync(params string[] arguments)
    {
        ServerOptions? seen = null;
        using var error = new StringWriter();
        var command = ServerCommand.Create((options, _) => Task.FromResult((seen = options) is null ? 1 : 0), new ConfigurationBuilder().Build());
        var code = await command.Parse(arguments).InvokeAsync(new InvocationConfiguration { Error = error, Output = error });
        return (code, error.ToString(), seen);
    }
}
