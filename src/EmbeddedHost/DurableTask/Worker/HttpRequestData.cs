namespace Microsoft.Azure.Functions.Worker.Http;

/// <summary>A request in the official worker's own HTTP model. Functions of this host take ASP.NET's requests, so there is never one;
/// the type stands in the signature of <see cref="DurableTaskClientExtensions.CreateHttpManagementPayload"/>.</summary>
public abstract class HttpRequestData
{
    private protected HttpRequestData()
    {
    }

    /// <summary>The requested URL.</summary>
    public abstract Uri Url { get; }
}
