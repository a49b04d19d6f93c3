using System.Reflection;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using CellStitch.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.Functions.Tests.Security;

/// <summary>Who may call what, and what a call can name.</summary>
public sealed class RoutesTests
{
    [Fact]
    public void Routes_AskForAKey_ButHealth()
    {
        string[] open =
        [
            .. from type in typeof(AppSettings).Assembly.GetTypes()
               from method in type.GetMethods()
               from parameter in method.GetParameters()
               let trigger = parameter.GetCustomAttribute<HttpTriggerAttribute>()
               where trigger is not null && trigger.AuthLevel == AuthorizationLevel.Anonymous
               select $"{string.Join(',', trigger.Methods ?? ["any"])} {trigger.Route}",
        ];

        Assert.Equal(["get health"], open);
    }

    [Theory]
    [InlineData("../drop", "xy.tif")]
    [InlineData("embryo", "../../work/x/plan.json")]
    [InlineData("embryo", "")]
    [InlineData("embryo", ".")]
    [InlineData("embryo", ".run")]
    [InlineData("embryo", ".lock")]
    [InlineData("embryo", "labels.tif%00")]
    public async Task Download_WhatIsNoResult_IsNotFound(string job, string name)
    {
        using var app = new DirectApp();

        IActionResult answer = await app.Files.Download(new DefaultHttpContext().Request, job, name, TestContext.Current.CancellationToken);

        Assert.Equal(StatusCodes.Status404NotFound, Assert.IsType<ObjectResult>(answer).StatusCode);
    }

    [Fact]
    public async Task Download_Result_IsAnAttachmentUnderItsOwnName()
    {
        using var app = new DirectApp();
        await app.Data.CreateContainersAsync(TestContext.Current.CancellationToken);
        await app.Data.Results.GetBlobClient($"embryo/{ResultFile.Metrics}").UploadAsync(BinaryData.FromString("<script>alert(1)</script>"), TestContext.Current.CancellationToken);
        var http = new DefaultHttpContext();

        var answer = Assert.IsType<FileStreamResult>(await app.Files.Download(http.Request, "embryo", ResultFile.Metrics, TestContext.Current.CancellationToken));

        await answer.FileStream.DisposeAsync();
        Assert.Equal(ResultFile.Metrics, answer.FileDownloadName);
        Assert.Equal("application/json", answer.ContentType);
        Assert.Equal("nosniff", http.Response.Headers.XContentTypeOptions);
    }

    [Theory]
    [InlineData("../results", "xy.tif")]
    [InlineData("embryo", "../../results/embryo/labels.tif")]
    [InlineData("embryo", "labels.tif")]
    [InlineData("embryo", "defaults.json")]
    public async Task Upload_WhatIsNoFileOfAJob_IsRefused(string job, string file)
    {
        using var app = new DirectApp();

        IActionResult answer = await app.Files.Upload(new DefaultHttpContext().Request, job, file, TestContext.Current.CancellationToken);

        Assert.Equal(StatusCodes.Status400BadRequest, Assert.IsType<ObjectResult>(answer).StatusCode);
    }

    [Fact]
    public async Task Containers_OfANewAccount_AreNotListedForStrangers()
    {
        using var app = new DirectApp();
        await app.Data.CreateContainersAsync(TestContext.Current.CancellationToken);

        foreach (BlobContainerClient container in new[] { app.Data.Drop, app.Data.Results, app.Data.Work })
        {
            Assert.Equal(PublicAccessType.None, (await container.GetPropertiesAsync(cancellationToken: TestContext.Current.CancellationToken)).Value.PublicAccess);
        }
    }
}
