using System.Text.Json;
using Spanhook.Api;

namespace Spanhook.Injection.Cluster.PodFieldRules;

/// <summary>An object of known members. Unknown ones are warned of and left out.</summary>
internal sealed class ObjectRule(Dictionary<string, FieldRule> members) : FieldRule
{
    /// <summary>Members that must be there.</summary>
    public string[] Required { get; init; } = [];

    /// <summary>What members mean to each other; called for an object only.</summary>
    public Action<JsonElement, string, ProblemCollector>? Together { get; init; }

    public override void Check(JsonElement value, string field, ProblemCollector problems)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            problems.Error(field, $"is no object; write {string.Join(", ", members.Keys)} under it");
            return;
        }

        foreach (var member in value.EnumerateObject())
        {
            if (!members.TryGetValue(member.Name, out var rule)) problems.Warn($"{field}.{member.Name}", $"is not known and left out; known are {string.Join(", ", members.Keys)}");
            else if (member.Value.IsPresent()) rule.Check(member.Value, $"{field}.{member.Name}", problems);
        }

        foreach (var name in Required)
        {
            if (!value.TryGetProperty(name, out var present) || !present.IsPresent()) problems.Error($"{field}.{name}", "is missing");
        }

        Together?.Invoke(value, field, problems);
    }

    public override bool Knows(JsonElement value)
    {
        foreach (var member in value.Members())
        {
            if (!members.TryGetValue(member.Name, out var rule) || !rule.Knows(member.Value)) return false;
        }

        return true;
    }

    public override void Write(Utf8JsonWriter json, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            json.WriteRaw(value);
            return;
        }

        json.WriteStartObject();
        foreach (var member in value.EnumerateObject())
        {
            if (!members.TryGetValue(member.Name, out var rule)) continue;
            json.WritePropertyName(member.Name);
            rule.Write(json, member.Value);
        }

        json.WriteEndObject();
    }
}
