using System.Text.Json;
using Spanhook.Injection.Cluster;
using Spanhook.Support;

namespace Spanhook.Injection.Tests.Cluster;

/// <summary>Values that the API server refuses in a pod are errors of the Instrumentation; those that it takes are none.</summary>
public sealed class PodFieldTests
{
    // Stands where the value is right and not what the test is about.
    private const string Template = "\"accessModes\":[\"ReadWriteOnce\"],\"resources\":{\"requests\":{\"storage\":\"1Gi\"}}";

    [Theory]
    [InlineData("""{"imagePullPolicy":"Sometimes"}""", "spec.imagePullPolicy")]
    [InlineData("""{"java":{"image":" "}}""", "spec.java.image")]
    [InlineData("""{"nodejs":{"image":" registry.example/a "}}""", "spec.nodejs.image")]
    [InlineData("""{"java":{"extensions":[{"image":"a","dir":"/a"},{"image":"b\n","dir":"/b"}]}}""", "spec.java.extensions[1].image")]
    [InlineData("""{"exporter":{"tls":{"secretName":"UPPER_CASE"}}}""", "spec.exporter.tls.secretName")]
    [InlineData("""{"exporter":{"tls":{"configMapName":"a b"}}}""", "spec.exporter.tls.configMapName")]
    [InlineData("""{"exporter":{"endpoint":"http://a:4318\u0000"}}""", "spec.exporter.endpoint")]
    [InlineData("""{"java":{"volumeLimitSize":"-5Gi"}}""", "spec.java.volumeLimitSize")]
    [InlineData("""{"java":{"volumeLimitSize":"big"}}""", "spec.java.volumeLimitSize")]
    [InlineData("""{"java":{"volumeLimitSize":-1}}""", "spec.java.volumeLimitSize")]
    [InlineData("""{"java":{"volumeLimitSize":true}}""", "spec.java.volumeLimitSize")]
    public void What_goes_into_a_pod_as_a_name_or_size_names_its_field_when_it_is_wrong(string spec, string field) => AssertError(spec, field);

    [Theory]
    [InlineData("""{"name":""}""", ".name")]
    [InlineData("""{"value":"a"}""", ".name")]
    [InlineData("""{"name":null}""", ".name")]
    [InlineData("""{"name":"A=B"}""", ".name")]
    [InlineData("""{"name":"new\nline"}""", ".name")]
    [InlineData("""{"name":"with space"}""", ".name")]
    [InlineData("""{"name":"1ST"}""", ".name")]
    [InlineData("""{"name":"..A"}""", ".name")]
    [InlineData("""{"name":"É"}""", ".name")]
    [InlineData("""{"name":"A","value":"a\u0000b"}""", ".value")]
    [InlineData("""{"name":"A","value":"b","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}""", "")]
    [InlineData("""{"name":"A","valueFrom":5}""", ".valueFrom")]
    [InlineData("""{"name":"A","valueFrom":{}}""", ".valueFrom")]
    [InlineData("""{"name":"A","valueFrom":{"vaultRef":{"path":"a"}}}""", ".valueFrom")]
    [InlineData("""{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"},"secretKeyRef":{"name":"s","key":"k"}}}""", ".valueFrom")]
    [InlineData("""{"name":"A","valueFrom":{"fileKeyRef":{"volumeName":"v","path":"p","key":"k"}}}""", ".valueFrom.fileKeyRef")]
    [InlineData("""{"name":"A","valueFrom":{"fieldRef":{}}}""", ".valueFrom.fieldRef.fieldPath")]
    [InlineData("""{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"spec.everything"}}}""", ".valueFrom.fieldRef.fieldPath")]
    [InlineData("""{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"metadata.labels"}}}""", ".valueFrom.fieldRef.fieldPath")]
    [InlineData("""{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"metadata.labels['a b']"}}}""", ".valueFrom.fieldRef.fieldPath")]
    [InlineData("""{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"metadata.labels['']"}}}""", ".valueFrom.fieldRef.fieldPath")]
    [InlineData("""{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"metadata.labels['"}}}""", ".valueFrom.fieldRef.fieldPath")]
    [InlineData("""{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"metadata.name","apiVersion":"v9"}}}""", ".valueFrom.fieldRef.apiVersion")]
    [InlineData("""{"name":"A","valueFrom":{"resourceFieldRef":{"resource":"limits.fun"}}}""", ".valueFrom.resourceFieldRef.resource")]
    [InlineData("""{"name":"A","valueFrom":{"resourceFieldRef":{"resource":"limits.cpu","divisor":"7"}}}""", ".valueFrom.resourceFieldRef.divisor")]
    [InlineData("""{"name":"A","valueFrom":{"resourceFieldRef":{"resource":"limits.memory","divisor":1024}}}""", ".valueFrom.resourceFieldRef.divisor")]
    [InlineData("""{"name":"A","valueFrom":{"resourceFieldRef":{"resource":"limits.memory","divisor":"x"}}}""", ".valueFrom.resourceFieldRef.divisor")]
    [InlineData("""{"name":"A","valueFrom":{"secretKeyRef":{"name":"UPPER_CASE","key":"k"}}}""", ".valueFrom.secretKeyRef.name")]
    [InlineData("""{"name":"A","valueFrom":{"secretKeyRef":{"key":"k"}}}""", ".valueFrom.secretKeyRef.name")]
    [InlineData("""{"name":"A","valueFrom":{"secretKeyRef":{"name":"s","key":"not/a key"}}}""", ".valueFrom.secretKeyRef.key")]
    [InlineData("""{"name":"A","valueFrom":{"configMapKeyRef":{"name":"s","key":"..k"}}}""", ".valueFrom.configMapKeyRef.key")]
    [InlineData("""{"name":"A","valueFrom":{"configMapKeyRef":{"name":"s","key":5}}}""", ".valueFrom.configMapKeyRef.key")]
    [InlineData("""{"name":"A","valueFrom":{"configMapKeyRef":{"name":"s","key":"k","optional":"yes"}}}""", ".valueFrom.configMapKeyRef.optional")]
    public void A_variable_that_no_pod_may_have_is_named_by_its_place(string variable, string field)
    {
        AssertError($$"""{"env":[{"name":"FIRST"},{{variable}}]}""", $"spec.env[1]{field}");
        AssertError($$"""{"go":{"env":[{{variable}}] } }""", $"spec.go.env[0]{field}");
    }

