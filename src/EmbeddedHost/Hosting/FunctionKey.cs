using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.EmbeddedHost.Hosting;

/// <summary>The one key of this host, for functions of every level but Anonymous and for the management routes.</summary>
internal sealed class FunctionKey(string? key)
{
    private const string Header = "x-functions-key";

    private readonly byte[]? _hash = string.IsNullOrEmpty(key) ? null : Hash(key);

    /// <summary>Whether callers need a key at all.</summary>
    public bool IsSet => _hash is not null;

    /// <summary>Lets a request pass, or answers it with 401, or with 403 where no key keeps the pages of other sites out.</summary>
    public async Task<bool> Admits(HttpContext http, AuthorizationLevel level)
    {
        if (_hash is null && !IsSafe(http.Request.Method) && IsFromAnotherSite(http.Request))
        {
            IResult crossSite = Results.Problem(
                statusCode: StatusCodes.Status403Forbidden,
                detail: "The page of another site sent this. A host without a key changes nothing for it; set EmbeddedHost__FunctionKey to allow callers by key.");
            await crossSite.ExecuteAsync(http);
            return false;
        }

        string? given = (string?)http.Request.Headers[Header] ?? http.Request.Query["code"];
        // Hashes have one length, so the time taken tells nothing about the key.
        if (_hash is null || level == AuthorizationLevel.Anonymous || CryptographicOperations.FixedTimeEquals(Hash(given ?? ""), _hash))
        {
            return true;
        }

        IResult refusal = Results.Problem(
            statusCode: StatusCodes.Status401Unauthorized,
            detail: given is null ? $"Give the function key in the header {Header}." : "The function key is not right.");
        await refusal.ExecuteAsync(http);
        return false;
    }

    private static bool IsSafe(string method)
    {
        return HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
    }

    // A browser sends forms of any page to any address, this machine's too, but says where they come from. Programs that are no browser say nothing.
    private static bool IsFromAnotherSite(HttpRequest request)
    {
        string? site = request.Headers["Sec-Fetch-Site"];
        string? origin = request.Headers.Origin;
        return site is not (null or "same-origin" or "none")
            || (origin is not null && !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase));
    }

    private static byte[] Hash(string text)
    {
        return SHA256.HashData(Encoding.UTF8.GetBytes(text));
    }
}
