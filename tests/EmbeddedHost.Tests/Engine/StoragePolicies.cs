using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace CellStitch.EmbeddedHost.Tests.Engine;

/// <summary>Lets a test look at every request to storage, and spoil it.</summary>
internal sealed class StorageTap(Func<HttpMessage, Func<ValueTask>, ValueTask> handle) : HttpPipelinePolicy
{
    public override ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        return handle(message, () => ProcessNextAsync(message, pipeline));
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        throw new NotSupportedException("The engine talks to storage asynchronously.");
    }

    public static bool IsWrite(HttpMessage message)
    {
        return message.Request.Method == RequestMethod.Put || message.Request.Method == RequestMethod.Delete;
    }

    public static bool IsAppend(HttpMessage message)
    {
        return message.Request.Method == RequestMethod.Put && message.Request.Uri.ToString().Contains("comp=appendblock", StringComparison.Ordinal);
    }

    /// <summary>What a broken connection looks like to the client library.</summary>
    public static Exception NoAnswer()
    {
        return new RequestFailedException("the connection was reset", new IOException("reset by the test"));
    }
}
