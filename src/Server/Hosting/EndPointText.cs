using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Spanhook.Server.Hosting;

/// <summary>An address and a port as options have them: <c>127.0.0.1:9443</c>, <c>[::]:9443</c>, or <c>:9443</c> for every address.</summary>
internal static class EndPointText
{
    /// <summary>Null when the text is none; a name is none.</summary>
    public static IPEndPoint? Parse(string? text) =>
        text is not null && text.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(text.StartsWith(':') ? "[::]" + text : text, out var endPoint)
            && text.EndsWith(":" + endPoint.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            ? endPoint
            : null;

    /// <summary>Every address means those of IPv4 alone on a machine that has no IPv6.</summary>
    public static void ListenOn(this KestrelServerOptions kestrel, IPEndPoint endPoint, Action<ListenOptions> configure)
    {
        if (endPoint.Address.Equals(IPAddress.IPv6Any)) kestrel.ListenAnyIP(endPoint.Port, configure);
        else kestrel.Listen(endPoint, configure);
    }
}