    [Theory]
    [InlineData("""{"runAsUser":-5}""", ".runAsUser")]
    [InlineData("""{"runAsUser":2147483648}""", ".runAsUser")]
    [InlineData("""{"runAsUser":"root"}""", ".runAsUser")]
    [InlineData("""{"runAsGroup":1.5}""", ".runAsGroup")]
    [InlineData("""{"runAsNonRoot":"yes"}""", ".runAsNonRoot")]
    [InlineData("""{"runAsNonRoot":true,"runAsUser":0}""", ".runAsUser")]
    [InlineData("""{"privileged":true,"allowPrivilegeEscalation":false}""", ".allowPrivilegeEscalation")]
    [InlineData("""{"capabilities":{"add":["CAP_SYS_ADMIN"]},"allowPrivilegeEscalation":false}""", ".allowPrivilegeEscalation")]
    [InlineData("""{"capabilities":{"add":"NET_ADMIN"}}""", ".capabilities.add")]
    [InlineData("""{"capabilities":{"drop":[5]}}""", ".capabilities.drop[0]")]
    [InlineData("""{"capabilities":["ALL"]}""", ".capabilities")]
    [InlineData("""{"procMount":"Somehow"}""", ".procMount")]
    [InlineData("""{"procMount":"Unmasked"}""", ".procMount")]
    [InlineData("""{"procMount":""}""", ".procMount")]
    [InlineData("""{"seccompProfile":{}}""", ".seccompProfile.type")]
    [InlineData("""{"seccompProfile":{"type":"Strict"}}""", ".seccompProfile.type")]
    [InlineData("""{"seccompProfile":{"type":"Localhost"}}""", ".seccompProfile.localhostProfile")]
    [InlineData("""{"seccompProfile":{"type":"Localhost","localhostProfile":"/a"}}""", ".seccompProfile.localhostProfile")]
    [InlineData("""{"seccompProfile":{"type":"Localhost","localhostProfile":"a/../b"}}""", ".seccompProfile.localhostProfile")]
    [InlineData("""{"seccompProfile":{"type":"RuntimeDefault","localhostProfile":"a"}}""", ".seccompProfile.localhostProfile")]
    [InlineData("""{"appArmorProfile":{"type":"Localhost","localhostProfile":" a"}}""", ".appArmorProfile.localhostProfile")]
    [InlineData("""{"appArmorProfile":{"type":"Unconfined","localhostProfile":""}}""", ".appArmorProfile.localhostProfile")]
    [InlineData("""{"seLinuxOptions":{"level":5}}""", ".seLinuxOptions.level")]
    [InlineData("""{"windowsOptions":{}}""", ".windowsOptions")]
    [InlineData("5", "")]
    public void A_security_context_that_no_pod_may_have_is_named_by_its_place(string context, string field)
    {
        AssertError($$"""{"initContainerSecurityContext":{{context}} }""", "spec.initContainerSecurityContext" + field);
        AssertError($$"""{"go":{"securityContext":{{context}} } }""", "spec.go.securityContext" + field);
    }

