using System.Text.Json.Nodes;

namespace Spanhook.Cli.Checking;

/// <summary>The MutatingWebhookConfiguration: is the webhook called, and can it do no harm.</summary>
internal static class ConfigurationChecks
{
    private const string Name = "webhook configuration";
    private const int MaxTimeout = 5;

    public static IEnumerable<CheckResult> Run(Installed installed)
    {
        if (installed.Configuration is not { } configuration)
        {
            yield return CheckResult.Fail(Name, $"there is no MutatingWebhookConfiguration {installed.ConfigurationName}: nobody calls the webhook",
                "apply deploy/kustomize/base or the Helm chart; --webhook-configuration names another");
            yield break;
        }

        if (configuration.Entries.Count == 0)
        {
            yield return CheckResult.Fail(Name, $"MutatingWebhookConfiguration {configuration.Name} has no webhooks", "apply deploy/kustomize/base or the Helm chart again");
            yield break;
        }

        yield return Switch(configuration);
        yield return FailurePolicy(configuration);
        yield return Timeout(configuration);
        foreach (var entry in configuration.Entries) yield return CaBundleCheck.Run(entry, installed.Now);
    }

    private static CheckResult Switch(WebhookConfiguration configuration)
    {
        var off = configuration.Entries.Where(WebhookConfiguration.IsSwitchedOff).Select(NameOf).ToArray();
        return off.Length == 0
            ? CheckResult.Ok(Name, $"{configuration.Name}, with {string.Join(", ", configuration.Entries.Select(NameOf))}")
            : CheckResult.Fail(Name, $"{string.Join(", ", off)} is switched off {configuration.OffNote ?? "(nobody wrote down why)"}", "kubectl spanhook on");
    }

    private static CheckResult FailurePolicy(WebhookConfiguration configuration)
    {
        var failing = configuration.Entries.Where(entry => entry["failurePolicy"]?.ToString() != "Ignore").Select(NameOf).ToArray();
        return failing.Length == 0
            ? CheckResult.Ok("failurePolicy", "Ignore: no pod waits for the webhook")
            : CheckResult.Warn("failurePolicy", $"{string.Join(", ", failing)}: not Ignore: no pod can be created while the webhook is away", "set failurePolicy: Ignore, as shipped");
    }

    private static CheckResult Timeout(WebhookConfiguration configuration)
    {
        var longest = configuration.Entries.Max(entry => (int?)entry["timeoutSeconds"] ?? 10);
        return longest <= MaxTimeout
            ? CheckResult.Ok("timeoutSeconds", $"{longest} s")
            : CheckResult.Warn("timeoutSeconds", $"{longest} s: every pod waits that long when the webhook hangs", "set timeoutSeconds: 2, as shipped");
    }

    private static string NameOf(JsonObject entry) => entry["name"]?.ToString() ?? "a webhook without a name";
}
