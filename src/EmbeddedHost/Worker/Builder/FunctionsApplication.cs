using System.Reflection;
using System.Runtime.CompilerServices;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Where a function app begins.</summary>
public class FunctionsApplication
{
    /// <summary>A builder for the app whose functions the calling assembly holds.</summary>
    /// <param name="args">The program's arguments; they override all other settings. <c>--port</c> says where to listen.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static FunctionsApplicationBuilder CreateBuilder(string[] args)
    {
        return new FunctionsApplicationBuilder(args, Assembly.GetCallingAssembly().GetTypes());
    }
}
