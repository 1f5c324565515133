namespace Spanhook.Demo;

/// <summary>The demo did not show what it should; the message is the one sentence that says why.</summary>
internal sealed class DemoException(string message) : Exception(message);
