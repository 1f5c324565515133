using System.CommandLine;

namespace Spanhook.Server.Hosting;

/// <summary>The options of <see cref="ServingOptions"/>.</summary>
internal sealed class ServingOptionGroup(ServerSettings settings) : OptionGroup<ServingOptions>
{
    private readonly Option<string?> _listen = settings.Text("--listen", "ADDRESS:PORT", "Where to serve HTTPS; port 0 takes a free one.", "[::]:9443");

    public override ServingOptions Read(ParseResult result) => new() { Listen = EndPointText.Parse(result.GetValue(_listen))! };

    public override IEnumerable<string> Problems(ParseResult result)
    {
        if (EndPointText.Parse(result.GetValue(_listen)) is null)
            yield return $"--listen '{result.GetValue(_listen)}' is no address: write ADDRESS:PORT, for example 127.0.0.1:9443 or [::]:9443";
    }
}
