using System.Net;
using System.Text.Json.Nodes;
using Spanhook.Injection.Patching;

namespace Spanhook.Server.Tests.Support;

/// <summary>What came back over HTTP.</summary>
internal sealed record Reply(HttpStatusCode Status, string? ContentType, string Text, Version Version)
{
    public JsonNode Response => JsonNode.Parse(Text)!["response"]!;
    public string Uid => Response["uid"]!.GetValue<string>();
    public bool IsAllowed => Response["allowed"]!.GetValue<bool>();
    public byte[] Patch => Convert.FromBase64String(Response["patch"]?.GetValue<string>() ?? "");
    public IReadOnlyList<string> Warnings => [.. (Response["warnings"] as JsonArray ?? []).Select(warning => warning!.GetValue<string>())];
    public string? Decision => Response["auditAnnotations"]?["decision"]?.GetValue<string>();

    /// <summary>Applies the patch, as the API server would.</summary>
    public JsonNode Applied(JsonNode pod) => JsonPatchApplier.Apply(pod.DeepClone(), Patch);

    /// <summary>An answer that an API server takes, and that costs nobody a pod.</summary>
    public Reply AssertAllowed(string uid = Reviews.Uid)
    {
        Assert.True(Status == HttpStatusCode.OK, $"{(int)Status} {Text}");
        Assert.Equal("application/json", ContentType);
        Assert.Equal("AdmissionReview", JsonNode.Parse(Text)!["kind"]!.GetValue<string>());
        Assert.Equal("admission.k8s.io/v1", JsonNode.Parse(Text)!["apiVersion"]!.GetValue<string>());
        Assert.Equal(uid, Uid);
        Assert.True(IsAllowed);
        return this;
    }

    public Reply AssertInjected()
    {
        AssertAllowed();
        Assert.True(Patch.Length > 0, Text);
        Assert.Equal("JSONPatch", Response["patchType"]!.GetValue<string>());
        return this;
    }

    /// <summary>Allowed, without a patch, with this reason in the audit annotation, and in a warning if it is one.</summary>
    public Reply AssertNotInjected(string code, bool warns = true)
    {
        AssertAllowed();
        Assert.Null(Response["patch"]);
        Assert.Null(Response["patchType"]);
        Assert.Contains(code, Decision ?? "", StringComparison.Ordinal);
        Assert.Equal(warns, Warnings.Any(warning => warning.EndsWith($"({code})", StringComparison.Ordinal)));
        return this;
    }

    /// <summary>An HTTP error with one line of plain text: no stack trace.</summary>
    public Reply AssertRefused(HttpStatusCode status)
    {
        Assert.Equal(status, Status);
        Assert.Equal("text/plain", ContentType);
        Assert.Single(Text.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain("   at ", Text, StringComparison.Ordinal);
        return this;
    }
}
