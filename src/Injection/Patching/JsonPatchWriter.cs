using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spanhook.Api;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.CommandLine;
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
        if (draft.ShareProcessNamespace) Set(draft.Pod.Spec.Member("shareProcessNamespace"u8), "/spec/shareProcessNamespace", w => w.WriteBooleanValue(true));
    }

    /// <summary>Marks the pod: an annotation that says what was done, and a label to select by.</summary>
    public void WriteMarker(JsonElement metadata, string annotation)
    {
        EnsureMetadata(metadata);
        SetInMap(metadata.Member("annotations"u8), "/metadata/annotations", Annotations.Marker, annotation);
        SetInMap(metadata.Member("labels"u8), "/metadata/labels", Annotations.Marker, "true");
    }

    /// <summary>Adds an empty metadata where there is none.</summary>
    internal void EnsureMetadata(JsonElement metadata)
    {
        if (metadata.IsPresent()) return;
        Begin("add", "/metadata");
        _json.WriteStartObject();
        _json.WriteEndObject();
        End();
    }

    /// <summary>Sets a key of a map of strings.</summary>
    /// <param name="map">The map as it is; undefined or null when there is none.</param>
    /// <param name="path">The map's place.</param>
    /// <param name="key">The key, as it is.</param>
    /// <param name="value">The value; nothing is written when the key has it.</param>
    internal void SetInMap(JsonElement map, string path, string key, string value)
    {
        if (map.IsPresent())
        {
            var present = map.ValueKind == JsonValueKind.Object && map.TryGetProperty(key, out var found) ? found : default;
            if (present.AsText() != value) Set(present, $"{path}/{Escape(key)}", w => w.WriteStringValue(value));
            return;
        }

        Begin("add", path);
        _json.WriteStartObject();
        _json.WriteString(key, value);
        _json.WriteEndObject();
        End();
    }

    /// <summary>One reference token of a JSON pointer (RFC 6901): ~ first, then /.</summary>
    internal static string Escape(string token) => token.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private void WriteContainer(ContainerDraft container)
    {
        if (container.Edits == 0) return;
        var path = string.Create(CultureInfo.InvariantCulture, $"/spec/{(container.IsInit ? "initContainers" : "containers")}/{container.Index}");
        if (container.Command.Edits > 0) WriteWords(container.Command, path + "/command");
        if (container.Args.Edits > 0) WriteWords(container.Args, path + "/args");
        if (container.Env.Edits > 0) WriteEnv(container.Env, path + "/env");
        if (container.Mounts.Edits > 0) WriteMounts(container.Mounts, path + "/volumeMounts");
    }

    private void WriteWords(ArgsDraft words, string path)
    {
        if (words.Insertion is { } insertion) WriteInsertion(words.Original, insertion, path);
        if (words.Added.Count == 0) return;
        if (words.Original.ValueKind != JsonValueKind.Array)
        {
            Begin("add", path);
            _json.WriteStartArray();
            foreach (var word in words.Added) _json.WriteStringValue(word);
            _json.WriteEndArray();
            End();
            return;
        }

        for (var i = 0; i < words.Added.Count; i++)
        {
            BeginAt(path, words.Position + i, isEnd: words.Position == words.Original.Count());
            _json.WriteStringValue(words.Added[i]);
            End();
        }
    }

    // A script is never made a string: some kilobytes go from the document to the patch in pieces.
    private void WriteInsertion(JsonElement words, TextInsertion insertion, string path)
    {
        var word = words[insertion.Index];
        BeginWhole(word, string.Create(CultureInfo.InvariantCulture, $"{path}/{insertion.Index}"));
        using var text = DecodedText.Of(word);
        var written = 0;
        foreach (var offset in insertion.Offsets)
        {
            _json.WriteStringValueSegment(text.Span[written..offset], isFinalSegment: false);
            _json.WriteStringValueSegment(insertion.Text, isFinalSegment: false);
            written = offset;
        }

        _json.WriteStringValueSegment(text.Span[written..], isFinalSegment: true);
        End();
    }

    private void WriteMounts(MountsDraft mounts, string path)
    {
        if (mounts.Original.ValueKind == JsonValueKind.Array && mounts.Removed.Count == 0)
        {
            foreach (var mount in mounts.Added)
            {
                BeginAt(path, 0, isEnd: true);
                PodJson.Write(_json, mount);
                End();
            }

            return;
        }

        BeginWhole(mounts.Original, path);
        _json.WriteStartArray();
        var index = 0;
        foreach (var item in mounts.Original.Items())
        {
            if (!mounts.Removed.Contains(index++)) _json.WriteRaw(item);
        }

        foreach (var mount in mounts.Added) PodJson.Write(_json, mount);
        _json.WriteEndArray();
        End();
    }

    private void WriteEnv(EnvDraft env, string path)
    {
        if (env.Original.ValueKind != JsonValueKind.Array || !KeepsOrder(env.Entries))
        {
            BeginWhole(env.Original, path);
            PodJson.Write(_json, env);
            End();
            return;
        }

        var lastOriginal = LastOriginal(env.Entries);
        for (var i = 0; i < env.Entries.Count; i++)
        {
            var entry = env.Entries[i];
            if (entry.IsNew)
            {
                BeginAt(path, i, isEnd: i > lastOriginal);
                PodJson.Write(_json, entry);
                End();
            }
            else if (entry.IsChanged)
            {
                WriteChanged(entry, string.Create(CultureInfo.InvariantCulture, $"{path}/{i}"));
            }
        }
    }

    private void WriteChanged(EnvEntry entry, string path)
    {
        if (!entry.Item.Member("valueFrom"u8).IsPresent())
        {
            Set(entry.Item.Member("value"u8), path + "/value", w => w.WriteStringValue(entry.Value));
            return;
        }

        BeginWhole(entry.Item, path);
        PodJson.Write(_json, entry);
        End();
    }

    private void WriteInitContainers(PodDraft draft)
    {
        if (draft.InitContainers.Count == 0) return;
        var original = draft.Pod.InitContainers;
        if (original.ValueKind != JsonValueKind.Array)
        {
            Begin("add", "/spec/initContainers");
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
            BeginAt("/spec/initContainers", added.Before + i, isEnd: added.Before == count);
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
                Begin("add", "/spec/volumes/-");
                PodJson.Write(_json, volume);
                End();
            }

            return;
        }

        Begin("add", "/spec/volumes");
        _json.WriteStartArray();
        foreach (var volume in draft.Volumes) PodJson.Write(_json, volume);
        _json.WriteEndArray();
        End();
    }

    private static bool KeepsOrder(IReadOnlyList<EnvEntry> entries)
    {
        var next = 0;
        foreach (var entry in entries)
        {
            if (!entry.IsNew && entry.Index != next++) return false;
        }

        return true;
    }

    private static int LastOriginal(IReadOnlyList<EnvEntry> entries)
    {
        for (var i = entries.Count - 1; i >= 0; i--)
        {
            if (!entries[i].IsNew) return i;
        }

        return -1;
    }

    private void Set(JsonElement old, string path, Action<Utf8JsonWriter> write)
    {
        BeginWhole(old, path);
        write(_json);
        End();
    }

    /// <summary>Begins an add, or, when there is an old value, a test of it and a replace.</summary>
    private void BeginWhole(JsonElement old, string path)
    {
        if (!old.IsPresent())
        {
            Begin("add", path);
            return;
        }

        Begin("test", path);
        _json.WriteRaw(old);
        End();
        Begin("replace", path);
    }

    private void BeginAt(string array, int index, bool isEnd)
    {
        Span<char> path = stackalloc char[96];
        var length = 0;
        _ = isEnd ? path.TryWrite(CultureInfo.InvariantCulture, $"{array}/-", out length) : path.TryWrite(CultureInfo.InvariantCulture, $"{array}/{index}", out length);
        Begin("add", path[..length]);
    }

    private void Begin(string op, scoped ReadOnlySpan<char> path)
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
