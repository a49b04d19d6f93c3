using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using CellStitch.EmbeddedHost.Hosting;

namespace CellStitch.EmbeddedHost.Tests.Hosting;

/// <summary>That a key cannot be guessed by the time of the answer is a matter of which comparison runs: clocks of a shared machine cannot tell.</summary>
public sealed class FunctionKeyTests
{
    private static readonly string[] EndEarly = ["Equals", "op_Equality", "op_Inequality", "SequenceEqual", "Compare", "CompareOrdinal", "CompareTo", "IndexOf", "StartsWith"];

    [Fact]
    public void Admits_ComparesInConstantTime()
    {
        MethodInfo admits = typeof(FunctionKey).GetMethod(nameof(FunctionKey.Admits))!;
        Type machine = admits.GetCustomAttribute<AsyncStateMachineAttribute>()!.StateMachineType;
        MethodInfo body = machine.GetMethod("MoveNext", BindingFlags.Instance | BindingFlags.NonPublic)!;
        MethodBase[] called = [.. Calls(body)];

        Assert.Contains(called, method => method.DeclaringType == typeof(CryptographicOperations) && method.Name == nameof(CryptographicOperations.FixedTimeEquals));
        Assert.DoesNotContain(called, method => EndEarly.Contains(method.Name));
    }

    // A call is an opcode of one byte and a token of four. Bytes that merely look like one resolve to nothing, or to more than is called, which makes the test stricter.
    private static IEnumerable<MethodBase> Calls(MethodInfo method)
    {
        byte[] code = method.GetMethodBody()!.GetILAsByteArray()!;
        for (int at = 0; at + 4 < code.Length; at++)
        {
            if (code[at] == (byte)OpCodes.Call.Value || code[at] == (byte)OpCodes.Callvirt.Value)
            {
                int token = BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(at + 1));
                if (Resolve(method, token) is { } called)
                {
                    yield return called;
                }
            }
        }
    }

    private static MethodBase? Resolve(MethodInfo method, int token)
    {
        try
        {
            return method.Module.ResolveMethod(token, method.DeclaringType!.GetGenericArguments(), null);
        }
        catch (Exception fault) when (fault is ArgumentException or BadImageFormatException)
        {
            return null;
        }
    }
}
