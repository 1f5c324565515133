namespace Spanhook.Server.Certificates.SelfManaged;

/// <summary>What one look at the API server showed, and what it means together with what is remembered.</summary>
/// <param name="Secret">Null when it does not exist.</param>
/// <param name="Reading">What could be read of it.</param>
/// <param name="State">That, completed from memory.</param>
internal sealed record CaView(Secret? Secret, CaReading Reading, CaState State);
