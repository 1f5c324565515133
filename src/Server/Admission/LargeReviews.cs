namespace Spanhook.Server.Admission;

/// <summary>
/// Reviews that take megabytes to decide (a document of half a megabyte can have 10^5 keys). Arrays of the shared pool stay with the thread that returned them, one of each size, for as long as it lives:
/// on the threads of the pool that is tens of megabytes for good. So each such review gets a thread that ends with it; next to its
/// milliseconds that costs nothing, and the gate says how many there are at once.
/// </summary>
internal static class LargeReviews
{
    /// <summary>In bytes of the body. From here on it is also worth it to give back what is left behind, see <see cref="Hosting.IdleMemory"/>.</summary>
    public const long From = 512 * 1024;

    public static Task<T> OnOwnThread<T>(Func<T> decide)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                done.SetResult(decide());
            }
#pragma warning disable CA1031 // it is thrown again where it is waited for
            catch (Exception e)
#pragma warning restore CA1031
            {
                done.SetException(e);
            }
        })
        { IsBackground = true, Name = "large review" };
        thread.Start();
        return done.Task;
    }
}
