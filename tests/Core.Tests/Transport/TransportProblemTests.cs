using CellStitch.Core.Transport;

namespace CellStitch.Core.Tests.Transport;

public sealed class TransportProblemTests
{
    public static TheoryData<long[], long[], TransportArc[], int, string> Invalid => new()
    {
        { [1], [1], [], -1, "The hub costs less than nothing; it must cost 0 or more." },
        { [3, -1], [2], [], 9, "Mass -1 of source 1 is negative." },
        { [2], [3, -1], [], 9, "Mass -1 of target 1 is negative." },
        { [3], [2], [], 9, "The sources hold 3, the targets 2; both must hold the same mass." },
        {
            [long.MaxValue - 1, 1], [long.MaxValue - 1, 1], [], 9,
            "The source masses add up to 9223372036854775807; they must stay below 9223372036854775807."
        },
        { [1], [1], [new(1, 0, 5)], 9, "Arc 0 goes from source 1 to target 0; there are 1 sources and 1 targets." },
        { [1], [1], [new(0, -1, 5)], 9, "Arc 0 goes from source 0 to target -1; there are 1 sources and 1 targets." },
        { [1], [1], [new(0, 0, -1)], 9, "Arc 0 costs -1; it must cost between 0 and the hub's 9." },
        { [1], [1], [new(0, 0, 10)], 9, "Arc 0 costs 10; it must cost between 0 and the hub's 9." },
        {
            [1, 1], [2], [new(1, 0, 5), new(0, 0, 5)], 9,
            "Arc 1 (0 → 0) does not come after arc 0 (1 → 0); arcs must ascend by source, then by target."
        },
        {
            [1], [1], [new(0, 0, 5), new(0, 0, 6)], 9,
            "Arc 1 (0 → 0) does not come after arc 0 (0 → 0); arcs must ascend by source, then by target."
        },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Problem_BreaksARule_IsRefusedInOneSentence(long[] source, long[] target, TransportArc[] arcs, int hubCost, string sentence)
    {
        var refusal = Assert.ThrowsAny<ArgumentException>(() => new TransportProblem(source, target, arcs, hubCost));

        Assert.StartsWith(sentence, refusal.Message, StringComparison.Ordinal);
    }
}
