using System.Security.Cryptography;

namespace Spanhook.Server.Files;

/// <summary>How often files are looked at.</summary>
internal static class FilesInUse
{
    /// <summary>How old what is in use may be behind what is on disk.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
}

/// <summary>
/// What a few files hold, looked at again every few seconds by whoever asks first: nothing watches them, and nothing runs while nobody asks. Files
/// that cannot be read, or are not good, keep what they held before.
/// </summary>
/// <typeparam name="T">What they are read into.</typeparam>
internal sealed class FilesInUse<T>
    where T : class
{
    private readonly string[] _files;
    private readonly Func<T> _load;
    private readonly Action<string> _kept;
    private readonly TimeProvider _time;
    private readonly Lock _reload = new();
    private volatile T _current;
    private string _loaded;
    private long _lookAgainAt;

    /// <summary>Reads them for the first time, with whatever <paramref name="load"/> throws.</summary>
    /// <param name="files">All that is read.</param>
    /// <param name="load">Reads them; of its exceptions those of files and cryptography keep what was before.</param>
    /// <param name="kept">Told why, when that happens.</param>
    /// <param name="time">Says when to look again.</param>
    public FilesInUse(string[] files, Func<T> load, Action<string> kept, TimeProvider time)
    {
        (_files, _load, _kept, _time) = (files, load, kept, time);
        _loaded = ContentFingerprint.Of(_files);
        _current = load();
        LookAgainLater();
    }

    public T Current
    {
        get
        {
            if (_time.GetTimestamp() < Volatile.Read(ref _lookAgainAt)) return _current;
            lock (_reload)
            {
                if (_time.GetTimestamp() >= _lookAgainAt) LookAgain();
                return _current;
            }
        }
    }

    private void LookAgain()
    {
        LookAgainLater();
        var fingerprint = ContentFingerprint.Of(_files);
        if (fingerprint == _loaded) return;
        _loaded = fingerprint;
        try
        {
            _current = _load();
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            _kept(e.Message);
        }
    }

    private void LookAgainLater() => Volatile.Write(ref _lookAgainAt, _time.GetTimestamp() + (long)(FilesInUse.Interval.TotalSeconds * _time.TimestampFrequency));
}
