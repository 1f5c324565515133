namespace Spanhook.EndToEnd.ControlPlanes;

/// <summary>Writes kubeconfig files. They are JSON, which is YAML.</summary>
internal static class KubeconfigFile
{
    public static void Write(string file, Uri server, byte[] caPem, JsonObject user, string? ns = null)
    {
        var context = new JsonObject { ["cluster"] = "test", ["user"] = "test" };
        if (ns is not null) context["namespace"] = ns;
        var config = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Config",
            ["current-context"] = "test",
            ["clusters"] = new JsonArray(new JsonObject
            {
                ["name"] = "test",
                ["cluster"] = new JsonObject { ["server"] = server.GetLeftPart(UriPartial.Authority), ["certificate-authority-data"] = Convert.ToBase64String(caPem) },
            }),
            ["users"] = new JsonArray(new JsonObject { ["name"] = "test", ["user"] = user }),
            ["contexts"] = new JsonArray(new JsonObject { ["name"] = "test", ["context"] = context }),
        };
        File.WriteAllText(file, config.ToJsonString());
    }
}
