using CellStitch.Functions.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace CellStitch.Functions;

/// <summary>Refusals as RFC 9457 problem details.</summary>
internal static class Problems
{
    public static IActionResult Of(int status, string title, string detail) =>
        new ObjectResult(new ProblemDetails { Status = status, Title = title, Detail = detail }) { StatusCode = status, ContentTypes = { "application/problem+json" } };

    public static IActionResult NoSuchJob(string job) => Of(StatusCodes.Status404NotFound, "No such job.", $"Nothing was dropped and nothing ran under the name \"{job}\".");

    public static IActionResult BadName(string job) => Of(StatusCodes.Status400BadRequest, "Not the name of a job.", $"\"{job}\": a job's name {JobName.Rule}.");
}
