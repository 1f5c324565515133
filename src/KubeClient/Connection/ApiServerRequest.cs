using System.Net;
using System.Net.Http.Headers;

namespace Spanhook.KubeClient.Connection;

/// <summary>A request that can be sent more than once.</summary>
internal sealed record ApiServerRequest(HttpMethod Method, string Path)
{
    public ReadOnlyMemory<byte> Body { get; init; }
    public MediaTypeHeaderValue? ContentType { get; init; }
    public string Accept { get; init; } = "application/json";

    public HttpRequestMessage ToMessage(string server)
    {
        var message = new HttpRequestMessage(Method, server + Path) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionOrLower };
        message.Headers.TryAddWithoutValidation("Accept", Accept);
        if (ContentType is not null) message.Content = new ReadOnlyMemoryContent(Body) { Headers = { ContentType = ContentType } };
        return message;
    }

    /// <summary>For people.</summary>
    public override string ToString() => $"{Method} {Path}";
}
