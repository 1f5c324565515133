using System.Text.Json.Nodes;

namespace Spanhook.Injection.Tests.Properties;

/// <summary>Containers that run engines, routers and sidecars, in every form, and the annotations that ask for them.</summary>
internal static class EngineParts
{
    private const string Prefix = "instrumentation.opentelemetry.io/";

    private static readonly string[] Containers =
    [
        """{"image":"vllm/vllm-openai:v0.22.0","command":["sh","-c"],"args":["vllm serve m --port 1"]}""",
        """{"image":"vllm/vllm-openai:v0.22.0","command":["sh","-c","if [ $A ]; then vllm serve m; else exec vllm serve n $EXTRA; fi"]}""",
        """{"image":"vllm/vllm-openai:v0.22.0","command":["bash","-c","echo $$; eval \"exec vllm serve m $@\"","--"],"args":["--port","1"]}""",
        """{"image":"vllm/vllm-openai:latest","command":["vllm","serve","m"]}""",
        """{"image":"vllm/vllm-openai:v0.9.0","args":["--model","m"]}""",
        """{"image":"lmsysorg/sglang:v0.5.12","command":["python3","-m","sglang.launch_server"],"args":["--model-path=m"]}""",
        """{"image":"lmsysorg/sglang:v0.5.6","command":["sh","-c","python3 -m sglang.launch_server --model-path m \\\n --port 1 # end\n"]}""",
        """{"image":"nvidia/tensorrt-llm:1.1.0","command":["trtllm-serve","serve","m"]}""",
        """{"image":"nvcr.io/nvidia/tritonserver:24.01-py3","args":["tritonserver","--model-repository=/m"]}""",
        """{"image":"ghcr.io/huggingface/text-generation-inference:3.3.7"}""",
        """{"image":"ghcr.io/huggingface/text-embeddings-inference:1.8","args":["--model-id","m"]}""",
        """{"image":"kserve/huggingfaceserver:v0.20.0","args":["--model_name=m"]}""",
        """{"image":"nvidia/ai-dynamo/vllm-runtime:1","command":["python3","-m","dynamo.vllm"]}""",
        """{"image":"nvcr.io/nim/meta/llama:1"}""",
        """{"image":"lmcache/lmstack-router:latest","args":["--port","1"]}""",
        """{"image":"ghcr.io/llm-d/llm-d-router-disagg-sidecar:v0.10.0","args":["--port=1"]}""",
        """{"image":"ghcr.io/llm-d/llm-d-router-epp:v0.9.0","args":["--v=1"]}""",
        """{"image":"openmmlab/lmdeploy:latest","command":["lmdeploy","serve","api_server","m"]}""",
        """{"image":"vllm/vllm-openai:v0.22.0","command":["bash","/start.sh"]}""",
    ];

    private static readonly string[] Names = ["vllm", "sglang", "trtllm", "triton", "tgi", "tei", "hf-server", "dynamo", "nim", "vllm-router", "llm-d-sidecar", "llm-d-epp"];

    /// <summary>Makes engines of some of a pod's containers.</summary>
    public static void Put(Dice dice, JsonObject pod)
    {
        if (dice.Chance(25)) return;
        foreach (var container in (pod["spec"]!["containers"] as JsonArray ?? []).OfType<JsonObject>().ToList())
        {
            if (dice.Chance(20)) continue;
            foreach (var (field, value) in JsonNode.Parse(dice.Of(Containers))!.AsObject().ToList())
            {
                if (field == "image") container.Remove("command");
                if (field == "image") container.Remove("args");
                container[field] = value!.DeepClone();
            }
        }

        if (pod["metadata"]!["annotations"] is not JsonObject annotations) pod["metadata"]!["annotations"] = annotations = [];
        if (dice.Chance(70)) annotations[Prefix + "inject-engine"] = dice.Of("true", "true", "first", "false");
        if (dice.Chance(60)) annotations[$"{Prefix}inject-{dice.Of("nim", dice.Of(Names))}"] = dice.Of("true", "true", "false");
        if (dice.Chance(60)) annotations[Prefix + "engine-unknown-version"] = dice.Of("inject", "inject", "guard", "skip", "maybe");
        if (dice.Chance(20)) annotations[Prefix + "engine-version"] = dice.Of("0.19.0", "0.9.0", "new");
        if (dice.Chance(20)) annotations[Prefix + "otlp-protocol"] = dice.Of("grpc", "http/protobuf", "http");
        if (dice.Chance(20)) annotations[Prefix + "vllm-detailed-traces"] = dice.Of("all", "model,worker", "scheduler");
        if (dice.Chance(15)) annotations[Prefix + "engine-container-names"] = dice.Of("app", "web,app", "nobody");
    }
}
