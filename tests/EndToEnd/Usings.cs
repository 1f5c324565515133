global using System.Text.Json.Nodes;
global using Spanhook.EndToEnd.ControlPlanes;
global using Spanhook.EndToEnd.Support;
global using Spanhook.EndToEnd.Webhooks;
global using Spanhook.Support;
global using Xunit;

[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(Spanhook.EndToEnd.TestCluster))]
