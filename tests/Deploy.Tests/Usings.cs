global using System.Text.Json.Nodes;
global using Spanhook.Support;
global using Xunit;
