using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Spanhook.Api;
using Spanhook.Api.Core;

namespace Spanhook.Injection.Drafting;

/// <summary>
/// The environment of one container while it is edited. The user's entries keep their bytes and their order. Dispose gives its memory back.
/// </summary>
internal sealed class EnvDraft : IDisposable
{
    /// <summary>Where the reference of a variable is kept that had to become a literal.</summary>
    public const string OriginalPrefix = "SPANHOOK_ORIGINAL_";

    // What most injections add at most; more makes it grow.
    private const int Room = 16;

    private PooledList<EnvEntry> _entries;

    public EnvDraft(JsonElement original)
    {
        Original = original;
        _entries = new(original.Count() + Room);
        var index = 0;
        foreach (var item in original.Items()) _entries.Add(EnvEntry.Original(item, index++));
    }

    /// <summary>The array as it came; undefined when the container had none.</summary>
    public JsonElement Original { get; }

    /// <summary>Until the next edit.</summary>
    public ReadOnlySpan<EnvEntry> Entries => _entries.Items;

    /// <summary>Counts edits, so that it can be told whether an injector did anything.</summary>
    public int Edits { get; private set; }

    public bool Has(string name) => IndexOf(name) >= 0;

    /// <summary>The literal value; null when absent or when it comes by reference. Of an entry with neither, the empty string.</summary>
    public string? Literal(string name) => IndexOf(name) is >= 0 and var index ? LiteralOf(Entries[index]) : null;

    /// <summary>True when the variable is there and comes by reference.</summary>
    public bool IsReference(string name) => IndexOf(name) is >= 0 and var index && LiteralOf(Entries[index]) is null;

    public void Dispose() => _entries.Dispose();

    public void Prepend(string name, JsonElement valueFrom) => Insert(0, new(name, EnvEntry.New, Item: valueFrom));

    public void Append(string name, string value) => Insert(_entries.Count, new(name, EnvEntry.New, Value: value));

    public void Append(string name, JsonElement valueFrom) => Insert(_entries.Count, new(name, EnvEntry.New, Item: valueFrom));

    public void AppendIfAbsent(string name, string value)
    {
        if (!Has(name)) Append(name, value);
    }

    /// <summary>Appends the entries whose name is not there yet, in their order.</summary>
    public void AppendMissing(IReadOnlyList<EnvVar> variables)
    {
        for (var i = 0; i < variables.Count; i++)
        {
            var variable = variables[i];
            if (Has(variable.Name)) continue;
            var fromResource = new EnvEntry(variable.Name, EnvEntry.New, variable.Value ?? "", IsFromResource: true);
            Insert(_entries.Count, variable.ValueFrom is { } from && from.IsPresent() ? fromResource with { Value = null, Item = from } : fromResource);
        }
    }

    /// <summary>
    /// Makes a variable a literal that extends what is there. A literal is changed in place; a reference is kept under a helper name just
    /// before it and quoted by $(…), so that no entry ever has both value and valueFrom.
    /// </summary>
    /// <param name="name">The variable.</param>
    /// <param name="extend">Gives the new value from the present one; null when the variable is absent. The same value means no change.</param>
    public void Compose(string name, Func<string?, string> extend)
    {
        var index = IndexOf(name);
        if (index < 0)
        {
            Append(name, extend(null));
            return;
        }

        var entry = Entries[index];
        if (LiteralOf(entry) is { } literal)
        {
            var value = extend(literal);
            if (value == literal) return;
            _entries.Items[index] = entry with { Value = value, IsChanged = !entry.IsNew };
            Edits++;
            return;
        }

        var helper = OriginalPrefix + name;
        _entries.Items[index] = entry with { Value = extend($"$({helper})"), Item = entry.IsNew ? default : entry.Item, IsChanged = !entry.IsNew };
        Insert(index, entry with { Text = helper, Index = EnvEntry.New, IsCopy = !entry.IsNew });
    }

    /// <summary>Moves a variable behind all others, so that everything it refers to is defined before it.</summary>
    public void MoveToEnd(string name)
    {
        var index = IndexOf(name);
        if (index < 0 || index == _entries.Count - 1) return;
        _entries.MoveBack(index, _entries.Count - 1);
    }

