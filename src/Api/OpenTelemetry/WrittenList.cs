namespace Spanhook.Api.OpenTelemetry;

/// <summary>Lists as people write them.</summary>
internal static class WrittenList
{
    /// <summary>A list without the entries that are null, which say nothing; itself when there are none.</summary>
    public static IReadOnlyList<T>? WithoutNulls<T>(this IReadOnlyList<T>? list)
        where T : class
    {
        for (var i = 0; i < list?.Count; i++)
        {
            if (list[i] is null) return [.. list.Where(item => item is not null)];
        }

        return list;
    }
}
