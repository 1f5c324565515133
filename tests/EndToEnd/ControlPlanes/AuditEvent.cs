namespace Spanhook.EndToEnd.ControlPlanes;

/// <summary>One request, as the API server's audit log has it.</summary>
internal sealed record AuditEvent(string Verb, string Resource, string Uri, int Code)
{
    public static AuditEvent From(JsonNode line) => new(
        line["verb"]!.GetValue<string>(),
        line["objectRef"]?["resource"]?.GetValue<string>() ?? "",
        line["requestURI"]!.GetValue<string>(),
        line["responseStatus"]?["code"]?.GetValue<int>() ?? 0);
}
