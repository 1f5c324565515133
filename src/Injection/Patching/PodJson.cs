using System.Text.Json;
using Spanhook.Api;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.CommandLine;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Patching;

/// <summary>The values of a patch: what is added to a pod, as JSON.</summary>
internal static class PodJson
{
    /// <summary>A word with text put into it. A script is never made a string: some kilobytes go from the document to the patch in pieces.</summary>
    public static void Write(Utf8JsonWriter json, JsonElement word, TextInsertion insertion)
    {
        using var text = DecodedText.Of(word);
        var written = 0;
        for (var i = 0; i < insertion.Offsets.Count; i++)
        {
            var offset = insertion.Offsets[i];
            json.WriteStringValueSegment(text.Span[written..offset], isFinalSegment: false);
            json.WriteStringValueSegment(insertion.Text, isFinalSegment: false);
            written = offset;
        }

        json.WriteStringValueSegment(text.Span[written..], isFinalSegment: true);
    }

    public static void Write(Utf8JsonWriter json, EnvDraft env)
    {
        json.WriteStartArray();
        foreach (ref readonly var entry in env.Entries) Write(json, entry);
        json.WriteEndArray();
    }

    public static void Write(Utf8JsonWriter json, in EnvEntry entry)
    {
        if (!entry.IsNew && !entry.IsChanged)
        {
            json.WriteRaw(entry.Item);
            return;
        }

        json.WriteStartObject();
        json.WriteString("name"u8, entry.Name);
        if (entry.Value is not null)
        {
            json.WriteString("value"u8, entry.Value);
        }
        else if (!entry.IsCopy)
        {
            json.WritePropertyName("valueFrom"u8);
            json.WriteRaw(entry.Item);
        }

        // A field that we do not know goes with the entry: into the copy of a reference, or along with a changed literal.
        if (entry.IsCopy || entry.IsChanged) WriteOtherMembers(json, entry);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, in Mount mount)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, mount.Volume);
        if (mount.ReadOnly) json.WriteBoolean("readOnly"u8, true);
        json.WriteString("mountPath"u8, mount.Path);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, in Volume volume)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, volume.Name);
        foreach (var member in volume.Source.Members()) WriteMember(json, member);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, NewContainer container)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, container.Name);
        json.WriteString("image"u8, container.Image);
        WriteWords(json, "command"u8, container.Command);
        WriteWords(json, "args"u8, container.Args);
        WriteIfPresent(json, "envFrom"u8, container.EnvFrom);
        if (container.Env is { Entries.Length: > 0 } env)
        {
            json.WritePropertyName("env"u8);
            Write(json, env);
        }

        WriteIfPresent(json, "resources"u8, container.Resources);
        if (container.IsSidecar) json.WriteString("restartPolicy"u8, "Always"u8);
        WriteMounts(json, container);
        if (container.ImagePullPolicy is { } policy) json.WriteString("imagePullPolicy"u8, policy);
        WriteIfPresent(json, "securityContext"u8, container.SecurityContext);
        json.WriteEndObject();
    }

    private static void WriteMounts(Utf8JsonWriter json, NewContainer container)
    {
        if (container.Mounts.Length == 0 && container.CopiedMounts.Count() == 0) return;
        json.WriteStartArray("volumeMounts"u8);
        foreach (var item in container.CopiedMounts.Items()) json.WriteRaw(item);
        foreach (var mount in container.Mounts) Write(json, mount);
        json.WriteEndArray();
    }

    private static void WriteWords(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<string> words)
    {
        if (words.Count == 0) return;
        json.WriteStartArray(name);
        for (var i = 0; i < words.Count; i++) json.WriteStringValue(words[i]);
        json.WriteEndArray();
    }

    private static void WriteIfPresent(Utf8JsonWriter json, ReadOnlySpan<byte> name, JsonElement value)
    {
        if (!value.IsPresent()) return;
        json.WritePropertyName(name);
        json.WriteRaw(value);
    }

    private static void WriteOtherMembers(Utf8JsonWriter json, in EnvEntry entry)
    {
        foreach (var member in entry.Item.Members())
        {
            if (member.NameEquals("name"u8) || member.NameEquals("value"u8)) continue;
            if (entry.IsChanged && member.NameEquals("valueFrom"u8)) continue;
            WriteMember(json, member);
        }
    }

    private static void WriteMember(Utf8JsonWriter json, JsonProperty member)
    {
        json.WritePropertyName(member.Name);
        json.WriteRaw(member.Value);
    }
}
