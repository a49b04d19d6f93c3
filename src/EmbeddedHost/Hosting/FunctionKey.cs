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

    /// <summary>Lets a request pass or answers it with 401.</summary>
    public async Task<bool> Admits(HttpContext http, AuthorizationLevel level)
    {
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

    private static byte[] Hash(string text)
    {
        return SHA256.HashData(Encoding.UTF8.GetBytes(text));
    }
}
