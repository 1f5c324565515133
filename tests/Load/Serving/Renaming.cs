using System.Runtime.InteropServices;

namespace Spanhook.Load.Serving;

/// <summary>rename(2) itself: .NET's own looks first whether something is there.</summary>
internal static partial class Renaming
{
    /// <summary>Null when it is done, else errno.</summary>
    public static int? Over(string from, string to) => Rename(from, to) == 0 ? null : Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string from, string to);
}
