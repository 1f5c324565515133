using System.Buffers;

namespace Spanhook.Injection.Drafting;

/// <summary>
/// A list in an array of the shared pool. The environment of an ordinary container takes more memory than everything else that an injection
/// makes, and is needed for some microseconds. Kept in a field, never copied; Dispose clears the array and gives it back.
/// </summary>
/// <param name="capacity">For how many items there is room at first.</param>
internal struct PooledList<T>(int capacity) : IDisposable
{
    private T[] _items = ArrayPool<T>.Shared.Rent(capacity);

    public int Count { get; private set; }

    /// <summary>The items; until the next call that changes the list.</summary>
    public readonly Span<T> Items => _items.AsSpan(0, Count);

    public void Add(T item) => Insert(Count, item);

    public void Insert(int index, T item)
    {
        if (Count == _items.Length) Grow();
        _items.AsSpan(index, Count - index).CopyTo(_items.AsSpan(index + 1));
        _items[index] = item;
        Count++;
    }

    /// <summary>Takes the item out and puts it in at a later place.</summary>
    public readonly void MoveBack(int from, int to)
    {
        var item = _items[from];
        _items.AsSpan((from + 1)..(to + 1)).CopyTo(_items.AsSpan(from));
        _items[to] = item;
    }

    public void Dispose()
    {
        ArrayPool<T>.Shared.Return(_items, clearArray: true);
        _items = [];
        Count = 0;
    }

    private void Grow()
    {
        var larger = ArrayPool<T>.Shared.Rent(Math.Max(16, Count * 2));
        Items.CopyTo(larger);
        ArrayPool<T>.Shared.Return(_items, clearArray: true);
        _items = larger;
    }
}