    [Theory]
    [InlineData("""{"limits":{"cpu":"1"},"requests":{"cpu":"2"}}""", ".requests.cpu")]
    [InlineData("""{"requests":{"cpu":"2"}}""", ".requests.cpu")]
    [InlineData("""{"limits":{"cpu":"0"}}""", ".requests.cpu")]
    [InlineData("""{"limits":{"not a resource":"1"}}""", ".limits")]
    [InlineData("""{"limits":{"pods":"1"}}""", ".limits")]
    [InlineData("""{"limits":{"a/b/c":"1"}}""", ".limits")]
    [InlineData("""{"limits":{"UP/a":"1"}}""", ".limits")]
    [InlineData("""{"limits":{"requests.nvidia.com/gpu":"1"}}""", ".limits")]
    [InlineData("""{"limits":{"hugepages-foo":"1"}}""", ".limits")]
    [InlineData("""{"limits":{"hugepages-2Mi":"3Mi"}}""", ".limits.hugepages-2Mi")]
    [InlineData("""{"limits":{"hugepages-2Mi":"2Mi"},"requests":{}}""", "")]
    [InlineData("""{"requests":{"nvidia.com/gpu":"1"}}""", ".requests.nvidia.com/gpu")]
    [InlineData("""{"limits":{"nvidia.com/gpu":"2"},"requests":{"nvidia.com/gpu":"1"}}""", ".requests.nvidia.com/gpu")]
    [InlineData("""{"limits":{"nvidia.com/gpu":"1500m"}}""", ".limits.nvidia.com/gpu")]
    [InlineData("""{"limits":{"memory":"-1"}}""", ".limits.memory")]
    [InlineData("""{"limits":{"memory":"1ki"}}""", ".limits.memory")]
    [InlineData("""{"limits":{"memory":"1e"}}""", ".limits.memory")]
    [InlineData("""{"limits":{"memory":""}}""", ".limits.memory")]
    [InlineData("""{"limits":{"memory":"."}}""", ".limits.memory")]
    [InlineData("""{"limits":{"memory":{}}}""", ".limits.memory")]
    [InlineData("""{"limits":5}""", ".limits")]
    [InlineData("""{"requests":[]}""", ".requests")]
    [InlineData("""{"claims":[{"name":"A b"}]}""", ".claims[0].name")]
    [InlineData("""{"claims":[{"request":"a"}]}""", ".claims[0].name")]
    [InlineData("""{"claims":[{"name":"a","request":"R x"}]}""", ".claims[0].request")]
    [InlineData("""{"claims":[{"name":"a"},{"name":"a","request":"r"}]}""", ".claims[1]")]
    [InlineData("""{"claims":{}}""", ".claims")]
    [InlineData("\"plenty\"", "")]
    public void Resources_that_no_pod_may_have_are_named_by_their_place(string resources, string field)
    {
        AssertError($$"""{"java":{"resources":{{resources}} } }""", "spec.java.resources" + field);
        AssertError($$"""{"apacheHttpd":{"resourceRequirements":{{resources}} } }""", "spec.apacheHttpd.resourceRequirements" + field);
    }

