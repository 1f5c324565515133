using Spanhook.Support.Policies;

namespace Spanhook.Injection.Tests.Cluster;

public sealed class PolicyCompilerTests
{
    public static TheoryData<PolicySpec> Bad => [.. PolicySpecs.Bad];

    public static TheoryData<PolicySpec> Good => [.. PolicySpecs.Good];

    /// <summary>Spec; the field; what is said of it. The policy works all the same.</summary>
    public static TheoryData<string, string, string> Questionable => new()
    {
        { "inject: {languages: [java, python]}", "spec.inject.languages", "are several without inject.containers" },
        { "inject: {containers: [main]}", "spec.inject.containers", "has no effect: neither engines nor languages are named" },
        { "rollout: {percent: 10}", "spec.rollout.percent", "has no effect" },
        { "limits: {endpointOverride: Allowed}", "spec.limits.allowedEndpoints", "is empty: no endpoint may be chosen" },
        { "limits: {endpointOverride: Denied, allowedEndpoints: [a.example]}", "spec.limits.allowedEndpoints", "has no effect" },
        { "instrumentation: {exporter: {endpoint: 'http://otel:4317', protocol: http/protobuf} }", "spec.instrumentation.exporter.endpoint", "does not fit the protocol" },
    };

    [Theory, MemberData(nameof(Bad))]
    public void A_spec_that_cannot_be_used_is_an_error_with_its_field_and_what_to_write(PolicySpec bad)
    {
        var error = Assert.Single(PolicySpecs.Compile(bad.Spec), p => p.IsError);
        Assert.Equal("spec." + bad.Field, error.Field);
        Assert.Contains(bad.Says, error.Message, StringComparison.Ordinal);

        // What only a part of the pods needs spoils only that: they are told instrumentation_invalid.
        Assert.Equal(bad.Field.StartsWith("instrumentation.", StringComparison.Ordinal) ? 1 : 0, PolicySpecs.Snapshot(bad.Spec).Counts.Policies);
    }

    [Theory, MemberData(nameof(Good))]
    public void A_spec_that_can_be_used_is_used(PolicySpec good)
    {
        Assert.DoesNotContain(PolicySpecs.Compile(good.Spec), p => p.IsError);
        Assert.Equal(1, PolicySpecs.Snapshot(good.Spec).Counts.Policies);
    }

    [Theory, MemberData(nameof(Questionable))]
    public void What_can_hardly_be_meant_is_a_warning(string spec, string field, string says)
    {
        var warning = Assert.Single(PolicySpecs.Compile(spec));
        Assert.False(warning.IsError);
        Assert.Equal(field, warning.Field);
        Assert.Contains(says, warning.Message, StringComparison.Ordinal);
        Assert.Equal(1, PolicySpecs.Snapshot(spec).Counts.Policies);
    }

    [Fact]
    public void Every_problem_is_told_at_once()
    {
        const string spec = "mode: Maybe, optOut: Never, rollout: {percent: 500}, inject: {engines: [x], languages: [yy]}, serviceNames: {engine: '{z}'}, limits: {endpointOverride: Maybe}";
        Assert.Equal(7, PolicySpecs.Compile(spec).Count(p => p.IsError));
    }

    [Fact]
    public void Entries_that_are_null_are_errors_and_never_an_exception()
    {
        const string spec = "inject: {engines: [null], languages: [null], containers: [null]}, limits: {endpointOverride: Allowed, allowedEndpoints: [null]}, "
            + "privilegedInjection: {allowedNamespaces: [null]}, engines: {versions: [null]}, podSelector: {matchLabels: {a: null}, matchExpressions: [null, {key: b, operator: In, values: [null]}]}";
        Assert.Equal(10, PolicySpecs.Compile(spec).Count(p => p.IsError));
    }
}
