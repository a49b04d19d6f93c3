using CellStitch.Core.IO;
using CellStitch.Core.Stitching;
using CellStitch.Core.Transport;
using CellStitch.Tests;

namespace CellStitch.Core.Tests.Stitching;

/// <summary>Both solvers on the layer pairs of the golden cases and of real masks: equal costs, each plan proved optimal.</summary>
public class RealTransportTests
{
    public static TheoryData<string> RealVolumes => new("gland_20171204_3a", "mouse_embryo_train_Emb01_t501", "neubias_nuclei_aniso");

    public static TheoryData<string> GoldenNames => [.. GoldenCases.Names];

    [Theory]
    [MemberData(nameof(GoldenNames))]
    public void Solve_GoldenPairs_BothSolversAreOptimal(string name) => AssertOptimal(new MaskStacks(GoldenCases.Read(name, "xy")));

    [Theory]
    [MemberData(nameof(RealVolumes))]
    public void Solve_RealPairs_BothSolversAreOptimal(string volume)
    {
        using TiffReader xy = TiffReader.Open(SharedData.Data("real", volume, "masks2d_xy.tif"));
        AssertOptimal(new MaskStacks(xy));
    }

    private static void AssertOptimal(MaskStacks stacks)
    {
        for (int z = 1; z < stacks.Shape.Depth; z++)
        {
            TransportProblem problem = JaccardCost.Problem(OverlapMeasurement.Measure(stacks, z - 1, z, TestContext.Current.CancellationToken));
            TransportPlan simplex = HubNetworkSimplex.Solve(problem);
            TransportPlan orTools = OrToolsMinCostFlow.Solve(problem);
            Assert.Null(OptimalityCertificate.FindViolation(problem, simplex));
            Assert.Null(OptimalityCertificate.FindViolation(problem, orTools));
            Assert.Equal(orTools.Cost, simplex.Cost);
        }
    }
}
