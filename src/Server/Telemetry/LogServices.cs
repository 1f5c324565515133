namespace Spanhook.Server.Telemetry;

/// <summary>Sets up logging.</summary>
internal static class LogServices
{
    public static void Add(ILoggingBuilder logging, LogOptions options)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(options.Level);
        logging.AddFilter("Microsoft", LogLevel.Warning);

        // It logs nothing at this level, but while it may, the host makes an activity for every request.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);

        // Why the server could not start is told in one sentence by RunAsync; the host would tell it in forty lines.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        if (options.Format == "json")
            logging.Services.AddSingleton<ILoggerProvider>(services => new JsonLineLoggerProvider(Console.OpenStandardOutput(), services.GetRequiredService<TimeProvider>()));
        else
            logging.AddSimpleConsole(text => (text.SingleLine, text.TimestampFormat) = (true, "HH:mm:ss "));
    }
}
