using Spanhook.Cli.Connection;

namespace Spanhook.Cli.Checking;

/// <summary>Whether the webhook's service account may do what it has to.</summary>
internal static class RoleCheck
{
    private const string Name = "permissions";
    private const string Path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";

    public static async Task<CheckResult> RunAsync(Installed installed, CancellationToken cancellation)
    {
        var user = $"system:serviceaccount:{installed.Namespace}:{installed.ServiceAccount}";
        var rights = NeededRight.All(installed.ConfigurationName);
        var (missing, forReporting) = (new List<string>(), new List<string>());
        try
        {
            foreach (var right in rights)
            {
                foreach (var verb in right.Verbs)
                {
                    var answer = await installed.Session.CreateAsync(Path, right.ToReview(verb, user, installed.Namespace), cancellation);
                    if ((bool?)answer["status"]?["allowed"] != true) (right.IsForReporting ? forReporting : missing).Add($"{verb} {right}");
                }
            }
        }
        catch (ClusterException e) when (e.IsForbidden)
        {
            return CheckResult.NotAllowed(Name, e);
        }

        const string fix = "apply the shipped roles: deploy/kustomize/base/rbac.yaml or the Helm chart";
        if (missing.Count > 0) return CheckResult.Fail(Name, $"{user} may not {string.Join(", ", missing.Concat(forReporting))}", fix);
        return forReporting.Count > 0
            ? CheckResult.Warn(Name, $"{user} may not {string.Join(", ", forReporting)}: status and events are not written", fix)
            : CheckResult.Ok(Name, $"{user} may do all that it has to");
    }
}
