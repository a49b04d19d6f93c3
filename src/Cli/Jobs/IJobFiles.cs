namespace CellStitch.Cli.Jobs;

/// <summary>The files of jobs: into the drop folder, out of the results.</summary>
internal interface IJobFiles
{
    /// <summary>Puts a file into the drop folder of a job.</summary>
    /// <param name="job">Name of the job.</param>
    /// <param name="name">Name in the drop folder, such as xy.tif.</param>
    /// <param name="content">A seekable stream.</param>
    /// <param name="sent">Takes the bytes sent so far.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    void Upload(string job, string name, Stream content, IProgress<long> sent, CancellationToken cancellation);

    /// <summary>Opens a result; null when there is none of that name.</summary>
    Stream? OpenResult(string job, string name, CancellationToken cancellation);
}
