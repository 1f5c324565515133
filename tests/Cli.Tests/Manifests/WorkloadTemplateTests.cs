using System.Text.Json.Nodes;
using Spanhook.Manifests;

namespace Spanhook.Cli.Tests.Manifests;

public sealed class WorkloadTemplateTests
{
    private const string Template = """{"metadata":{"creationTimestamp":null,"name":"ignored","labels":{"l":"1"},"annotations":{"a":"2"},"finalizers":["f"]},"spec":{"containers":[{"name":"c","image":"i","future":1e400}]}}""";

    public static TheoryData<string, string, string> Owners => new()
    {
        { "apps/v1", "Deployment", """{"replicas":2,"template":TEMPLATE}""" },
        { "apps/v1", "StatefulSet", """{"serviceName":"s","template":TEMPLATE}""" },
        { "apps/v1", "DaemonSet", """{"template":TEMPLATE}""" },
        { "apps/v1", "ReplicaSet", """{"template":TEMPLATE}""" },
        { "v1", "ReplicationController", """{"template":TEMPLATE}""" },
        { "batch/v1", "Job", """{"template":TEMPLATE,"backoffLimit":1}""" },
        { "batch/v1", "CronJob", """{"jobTemplate":{"spec":{"template":TEMPLATE}}}""" },
        { "argoproj.io/v1alpha1", "Rollout", """{"template":TEMPLATE}""" },
        { "leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet", """{"leaderWorkerTemplate":{"size":2,"workerTemplate":TEMPLATE}}""" },
    };

    [Theory]
    [MemberData(nameof(Owners))]
    public void The_pod_of_a_workload_is_the_one_that_would_be_admitted(string apiVersion, string kind, string spec)
    {
        var template = Assert.Single(WorkloadTemplate.Of(Workload(apiVersion, kind, spec)));

        var pod = template.ToPod("ml");

        var expected = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"w-","namespace":"ml","labels":{"l":"1"},"annotations":{"a":"2"},"finalizers":["f"],"ownerReferences":[OWNER]},"spec":{"containers":[{"name":"c","image":"i","future":1e400}]}}
            """;
        Assert.Equal(
            expected.Replace("OWNER", $$"""{"apiVersion":"{{apiVersion}}","kind":"{{kind}}","name":"w","controller":true,"blockOwnerDeletion":true}""", StringComparison.Ordinal),
            pod.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Owners))]
    public void Only_spec_labels_and_annotations_go_back_into_the_template(string apiVersion, string kind, string spec)
    {
        var workload = Workload(apiVersion, kind, spec);
        var before = workload.Json.ToJsonString();
        var template = Assert.Single(WorkloadTemplate.Of(workload));
        var pod = template.ToPod("ml");
        pod["metadata"]!["labels"]!["new"] = "3";
        pod["metadata"]!["annotations"]!["new"] = "4";
        pod["spec"]!["added"] = true;

        template.TakeBack(pod);

        Assert.Equal(
            before.Replace("\"l\":\"1\"", "\"l\":\"1\",\"new\":\"3\"", StringComparison.Ordinal).Replace("\"a\":\"2\"", "\"a\":\"2\",\"new\":\"4\"", StringComparison.Ordinal)
                .Replace("1e400}]", "1e400}],\"added\":true", StringComparison.Ordinal),
            workload.Json.ToJsonString());
    }

    [Fact]
    public void A_pod_is_its_own_template()
    {
        const string Spec = """{"containers":[{"name":"c"}]}""";
        var workload = Workload("v1", "Pod", Spec);
        var template = Assert.Single(WorkloadTemplate.Of(workload));
        var pod = template.ToPod("ml");
        Assert.Equal(workload.Json.ToJsonString(), pod.ToJsonString());

        pod["metadata"]!["annotations"] = new JsonObject { ["a"] = "1" };
        pod["spec"]!["x"] = 1;
        template.TakeBack(pod);
        Assert.Equal(pod.ToJsonString(), workload.Json.ToJsonString());
    }

    [Fact]
    public void Each_job_of_a_JobSet_has_a_template_that_is_called_as_the_job()
    {
        var workload = Workload("jobset.x-k8s.io/v1alpha2", "JobSet", """{"replicatedJobs":[{"name":"driver","template":{"spec":{"template":TEMPLATE}}},{"name":"workers","template":{"spec":{"template":TEMPLATE}}}]}""");
        Assert.Equal(
            [("driver", "/spec/replicatedJobs/0/template/spec/template"), ("workers", "/spec/replicatedJobs/1/template/spec/template")],
            WorkloadTemplate.Of(workload).Select(template => (template.Role, template.Pointer)));
        Assert.Empty(WorkloadTemplate.Of(Workload("jobset.x-k8s.io/v1alpha2", "JobSet", "{}")));
        var broken = Workload("jobset.x-k8s.io/v1alpha2", "JobSet", """{"replicatedJobs":[{"name":"driver","template":{}}]}""");
        Assert.Contains("spec.replicatedJobs[0].template.spec.template is missing", Assert.Throws<ManifestException>(() => WorkloadTemplate.Of(broken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_leader_and_its_workers_are_two_templates()
    {
        var workload = Workload("leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet", """{"leaderWorkerTemplate":{"leaderTemplate":TEMPLATE,"workerTemplate":TEMPLATE}}""");
        Assert.Equal(
            [("leader", "/spec/leaderWorkerTemplate/leaderTemplate"), ("worker", "/spec/leaderWorkerTemplate/workerTemplate")],
            WorkloadTemplate.Of(workload).Select(template => (template.Role, template.Pointer)));
    }

    [Theory]
    [InlineData("v1", "Service", "{}")]
    [InlineData("example.com/v1", "Deployment", "{}")]
    [InlineData("argoproj.io/v1alpha1", "Rollout", """{"workloadRef":{"kind":"Deployment","name":"x"}}""")]
    public void Anything_else_has_no_template(string apiVersion, string kind, string spec) => Assert.Empty(WorkloadTemplate.Of(Workload(apiVersion, kind, spec)));

    [Fact]
    public void A_template_without_metadata_gets_it_when_something_goes_back()
    {
        var workload = Workload("batch/v1", "Job", """{"template":{"spec":{"containers":[{"name":"c"}]}}}""");
        var template = Assert.Single(WorkloadTemplate.Of(workload));
        var pod = template.ToPod("ml");
        template.TakeBack(pod);
        Assert.Equal("""{"spec":{"containers":[{"name":"c"}]}}""", workload.Json["spec"]!["template"]!.ToJsonString());

        pod["metadata"]!["labels"] = new JsonObject { ["a"] = "b" };
        template.TakeBack(pod);
        Assert.Equal("""{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c"}]}}""", workload.Json["spec"]!["template"]!.ToJsonString());
    }

    private static ManifestObject Workload(string apiVersion, string kind, string spec)
    {
        var json = new JsonObject
        {
            ["apiVersion"] = apiVersion,
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = "w", ["uid"] = "kept" },
            ["spec"] = JsonNode.Parse(spec.Replace("TEMPLATE", Template, StringComparison.Ordinal)),
        };
        var document = ManifestReader.Parse(json.ToJsonString(), "w.json")[0];
        return Assert.Single(ManifestObject.In(document, document.ToNode()));
    }
}