    /// <summary>
    /// The kubelet expands $(VAR) only from what stands before. Moves each added entry of a resource behind the last added entry that it
    /// refers to; the user's own entries stay where they are.
    /// </summary>
    public void OrderReferences()
    {
        for (var round = 0; round < _entries.Count; round++)
        {
            if (!MoveOneBehindItsReferences()) return;
        }
    }

    /// <summary>Whether the user's entries stand in the order in which they came.</summary>
    public bool KeepsOrder()
    {
        var next = 0;
        foreach (ref readonly var entry in Entries)
        {
            if (!entry.IsNew && entry.Index != next++) return false;
        }

        return true;
    }

    /// <summary>The place of the last entry of the user's; -1 when there is none.</summary>
    public int LastOriginal()
    {
        var last = _entries.Count - 1;
        while (last >= 0 && Entries[last].IsNew) last--;
        return last;
    }

    /// <summary>The value when it is a literal: changed, added, or the user's.</summary>
    public static string? LiteralOf(in EnvEntry entry)
    {
        if (entry.Value is not null) return entry.Value;
        if (entry.IsNew || entry.Item.Member("valueFrom"u8).IsPresent()) return null;
        return entry.Item.Text("value"u8) ?? "";
    }

    private bool MoveOneBehindItsReferences()
    {
        for (var i = 0; i < _entries.Count; i++)
        {
            ref readonly var entry = ref Entries[i];
            if (!entry.IsFromResource || entry.Value is null || !entry.Value.Contains("$(", StringComparison.Ordinal)) continue;
            for (var last = _entries.Count - 1; last > i; last--)
            {
                ref readonly var other = ref Entries[last];
                if (!other.IsNew || !KubernetesExpansion.RefersTo(entry.Value, other.Name)) continue;
                if (other.IsFromResource && other.Value is { } back && KubernetesExpansion.RefersTo(back, entry.Name)) continue; // a circle has no order
                _entries.MoveBack(i, last);
                return true;
            }
        }

        return false;
    }

    // The last one wins in a container, so it is the one that is looked at and extended.
    private int IndexOf(string name)
    {
        var length = Encoding.UTF8.GetByteCount(name);
        for (var i = _entries.Count - 1; i >= 0; i--)
        {
            if (Entries[i].IsNamed(name, length)) return i;
        }

        return -1;
    }

    private void Insert(int index, EnvEntry entry)
    {
        _entries.Insert(index, entry);
        Edits++;
    }
}

/// <summary>One entry of an environment.</summary>
/// <param name="Text">The variable; null of an original, whose name is compared where it stands and need not become a string.</param>
/// <param name="Index">Its place in the original array, or <see cref="New"/>.</param>
/// <param name="Value">The literal of an added or changed entry.</param>
/// <param name="Item">Of an original: the whole entry. Of an added one: its <c>valueFrom</c>, or with <paramref name="IsCopy"/> an original to repeat under another name.</param>
/// <param name="IsChanged">An original whose value was replaced.</param>
/// <param name="IsCopy">Added as the copy of an original.</param>
/// <param name="IsFromResource">Added from an Instrumentation, which may refer to variables that come later.</param>
internal readonly record struct EnvEntry(
    string? Text, int Index, string? Value = null, JsonElement Item = default, bool IsChanged = false, bool IsCopy = false, bool IsFromResource = false)
{
    public const int New = -1;

    public bool IsNew => Index == New;

    /// <summary>The variable.</summary>
    public string Name => Text ?? NameElement.AsText() ?? "";

    private JsonElement NameElement { get; init; }
    private int NameLength { get; init; }

    /// <summary>The user's entry at a place of the original array.</summary>
    public static EnvEntry Original(JsonElement item, int index)
    {
        var name = item.Member("name"u8);
        if (name.ValueKind != JsonValueKind.String) return new("", index, Item: item);
        var raw = JsonMarshal.GetRawUtf8Value(name);
        if (raw.Contains((byte)'\\')) return new(name.AsText() ?? "", index, Item: item);
        return new(null, index, Item: item) { NameElement = name, NameLength = raw.Length - 2 };
    }

    /// <summary>Whether it is of that name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="utf8Length">Its length in bytes, which most names differ in already.</param>
    public bool IsNamed(string name, int utf8Length) => Text is null ? NameLength == utf8Length && NameElement.ValueEquals(name) : Text == name;
}