    [Theory]
    [InlineData("5", "")]
    [InlineData("""{"spec":5}""", ".spec")]
    [InlineData("""{"metadata":{"labels":{"a":"b"}}}""", ".spec")]
    [InlineData("""{"spec":{"accessModes":["ReadWriteOnce"]}}""", ".spec.resources.requests.storage")]
    [InlineData("""{"spec":{"resources":{"requests":{"storage":"1Gi"}}}}""", ".spec.accessModes")]
    [InlineData("""{"spec":{"accessModes":["Sometimes"],"resources":{"requests":{"storage":"1Gi"}}}}""", ".spec.accessModes[0]")]
    [InlineData("""{"spec":{"accessModes":["ReadWriteOnce","ReadWriteOncePod"],"resources":{"requests":{"storage":"1Gi"}}}}""", ".spec.accessModes")]
    [InlineData("""{"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"0"}}}}""", ".spec.resources.requests.storage")]
    [InlineData("""{"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"-1"}}}}""", ".spec.resources.requests.storage")]
    [InlineData("""{"metadata":{"name":"x"},"spec":{TEMPLATE}}""", ".metadata.name")]
    [InlineData("""{"metadata":{"finalizers":["a/b"]},"spec":{TEMPLATE}}""", ".metadata.finalizers")]
    [InlineData("""{"metadata":{"labels":{"a":"b c"}},"spec":{TEMPLATE}}""", ".metadata.labels.a")]
    [InlineData("""{"metadata":{"annotations":{"a b":"c"}},"spec":{TEMPLATE}}""", ".metadata.annotations")]
    [InlineData("""{"spec":{TEMPLATE,"storageClassName":"UP"}}""", ".spec.storageClassName")]
    [InlineData("""{"spec":{TEMPLATE,"volumeAttributesClassName":"UP"}}""", ".spec.volumeAttributesClassName")]
    [InlineData("""{"spec":{TEMPLATE,"volumeMode":"Block"}}""", ".spec.volumeMode")]
    [InlineData("""{"spec":{TEMPLATE,"volumeName":5}}""", ".spec.volumeName")]
    [InlineData("""{"spec":{TEMPLATE,"selector":{"matchLabels":{"a":"b c"}}}}""", ".spec.selector.matchLabels.a")]
    [InlineData("""{"spec":{TEMPLATE,"selector":{"matchExpressions":[{"key":"a","operator":"Near"}]}}}""", ".spec.selector.matchExpressions[0].operator")]
    [InlineData("""{"spec":{TEMPLATE,"selector":{"matchExpressions":[{"key":"a","operator":"In"}]}}}""", ".spec.selector.matchExpressions[0].values")]
    [InlineData("""{"spec":{TEMPLATE,"selector":{"matchExpressions":[{"key":"a","operator":"Exists","values":["b"]}]}}}""", ".spec.selector.matchExpressions[0].values")]
    [InlineData("""{"spec":{TEMPLATE,"dataSource":{"kind":"Pod","name":"a"}}}""", ".spec.dataSource.kind")]
    [InlineData("""{"spec":{TEMPLATE,"dataSource":{"kind":"PersistentVolumeClaim"}}}""", ".spec.dataSource.name")]
    [InlineData("""{"spec":{TEMPLATE,"dataSourceRef":{"kind":"X","name":"a","apiGroup":"a b"}}}""", ".spec.dataSourceRef.apiGroup")]
    [InlineData("""{"spec":{TEMPLATE,"dataSource":{"kind":"X","name":"a","apiGroup":"a.b"},"dataSourceRef":{"kind":"X","name":"b","apiGroup":"a.b"}}}""", ".spec.dataSource")]
    public void A_claim_that_no_pod_may_have_is_named_by_its_place(string template, string field) =>
        AssertError($$"""{"java":{"volumeClaimTemplate":{{template}} } }""", "spec.java.volumeClaimTemplate" + field);

