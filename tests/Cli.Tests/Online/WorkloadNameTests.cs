using Spanhook.Cli.Restarting;
using Spanhook.Cli.Workloads;

namespace Spanhook.Cli.Tests.Online;

/// <summary>TYPE/NAME and durations, as kubectl takes them.</summary>
public sealed class WorkloadNameTests
{
    [Theory]
    [InlineData("pod/a", "/api/v1/namespaces/ml/pods/a")]
    [InlineData("po/a", "/api/v1/namespaces/ml/pods/a")]
    [InlineData("deploy/web", "/apis/apps/v1/namespaces/ml/deployments/web")]
    [InlineData("Deployment/web", "/apis/apps/v1/namespaces/ml/deployments/web")]
    [InlineData("deployments.apps/web", "/apis/apps/v1/namespaces/ml/deployments/web")]
    [InlineData("deployments.v1.apps/web", "/apis/apps/v1/namespaces/ml/deployments/web")]
    [InlineData("sts/db", "/apis/apps/v1/namespaces/ml/statefulsets/db")]
    [InlineData("ds/agent", "/apis/apps/v1/namespaces/ml/daemonsets/agent")]
    [InlineData("rs/web-1", "/apis/apps/v1/namespaces/ml/replicasets/web-1")]
    [InlineData("rc/old", "/api/v1/namespaces/ml/replicationcontrollers/old")]
    [InlineData("jobs/once", "/apis/batch/v1/namespaces/ml/jobs/once")]
    [InlineData("cj/daily", "/apis/batch/v1/namespaces/ml/cronjobs/daily")]
    [InlineData("lws/llm", "/apis/leaderworkerset.x-k8s.io/v1/namespaces/ml/leaderworkersets/llm")]
    [InlineData("rollout/web", "/apis/argoproj.io/v1alpha1/namespaces/ml/rollouts/web")]
    public void A_type_has_the_names_that_kubectl_takes(string text, string path)
    {
        Assert.True(WorkloadName.TryParse(text, out var name, out var problem), problem);
        Assert.Equal(path, name!.PathIn("ml"));
    }

    [Theory]
    [InlineData("web", "deployment/web")]
    [InlineData("deployment/", "TYPE/NAME")]
    [InlineData("a/b/c", "TYPE/NAME")]
    [InlineData("thing/web", "write one of pod,")]
    [InlineData("deployment.batch/web", "no kind of workload")]
    [InlineData("deployment/../secrets", "TYPE/NAME")]
    [InlineData("deployment/..%2fx", "no name of an object")]
    [InlineData("deployment/Web", "no name of an object")]
    public void What_is_none_is_refused_with_what_to_write(string text, string problem)
    {
        Assert.False(WorkloadName.TryParse(text, out var name, out var said));
        Assert.Null(name);
        Assert.Contains(problem, said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("5m", 300)]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5m", 90)]
    [InlineData("500ms", 0.5)]
    public void A_duration_is_written_as_for_kubectl(string text, double seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), GoDuration.Parse(text));

    [Theory]
    [InlineData("5")]
    [InlineData("")]
    [InlineData("-5m")]
    [InlineData("0s")]
    [InlineData("5 m")]
    [InlineData("99999999h")]
    public void Anything_else_is_no_duration(string text) => Assert.Null(GoDuration.Parse(text));
}
