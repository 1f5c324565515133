using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Spanhook.Server.Hosting;

namespace Spanhook.Server.Telemetry;

/// <summary>
/// One JSON object per line: <c>time</c>, <c>level</c>, <c>category</c>, <c>event</c>, <c>message</c>, then the message's values under their own
/// names; <c>traceId</c> and <c>spanId</c> within a span. The framework's JSON console writes every value twice and every line by itself, which took as long as deciding on a pod.
/// </summary>
[ProviderAlias("Json")]
internal sealed class JsonLineLoggerProvider(Stream output, TimeProvider time) : ILoggerProvider
{
    private readonly LineQueue _lines = new(output, time);

    public ILogger CreateLogger(string categoryName) => new JsonLineLogger(categoryName, _lines, time);

    public void Dispose() => _lines.Dispose();
}

/// <summary>Writes the lines of one category.</summary>
internal sealed class JsonLineLogger(string category, LineQueue lines, TimeProvider time) : ILogger
{
    private const string Template = "{OriginalFormat}";

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        using var line = new PooledBufferWriter(1024);
        var json = JsonWriters.Rent(line);
        var now = time.GetUtcNow().UtcDateTime;
        json.WriteStartObject();
        json.WriteString("time"u8, new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond), DateTimeKind.Utc));
        json.WriteString("level"u8, Name(logLevel));
        json.WriteString("category"u8, category);
        if (eventId.Id != 0) json.WriteNumber("event"u8, eventId.Id);
        if (Activity.Current is { Source.Name: TelemetryServices.Name } span)
        {
            json.WriteString("traceId"u8, span.TraceId.ToHexString());
            json.WriteString("spanId"u8, span.SpanId.ToHexString());
        }

        json.WriteString("message"u8, formatter(state, exception));
        if (exception is not null) json.WriteString("exception"u8, exception.ToString());
        if (state is IReadOnlyList<KeyValuePair<string, object?>> values) WriteValues(json, values);
        json.WriteEndObject();
        JsonWriters.Return(json);

        line.GetSpan(1)[0] = (byte)'\n';
        line.Advance(1);
        lines.Add(line.WrittenSpan, isUrgent: logLevel >= LogLevel.Error);
    }

    private static void WriteValues(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        Span<char> camelCase = stackalloc char[64];
        for (var i = 0; i < values.Count; i++)
        {
            var (name, value) = values[i];
            if (name is Template or "" || name.Length > camelCase.Length) continue;
            name.CopyTo(camelCase);
            camelCase[0] = char.ToLowerInvariant(camelCase[0]);
            json.WritePropertyName(camelCase[..name.Length]);
            WriteValue(json, value);
        }
    }

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case string text: json.WriteStringValue(text); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case int number: json.WriteNumberValue(number); break;
            case long number: json.WriteNumberValue(number); break;
            case double number when double.IsFinite(number): json.WriteNumberValue(Math.Round(number, 3)); break;
            case DateTime date: json.WriteStringValue(date); break;
            default: json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
        }
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "Trace",
        LogLevel.Debug => "Debug",
        LogLevel.Information => "Information",
        LogLevel.Warning => "Warning",
        LogLevel.Error => "Error",
        _ => "Critical",
    };
}
