using CellStitch.Functions;
using CellStitch.Functions.Activities;
using CellStitch.Functions.Storage;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

FunctionsApplicationBuilder builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();

builder.Services.AddOptions<AppSettings>().BindConfiguration(AppSettings.Section).ValidateDataAnnotations().ValidateOnStart();
builder.Services.AddSingleton(DataAccount.Connect(builder.Configuration));
builder.Services.AddSingleton<ActivityEdge>();
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddHttpClient();
builder.Services.AddHostedService<ContainerSetup>();

builder.Build().Run();
