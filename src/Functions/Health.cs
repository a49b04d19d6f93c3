using CellStitch.Functions.Jobs;
using CellStitch.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.Functions;

/// <summary>Whether the app and its storage answer; needs no key.</summary>
public sealed class Health(DataAccount data)
{
    [Function(nameof(Health))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request, CancellationToken cancellation)
    {
        try
        {
            await data.Drop.ExistsAsync(cancellation);
            return new OkObjectResult(new { status = "ok", program = Manifest.ThisProgram });
        }
        catch (Azure.RequestFailedException)
        {
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, "The storage does not answer.", "The app runs, but its data account cannot be reached.");
        }
    }
}
