using System.Globalization;
using System.Text.Json;
using Spanhook.Api;

namespace Spanhook.Injection.Cluster.PodFieldRules;

/// <summary>
/// What a field may hold that is copied from a resource into pods as it was written. The API server's own checks, done when the resource is
/// compiled: a pod with a value that it refuses would be a pod that the webhook blocked, whatever its failurePolicy.
/// </summary>
internal abstract class FieldRule
{
    /// <summary>Reports what the API server would refuse in a pod. The value is present.</summary>
    public abstract void Check(JsonElement value, string field, ProblemCollector problems);

    /// <summary>The value without the members that nobody here knows, which an API server of today leaves out of a pod too.</summary>
    public JsonElement KnownPart(JsonElement value) => !value.IsPresent() || Knows(value) ? value : JsonFragment.Build(json => Write(json, value));

    /// <summary>True when every member is known, however deep.</summary>
    public virtual bool Knows(JsonElement value) => true;

    /// <summary>Writes the known part.</summary>
    public virtual void Write(Utf8JsonWriter json, JsonElement value) => json.WriteRaw(value);
}

/// <summary>A text.</summary>
/// <param name="problem">What is wrong with it; null when nothing is.</param>
internal sealed class TextRule(Func<string, string?> problem) : FieldRule
{
    public static readonly TextRule Any = new(_ => null);

    /// <summary>One of these, spelled like this.</summary>
    public static TextRule OneOf(params string[] values)
    {
        var help = values.Length == 1 ? values[0] : $"{string.Join(", ", values[..^1])} or {values[^1]}";
        return new(text => values.Contains(text, StringComparer.Ordinal) ? null : $"'{text}' is not known; write {help}");
    }

    /// <summary>The name of an object.</summary>
    /// <param name="what">Of what, for people: <c>a Secret</c>.</param>
    /// <param name="isOptional">Whether it may be empty.</param>
    public static TextRule NameOf(string what, bool isOptional = false) =>
        new(text => KubernetesNames.IsSubdomain(text) || (isOptional && text.Length == 0) ? null : $"'{text}' is no name of {what}; {KubernetesNames.SubdomainHelp}");

    public override void Check(JsonElement value, string field, ProblemCollector problems)
    {
        if (value.AsText() is not { } text) problems.Error(field, "is no text; write it in quotes");
        else if (problem(text) is { } found) problems.Error(field, found);
    }
}

/// <summary>true or false.</summary>
internal sealed class FlagRule : FieldRule
{
    public static readonly FlagRule Any = new();

    public override void Check(JsonElement value, string field, ProblemCollector problems)
    {
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) problems.Error(field, "is neither true nor false; write one of them without quotes");
    }
}

/// <summary>The number of a user or group.</summary>
internal sealed class IdRule : FieldRule
{
    public override void Check(JsonElement value, string field, ProblemCollector problems)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDecimal(out var id) || id is < 0 or > int.MaxValue || id != decimal.Truncate(id))
            problems.Error(field, string.Create(CultureInfo.InvariantCulture, $"is no id; write a whole number from 0 to {int.MaxValue}"));
    }
}

/// <summary>A quantity that is not negative.</summary>
/// <param name="isPositive">Whether it may not be 0 either.</param>
internal sealed class QuantityRule(bool isPositive = false) : FieldRule
{
    public override void Check(JsonElement value, string field, ProblemCollector problems)
    {
        var amount = Quantity.Parse(value);
        if (amount is null) problems.Error(field, $"{value.GetRawText()} is no quantity; write for example 500m or 256Mi");
        else if (amount < 0) problems.Error(field, $"{value.GetRawText()} is negative; write 0 or more");
        else if (isPositive && amount == 0) problems.Error(field, "is 0; write more, for example 1Gi");
    }
}

/// <summary>A list.</summary>
internal sealed class ListRule(FieldRule item) : FieldRule
{
    public override void Check(JsonElement value, string field, ProblemCollector problems)
    {
        if (value.ValueKind != JsonValueKind.Array) problems.Error(field, "is no list");
        var index = 0;
        foreach (var one in value.Items()) item.Check(one, string.Create(CultureInfo.InvariantCulture, $"{field}[{index++}]"), problems);
    }

    public override bool Knows(JsonElement value)
    {
        foreach (var one in value.Items())
        {
            if (!item.Knows(one)) return false;
        }

        return true;
    }

    public override void Write(Utf8JsonWriter json, JsonElement value)
    {
        json.WriteStartArray();
        foreach (var one in value.Items()) item.Write(json, one);
        json.WriteEndArray();
    }
}

/// <summary>A map of names to values of one kind.</summary>
/// <param name="keyProblem">What is wrong with a name; null when nothing is.</param>
/// <param name="item">The values.</param>
internal sealed class MapRule(Func<string, string?> keyProblem, FieldRule item) : FieldRule
{
    public override void Check(JsonElement value, string field, ProblemCollector problems)
    {
        if (value.ValueKind != JsonValueKind.Object) problems.Error(field, "is no map of names to values");
        foreach (var member in value.Members())
        {
            if (keyProblem(member.Name) is { } problem) problems.Error(field, problem);
            item.Check(member.Value, $"{field}.{member.Name}", problems);
        }
    }
}