    [Theory]
    [InlineData("""{"imagePullPolicy":""}""")]
    [InlineData("""{"env":[null],"propagators":null,"java":{"env":[null],"extensions":[null]},"nginx":{"attrs":[null]}}""")]
    [InlineData("""{"env":[{"name":"spring.main.banner-mode","value":"a\nb"},{"name":"_A","valueFrom":{"fieldRef":{"fieldPath":"metadata.annotations['example.com/Team']","apiVersion":"v1"}}}]}""")]
    [InlineData("""{"env":[{"name":"A","valueFrom":{"resourceFieldRef":{"resource":"limits.hugepages-2Mi","divisor":"1Mi"}}},{"name":"B","value":"","valueFrom":{"secretKeyRef":{"name":"a.b","key":".k_1","optional":true},"fieldRef":null}}]}""")]
    [InlineData("""{"initContainerSecurityContext":{"runAsUser":0,"runAsGroup":2147483647,"runAsNonRoot":false,"procMount":"Default","seccompProfile":{"type":"Localhost","localhostProfile":"a/b.json"},"appArmorProfile":{"type":"RuntimeDefault"},"capabilities":{"drop":["ALL"]},"allowPrivilegeEscalation":false,"windowsOptions":null}}""")]
    [InlineData("""{"java":{"resources":{"limits":{"cpu":1,"memory":"1e9","ephemeral-storage":"1Gi","nvidia.com/gpu":"1","hugepages-2Mi":"4Mi"},"requests":{"cpu":0.5,"memory":"512Mi","nvidia.com/gpu":1}}}}""")]
    [InlineData("""{"java":{"resources":{"limits":null,"requests":{},"claims":[{"name":"a","request":"r"},{"name":"a","request":"s"}]}}}""")]
    [InlineData("""{"java":{"volumeLimitSize":1073741824,"volumeClaimTemplate":{}}}""")]
    [InlineData("""{"java":{"volumeClaimTemplate":{"metadata":{"creationTimestamp":null,"name":"","labels":{"a":""}},"spec":{"accessModes":["ReadWriteOncePod"],"resources":{"requests":{"storage":"1Gi"}},"storageClassName":"","volumeMode":"Filesystem","selector":{"matchExpressions":[{"key":"a","operator":"In","values":["b"]}]}}}}}""")]
    public void What_the_API_server_takes_is_no_error(string spec) => Assert.DoesNotContain(Problems(spec), p => p.IsError);

    [Theory]
    [InlineData("""{"initContainerSecurityContext":{"runAsUser":5,"runAsMoon":true}}""", "spec.initContainerSecurityContext.runAsMoon")]
    [InlineData("""{"java":{"resources":{"wishes":1}}}""", "spec.java.resources.wishes")]
    [InlineData("""{"env":[{"name":"A","valueFrom":{"secretKeyRef":{"name":"s","key":"k","path":"p"}}}]}""", "spec.env[0].valueFrom.secretKeyRef.path")]
    [InlineData("""{"java":{"volumeClaimTemplate":{"spec":{TEMPLATE,"speed":9}}}}""", "spec.java.volumeClaimTemplate.spec.speed")]
    public void What_nobody_knows_is_warned_of_and_left_out(string spec, string field)
    {
        var problem = Assert.Single(Problems(spec));
        Assert.Equal((field, false), (problem.Field, problem.IsError));

        var pod = Injected.From(Pod, "shop", Compile(spec)).Pod;
        Assert.True(InjectionMark.IsOn(pod), "not injected");
        Assert.DoesNotContain(field[(field.LastIndexOf('.') + 1)..], pod.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_default_that_does_not_fit_is_called_one()
    {
        var problem = Assert.Single(Problems("""{"java":{"resources":{"requests":{"cpu":"2"}}}}"""));
        Assert.Equal("2 is more than limits.cpu, which is 500m, the default; write limits too", problem.Message);
    }

    [Fact]
    public void The_instrumentation_of_a_policy_is_checked_alike()
    {
        var policy = JsonSerializer.Deserialize("""{"metadata":{"name":"p"},"spec":{"instrumentation":{"imagePullPolicy":"Sometimes"}}}""", Api.ApiJsonContext.Default.TracingPolicy)!;
        var problem = Assert.Single(ClusterSnapshot.Compile(new() { Policies = [policy] }).Problems);
        Assert.Equal(("spec.instrumentation.imagePullPolicy", true), (problem.Field, problem.IsError));
    }

    private const string Pod = """{"metadata":{"annotations":{"instrumentation.opentelemetry.io/inject-java":"true"}},"spec":{"containers":[{"name":"app","image":"a:1"}]}}""";

    private static void AssertError(string spec, string field)
    {
        var errors = Problems(spec).Where(p => p.IsError).ToList();
        Assert.True(errors.Exists(p => p.Field == field && p.Message.Length > 5), $"expected {field}, found {string.Join("; ", errors)}");
        var cluster = Compile(spec);
        var decision = Assert.Single(Injected.From(Pod, "shop", cluster).Result.Decisions);
        Assert.Equal("instrumentation_invalid", decision.Reason.Code);
        Assert.Contains(field, decision.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<ObjectProblem> Problems(string spec) => Compile(spec).Problems;

    private static ClusterSnapshot Compile(string spec) => ClusterSnapshot.Compile(new()
    {
        Instrumentations = [JsonSerializer.Deserialize($$"""{"metadata":{"name":"a","namespace":"shop"},"spec":{{spec.Replace("TEMPLATE", Template, StringComparison.Ordinal)}} }""", Api.ApiJsonContext.Default.Instrumentation)!],
    });
}
