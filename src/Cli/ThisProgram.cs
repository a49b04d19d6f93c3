using System.Reflection;

namespace CellStitch.Cli;

/// <summary>What this program calls itself.</summary>
internal static class ThisProgram
{
    /// <summary>Its version, as <c>--version</c> shows it without the commit.</summary>
    public static string Version { get; } =
        typeof(ThisProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
