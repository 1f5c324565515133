using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Spanhook.Server.Tests.Support;

/// <summary>One line as a provider would write it: the message and every structured value.</summary>
internal sealed record LogLine(string Category, LogLevel Level, string Message, IReadOnlyList<string> Values)
{
    public bool IsOurs => Category.StartsWith("Spanhook", StringComparison.Ordinal);
}

/// <summary>Keeps every log line, of every level and category.</summary>
[ProviderAlias("Test")]
internal sealed class LogLines : ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> _lines = new();

    public IReadOnlyList<LogLine> All => [.. _lines];

    public void Clear() => _lines.Clear();

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

    public ILogger<T> For<T>() => new Logger<T>(_lines);

    public void Dispose()
    {
        // Nothing is held.
    }

    private class Logger(string category, ConcurrentQueue<LogLine> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = state as IEnumerable<KeyValuePair<string, object?>> ?? [];
            lines.Enqueue(new LogLine(category, logLevel, formatter(state, exception) + exception, [.. values.Select(value => value.Value?.ToString() ?? "")]));
        }
    }

    private sealed class Logger<T>(ConcurrentQueue<LogLine> lines) : Logger(typeof(T).FullName!, lines), ILogger<T>;
}
