namespace CellStitch.Core.Synthesis;

/// <summary>
/// Whether one kind of error holds in a plane, for any subject (a cell, a place). Along the planes it is a two-state Markov chain: in each plane
/// the state is drawn anew with a fixed probability and kept otherwise, so the share of planes with the error is the rate and its runs have the
/// mean length asked for. The state of a plane is found by looking back to the latest draw: planes can be made in any order.
/// </summary>
/// <param name="rate">Share of planes with the error.</param>
/// <param name="persistence">Mean number of planes an error lasts.</param>
/// <param name="key">Key of the random numbers of this kind of error.</param>
internal sealed class ErrorCourse(double rate, double persistence, ulong key)
{
    // Leaving the error takes a new draw that says no: probability redraw · (1 − rate) = 1 / persistence.
    private readonly double _redraw = persistence * (1 - rate) <= 1 ? 1 : 1 / (persistence * (1 - rate));

    public bool IsPossible => rate > 0;

    /// <summary>Asks for the error.</summary>
    /// <param name="subject">What may have the error.</param>
    /// <param name="plane">Index of the plane.</param>
    /// <param name="episode">A key that stays the same while the error lasts, for its details (the direction of a cut, the partner of a merge).</param>
    public bool Holds(ulong subject, int plane, out ulong episode)
    {
        ulong subjectKey = CounterRandom.Mix(key, subject);
        int drawn = plane;
        while (drawn > 0 && CounterRandom.Unit(CounterRandom.Mix(subjectKey, (ulong)drawn), 0) >= _redraw)
        {
            drawn--;
        }

        episode = CounterRandom.Mix(subjectKey, (ulong)drawn);
        return CounterRandom.Unit(episode, 1) < rate;
    }
}
