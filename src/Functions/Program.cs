using CellStitch.Functions;
using CellStitch.Functions.Activities;
using CellStitch.Functions.Storage;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

FunctionsApplicationBuilder builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.AddTelemetry();

builder.Services.AddOptions<AppSettings>().BindConfiguration(AppSettings.Section).ValidateDataAnnotations().ValidateOnStart();
builder.Services.AddSingleton(DataAccount.Connect(builder.Configuration));
builder.Services.AddSingleton<ActivityEdge>();
builder.Services.AddSingleton(TimeProvider.System);
// For webhooks, whose hosts are allowed one by one: a redirect could lead to another.
builder.Services.AddHttpClient(nameof(ReportEnd), client => client.Timeout = TimeSpan.FromSeconds(30))
    .ConfigurePrimaryHttpMessageHandler(() => new HttpClientHandler { AllowAutoRedirect = false });
builder.Services.AddHostedService<ContainerSetup>();

builder.Build().Run();
