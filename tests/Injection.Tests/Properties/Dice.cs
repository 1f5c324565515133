namespace Spanhook.Injection.Tests.Properties;

/// <summary>Draws for the generators: the same number gives the same pod on every machine.</summary>
internal sealed class Dice(int seed)
{
    private readonly Random _random = new(seed);

    public int UpTo(int most) => _random.Next(most + 1);

    public bool Chance(int percent) => _random.Next(100) < percent;

    public T Of<T>(params ReadOnlySpan<T> items) => items[_random.Next(items.Length)];

    public void Some(int most, Action<int> action)
    {
        var count = UpTo(most);
        for (var i = 0; i < count; i++) action(i);
    }
}
