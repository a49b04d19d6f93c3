using CellStitch.EmbeddedHost.Hosting;
using CellStitch.Tests;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace CellStitch.EmbeddedHost.Tests.Hosting;

public class TimerTests
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Timer_WhenDue_RunsOncePerTime()
    {
        var time = new FakeTimeProvider(Noon);
        await using TestHost host = await TestHost.Start([typeof(Hourly)], options: With(time));

        await AdvanceUntil(time, TimeSpan.FromMinutes(10), () => host.Calls.All.Length == 2);

        Assert.Equal(["on time", "on time"], host.Calls.All);
        Assert.InRange(time.GetUtcNow(), Noon.AddHours(2), Noon.AddHours(3));
    }

    [Fact]
    public async Task Timer_MissedTwiceWhileTheHostWasDown_RunsOnceAtTheStart()
    {
        string account = Azurite.NewAccount();
        var time = new FakeTimeProvider(Noon);
        await using (TestHost first = await TestHost.Start([typeof(Hourly)], account, With(time)))
        {
            await AdvanceUntil(time, TimeSpan.FromMinutes(10), () => first.Calls.All.Length == 1);
        }

        time.Advance(TimeSpan.FromHours(2.5));
        await using TestHost second = await TestHost.Start([typeof(Hourly)], account, With(time));

        await TestHost.Until(() => second.Calls.All.Length > 0, "the missed run is made up for");
        Assert.Equal(["past due"], second.Calls.All);
        await AdvanceUntil(time, TimeSpan.FromMinutes(10), () => second.Calls.All.Length == 2);
        Assert.Equal(["past due", "on time"], second.Calls.All);
    }

    [Fact]
    public async Task Timer_RunOnStartup_RunsAtOnce()
    {
        await using TestHost host = await TestHost.Start([typeof(AtStart)], options: With(new FakeTimeProvider(Noon)));

        await TestHost.Until(() => host.Calls.All.Length == 1, "the function runs");
    }

    [Fact]
    public async Task Timer_Fails_RunsAgainWhenDue()
    {
        var time = new FakeTimeProvider(Noon);
        await using TestHost host = await TestHost.Start([typeof(FailingTimer)], options: With(time));

        await AdvanceUntil(time, TimeSpan.FromSeconds(10), () => host.Calls.All.Length == 2);

        Assert.Contains(host.Log.All, line => line.Contains("Timer function FailingTimer failed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("0 0 3 * * *", "2030-01-02T03:00:00")]
    [InlineData("*/5 * * * *", "2030-01-01T12:05:00")]
    [InlineData("00:00:30", "2030-01-01T12:00:30")]
    public void TimerSchedule_After_GivesTheNextTime(string schedule, string next)
    {
        Assert.Equal(DateTime.Parse(next, null), TimerSchedule.Parse(schedule).After(Noon.UtcDateTime));
    }

    private static TestHost.Options With(FakeTimeProvider time)
    {
        return new()
        {
            Args = ["--Every=0 * * * * *"],
            Configure = builder => builder.Services.AddSingleton<TimeProvider>(time),
        };
    }

    private static Task AdvanceUntil(FakeTimeProvider time, TimeSpan step, Func<bool> holds)
    {
        return TestHost.Until(
            () =>
            {
                bool done = holds();
                if (!done)
                {
                    time.Advance(step);
                }

                return done;
            },
            "the timer's runs");
    }

    public sealed class Hourly(Calls calls)
    {
        [Function("Hourly")]
        public void Run([TimerTrigger("0 0 * * * *")] TimerInfo timer)
        {
            calls.Add(timer.IsPastDue ? "past due" : "on time");
        }
    }

    public sealed class AtStart(Calls calls)
    {
        [Function("AtStart")]
        public void Run([TimerTrigger("0 0 0 1 1 *", RunOnStartup = true)] TimerInfo timer)
        {
            calls.Add($"{timer.IsPastDue}");
        }
    }

    public sealed class FailingTimer(Calls calls)
    {
        [Function("FailingTimer")]
        public void Run([TimerTrigger("%Every%")] TimerInfo timer)
        {
            calls.Add($"{timer.ScheduleStatus!.Next:O}");
            throw new InvalidOperationException("no good");
        }
    }
}
