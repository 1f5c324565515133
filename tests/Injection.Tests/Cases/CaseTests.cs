using System.Text;
using Spanhook.Support;

namespace Spanhook.Injection.Tests.Cases;

/// <summary>Every case of <c>tests/Fixtures</c> through the class.</summary>
public sealed class CaseTests
{
    public static TheoryData<string> All => [.. Case.All];

    [Theory, MemberData(nameof(All))]
    public void A_case_gives_its_golden_patch_and_pod_and_the_decisions_of_its_report(string name)
    {
        var which = Case.Named(name);
        var injected = which.Inject();
        CaseAssert.Patch(which, injected.Patch);
        CaseAssert.PodText(which, injected.Pod);
        CaseAssert.Decisions(which, injected.Result);
    }

    [Theory, MemberData(nameof(All))]
    public void A_second_pass_changes_nothing(string name)
    {
        var which = Case.Named(name);
        AssertNoPatch(which.Inject(which.Inject().Pod));
    }

    [Theory, MemberData(nameof(All))]
    public void A_second_pass_without_our_mark_changes_nothing(string name)
    {
        var which = Case.Named(name);
        AssertNoPatch(which.Inject(InjectionMark.Stripped(which.Inject().Pod)));
    }

    private static void AssertNoPatch(Injected injected) => Assert.True(injected.Patch.Length == 0, Encoding.UTF8.GetString(injected.Patch));
}
