using Spanhook.Injection.Injectors.Engines;

namespace Spanhook.Injection.Tests.Injectors;

public sealed class ServiceNameTemplateTests
{
    /// <summary>Template; role; model; what comes of it.</summary>
    public static TheoryData<string, string?, string?, string?> Names => new()
    {
        { "vllm-{role}", "decode", null, "vllm-decode" },
        { "vllm-{role}", null, null, "vllm" },
        { "vllm-{role}", "", null, "vllm" },
        { "{role}-vllm", null, null, "vllm" },
        { "a-{role}-b", null, null, "a-b" },
        { "{model}-{role}", "decode", null, "decode" },
        { "{model}-{role}", null, "qwen3", "qwen3" },
        { "{model}-{role}", null, null, null },
        { "{role}{model}", null, null, null },
        { "a--{role}", null, null, "a-" },
        { "{model}.{role}/x", null, null, "x" },
        { "{model}", null, "qwen 3,b=c;$(HOME)'", "qwen-3-b-c---HOME--" },
        { "engine", "decode", "qwen3", "engine" },
    };

    [Theory, MemberData(nameof(Names))]
    public void A_placeholder_without_a_value_vanishes_with_one_separator(string template, string? role, string? model, string? expected)
    {
        var parsed = ServiceNameTemplate.Parse(template, out var problem);
        Assert.Null(problem);
        Assert.Equal(expected, parsed!.Render(p => p == "role" ? role : p == "model" ? model : throw new InvalidOperationException(p)));
    }
}
