namespace Spanhook.Injection.Decision;

/// <summary>Why a pod is injected or not, step by step. Holds no view: it may outlive the request.</summary>
/// <param name="Steps">In the order in which it was decided: the gates, every policy, who asks for what, with which Instrumentation, what became of it.</param>
/// <param name="Result">What <see cref="PodInjector.Inject"/> gives.</param>
public sealed record Explanation(IReadOnlyList<ExplainedStep> Steps, InjectionResult Result);

/// <summary>One step of a decision.</summary>
/// <param name="Subject">What it is about: <c>request</c>, <c>annotations</c>, <c>TracingPolicy gpu</c>, <c>java, container app</c>.</param>
/// <param name="Passed">Whether the way to an injection goes on; null where nothing hangs on it.</param>
/// <param name="Text">For people.</param>
public sealed record ExplainedStep(string Subject, bool? Passed, string Text);
