using System.Text.Json;
using System.Text.Json.Nodes;
using Spanhook.Api.Core;
using Spanhook.Injection.Injectors.Engines;
using Spanhook.Manifests;

namespace Spanhook.Injection.Tests.Injectors;

public sealed class EngineModelTests
{
    public static TheoryData<string, string?> Commands => new()
    {
        { "command: [vllm, serve, Qwen/Qwen3-32B]", "Qwen3-32B" },
        { "command: [vllm, serve, Qwen/Qwen3-32B, --served-model-name, qwen]", "qwen" },
        { "command: [vllm, serve, Qwen/Qwen3-32B, --served_model_name=team/qwen]", "qwen" },
        { "command: [vllm, serve], args: [/models/llama/]", "llama" },
        { "args: [--model, meta-llama/Llama-3.1-8B]", "Llama-3.1-8B" },
        { "command: [python3, -m, sglang.launch_server], args: [--model-path=/models/deepseek]", "deepseek" },
        { "command: [trtllm-serve, serve, TinyLlama/TinyLlama-1.1B]", "TinyLlama-1.1B" },
        { "command: [trtllm-serve, TinyLlama/TinyLlama-1.1B]", "TinyLlama-1.1B" },
        { "command: [/bin/sh, -c, 'export A=1; exec vllm serve google/gemma-3-27b-it --port 8000']", "gemma-3-27b-it" },
        { "command: [/bin/sh, -c, 'exec vllm serve \"$@\"', vllm], args: [--served-model-name=gemma]", "gemma" },
        { "command: [/bin/sh, -c, 'exec vllm serve $MODEL']", null },
        { "command: [vllm, serve, $(MODEL)]", null },
        { "command: [vllm, serve, $(MODEL)], env: [{name: MODEL_NAME, value: x/llama}]", "llama" },
        { "env: [{name: MODEL_ID, value: BAAI/bge-m3}]", "bge-m3" },
        { "env: [{name: MODEL_ID, value: $(OTHER)}]", null },
        { "command: [vllm, serve, --port, '8000']", null },
        { "image: a", null },
    };

    [Theory, MemberData(nameof(Commands))]
    public void The_model_is_what_its_users_call_it(string container, string? expected) => Assert.Equal(expected, Read($"containers: [{{name: main, {container}}}]"));

    [Theory]
    [InlineData("command: [vllm, serve, /models/a]", "qwen3")]
    [InlineData("command: [vllm, serve, /models/a, --served-model-name=b]", "b")]
    public void A_label_goes_before_files_and_behind_the_name_for_requests(string container, string expected) =>
        Assert.Equal(expected, Read($"containers: [{{name: main, {container}}}]", "llm-d.ai/model: qwen3"));

    private static string? Read(string spec, string labels = "")
    {
        JsonNode pod = ManifestReader.Parse($"metadata: {{labels: {{{labels}}} }}\nspec: {{{spec}}}\n", "pod").Single().ToNode()!;
        using var document = JsonDocument.Parse(pod.ToJsonString());
        var view = new Pod(document.RootElement);
        return EngineModel.Of(new Container(view.Containers[0]), view);
    }
}
