using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spanhook.Api;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Patching;

/// <summary>
/// Writes what a draft adds as RFC 6902. Only add and replace, a replace always directly after a test of the old value; a missing array is one
/// add of the array. The only file that writes a JSON pointer.
/// </summary>
internal ref struct JsonPatchWriter : IDisposable
{
    // The patch travels as base64 inside JSON: nothing needs the HTML-safe escapes of the default encoder.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private static readonly string MarkerToken = Escape(Annotations.Marker);

    private readonly Utf8JsonWriter _json;

    public JsonPatchWriter(IBufferWriter<byte> output)
    {
        _json = new Utf8JsonWriter(output, WriterOptions);
        _json.WriteStartArray();
    }

    /// <summary>Number of operations so far.</summary>
    public int Operations { get; private set; }

    public void Dispose()
    {
        _json.WriteEndArray();
        _json.Dispose();
    }

    /// <summary>Writes everything that the draft adds, in an order in which each path is valid when it is reached.</summary>
    public void WritePod(PodDraft draft)
    {
        // Containers first: their places are those of the original pod until init containers are added.
        foreach (var container in draft.Containers) WriteContainer(container);
        WriteInitContainers(draft);
        WriteVolumes(draft);
        if (!draft.ShareProcessNamespace) return;
        BeginWhole(draft.Pod.Spec.Member("shareProcessNamespace"u8), $"/spec/shareProcessNamespace");
        _json.WriteBooleanValue(true);
        End();
    }

    /// <summary>Marks the pod: an annotation that says what was done, and a label to select by.</summary>
    public void WriteMarker(JsonElement metadata, string? annotation)
    {
        EnsureMetadata(metadata);
        if (annotation is not null) SetMarker(metadata.Member("annotations"u8), "/metadata/annotations", annotation);
        SetMarker(metadata.Member("labels"u8), "/metadata/labels", "true");
    }

    /// <summary>Adds an empty metadata where there is none.</summary>
    private void EnsureMetadata(JsonElement metadata)
    {
        if (metadata.IsPresent()) return;
        BeginAdd($"/metadata");
        _json.WriteStartObject();
        _json.WriteEndObject();
        End();
    }

    /// <summary>Sets our key of a map of strings.</summary>
    /// <param name="map">The map as it is; undefined or null when there is none.</param>
    /// <param name="path">The map's place.</param>
    /// <param name="value">The value; nothing is written when the key has it.</param>
    private void SetMarker(JsonElement map, string path, string value)
    {
        if (map.IsPresent())
        {
            var present = map.Member(Annotations.MarkerUtf8);
            if (present.AsText() == value) return;
            BeginWhole(present, $"{path}/{MarkerToken}");
            _json.WriteStringValue(value);
            End();
            return;
        }

        BeginAdd($"{path}");
        _json.WriteStartObject();
        _json.WriteString(Annotations.MarkerUtf8, value);
        _json.WriteEndObject();
        End();
    }

    /// <summary>One reference token of a JSON pointer (RFC 6901): ~ first, then /.</summary>
    internal static string Escape(string token) => token.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private void WriteContainer(ContainerDraft container)
    {
        if (container.Edits == 0) return;
        var path = string.Create(CultureInfo.InvariantCulture, $"/spec/{(container.IsInit ? "initContainers" : "containers")}/{container.Index}");
        if (container.Command.Edits > 0) WriteWords(container.Command, path, "command");
        if (container.Args.Edits > 0) WriteWords(container.Args, path, "args");
        if (container.Env.Edits > 0) WriteEnv(container.Env, path);
        if (container.Mounts.Edits > 0) WriteMounts(container.Mounts, path);
    }

    private void WriteWords(ArgsDraft words, string container, string list)
    {
        if (words.Insertion is { } insertion) WriteInsertion(words.Original, insertion, container, list);
        if (words.Added.Count == 0) return;
        if (words.Original.ValueKind != JsonValueKind.Array)
        {
            BeginAdd($"{container}/{list}");
            _json.WriteStartArray();
            foreach (var word in words.Added) _json.WriteStringValue(word);
            _json.WriteEndArray();
            End();
            return;
        }

        var isEnd = words.Position == words.Original.Count();
        for (var i = 0; i < words.Added.Count; i++)
        {
            if (isEnd) BeginAdd($"{container}/{list}/-");
            else BeginAdd($"{container}/{list}/{words.Position + i}");
            _json.WriteStringValue(words.Added[i]);
            End();
        }
    }

    private void WriteInsertion(JsonElement words, TextInsertion insertion, string container, string list)
    {
        var word = words[insertion.Index];
        BeginWhole(word, $"{container}/{list}/{insertion.Index}");
        PodJson.Write(_json, word, insertion);
        End();
    }

    private void WriteMounts(MountsDraft mounts, string container)
    {
        if (mounts.Original.ValueKind == JsonValueKind.Array && !mounts.HasRemoved)
        {
            foreach (var mount in mounts.Added)
            {
                BeginAdd($"{container}/volumeMounts/-");
                PodJson.Write(_json, mount);
                End();
            }

            return;
        }

        BeginWhole(mounts.Original, $"{container}/volumeMounts");
        _json.WriteStartArray();
        var index = 0;
        foreach (var item in mounts.Original.Items())
        {
            if (!mounts.IsRemoved(index++)) _json.WriteRaw(item);
        }

        foreach (var mount in mounts.Added) PodJson.Write(_json, mount);
        _json.WriteEndArray();
        End();
    }

    private void WriteEnv(EnvDraft env, string container)
    {
        if (env.Original.ValueKind != JsonValueKind.Array || !env.KeepsOrder())
        {
            BeginWhole(env.Original, $"{container}/env");
            PodJson.Write(_json, env);
            End();
            return;
        }

        var lastOriginal = env.LastOriginal();
        for (var i = 0; i < env.Entries.Length; i++)
        {
            ref readonly var entry = ref env.Entries[i];
            if (entry.IsNew)
            {
                if (i > lastOriginal) BeginAdd($"{container}/env/-");
                else BeginAdd($"{container}/env/{i}");
                PodJson.Write(_json, entry);
                End();
            }
            else if (entry.IsChanged)
            {
                WriteChanged(entry, container, i);
            }
        }
    }

    private void WriteChanged(in EnvEntry entry, string container, int index)
    {
        if (entry.Item.Member("valueFrom"u8).IsPresent())
        {
            BeginWhole(entry.Item, $"{container}/env/{index}");
            PodJson.Write(_json, entry);
        }
        else
        {
            BeginWhole(entry.Item.Member("value"u8), $"{container}/env/{index}/value");
            _json.WriteStringValue(entry.Value);
        }

        End();
    }

    private void WriteInitContainers(PodDraft draft)
    {
        if (draft.InitContainers.Count == 0) return;
        var original = draft.Pod.InitContainers;
        if (original.ValueKind != JsonValueKind.Array)
        {
            BeginAdd($"/spec/initContainers");
            _json.WriteStartArray();
            foreach (var added in draft.InitContainers) PodJson.Write(_json, added.Container);
            _json.WriteEndArray();
            End();
            return;
        }

        var count = original.GetArrayLength();
        for (var i = 0; i < draft.InitContainers.Count; i++)
        {
            var added = draft.InitContainers[i];
            if (added.Before == count) BeginAdd($"/spec/initContainers/-");
            else BeginAdd($"/spec/initContainers/{added.Before + i}");
            PodJson.Write(_json, added.Container);
            End();
        }
    }

    private void WriteVolumes(PodDraft draft)
    {
        if (draft.Volumes.Count == 0) return;
        if (draft.Pod.Volumes.ValueKind == JsonValueKind.Array)
        {
            foreach (var volume in draft.Volumes)
            {
                BeginAdd($"/spec/volumes/-");
                PodJson.Write(_json, volume);
                End();
            }

            return;
        }

        BeginAdd($"/spec/volumes");
        _json.WriteStartArray();
        foreach (var volume in draft.Volumes) PodJson.Write(_json, volume);
        _json.WriteEndArray();
        End();
    }

    /// <summary>Begins an add, or, when there is an old value, a test of it and a replace.</summary>
    private void BeginWhole(JsonElement old, DefaultInterpolatedStringHandler path)
    {
        var op = "add"u8;
        if (old.IsPresent())
        {
            Begin("test"u8, path.Text);
            _json.WriteRaw(old);
            End();
            op = "replace"u8;
        }

        Begin(op, path.Text);
        path.Clear();
    }

    // A path is made in a pooled buffer and never becomes a string.
    private void BeginAdd(DefaultInterpolatedStringHandler path)
    {
        Begin("add"u8, path.Text);
        path.Clear();
    }

    private void Begin(ReadOnlySpan<byte> op, scoped ReadOnlySpan<char> path)
    {
        _json.WriteStartObject();
        _json.WriteString("op"u8, op);
        _json.WriteString("path"u8, path);
        _json.WritePropertyName("value"u8);
    }

    private void End()
    {
        _json.WriteEndObject();
        Operations++;
    }
}
