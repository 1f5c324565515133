using System.Text;
using Spanhook.Injection.Injectors;

namespace Spanhook.Injection.Decision;

/// <summary>
/// Which workloads a policy's <c>rollout.percent</c> is for. A workload falls into one of 10,000 buckets by a hash of
/// <c>NAMESPACE/KIND/NAME/POLICY</c>, and is selected when its bucket is below percent × 100: so each replica of the webhook gives the same answer,
/// all pods of a workload get the same one, a higher percentage only adds workloads, and each policy begins with other ones.
/// The hash is FNV-1a of 64 bits over the UTF-8 text, finished as MurmurHash3 does (fmix64), modulo 10,000.
/// </summary>
internal static class Rollout
{
    private const int Buckets = 10_000;

    /// <summary>Whether a workload is among the first <paramref name="percent"/> of a hundred.</summary>
    /// <param name="percent">0 to 100.</param>
    /// <param name="ns">The namespace.</param>
    /// <param name="workload">The workload.</param>
    /// <param name="policy">The policy's name.</param>
    public static bool Selects(int percent, string ns, in Workload workload, string policy) =>
        percent >= 100 || (percent > 0 && BucketOf(ns, workload, policy) < percent * (Buckets / 100));

    /// <summary>0 to 9,999.</summary>
    public static int BucketOf(string ns, in Workload workload, string policy) => (int)(Hash($"{ns}/{workload.Kind}/{workload.Name}/{policy}") % Buckets);

    private static ulong Hash(string text)
    {
        var hash = 0xcbf29ce484222325UL;
        foreach (var b in Encoding.UTF8.GetBytes(text)) hash = (hash ^ b) * 0x100000001b3UL;
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdUL;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53UL;
        return hash ^ (hash >> 33);
    }
}
