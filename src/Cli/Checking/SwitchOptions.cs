using System.CommandLine;

namespace Spanhook.Cli.Checking;

/// <summary>What <c>check</c>, <c>off</c> and <c>on</c> have in common.</summary>
internal static class SwitchOptions
{
    public static Option<string> Configuration() => new("--webhook-configuration")
    {
        Description = "The MutatingWebhookConfiguration, as with the webhook's option of this name.",
        HelpName = "NAME",
        DefaultValueFactory = _ => WebhookConfiguration.DefaultName,
    };

    public static Option<bool> DryRun() => new("--dry-run") { Description = "Ask the API server whether it could be done; change nothing." };

    public static int Absent(Terminal terminal, string name)
    {
        terminal.Error($"there is no MutatingWebhookConfiguration {name}, so it is called by nobody: name another with --webhook-configuration, or install the webhook");
        return ExitCodes.BadInput;
    }
}
