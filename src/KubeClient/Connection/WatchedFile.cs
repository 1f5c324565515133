namespace Spanhook.KubeClient.Connection;

/// <summary>
/// The text of a file that somebody replaces now and then (the kubelet renews tokens and authorities): read again at most once a minute, and at
/// once after <see cref="Forget"/>. While it cannot be read, the last text serves.
/// </summary>
internal sealed class WatchedFile(string path, string field, TimeProvider time)
{
    public static readonly TimeSpan Age = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private string? _text;
    private long? _read;

    public string Text()
    {
        lock (_lock)
        {
            if (_text is not null && _read is { } read && time.GetElapsedTime(read) < Age) return _text;
            try
            {
                _text = File.ReadAllText(path).Trim();
                _read = time.GetTimestamp();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _text = _text ?? throw new ApiServerException(0, ApiServerException.Unreachable, $"{field}: {path} cannot be read: {e.Message}", inner: e);
            }

            return _text;
        }
    }

    public void Forget()
    {
        lock (_lock) _read = null;
    }
}
