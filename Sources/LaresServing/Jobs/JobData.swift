/// Where the rows of a job come from.
public enum JobData: Sendable, Hashable {
    /// From the file of this machine that the recipe names by its full path.
    case named
    /// They came with the job.
    case bytes([UInt8])
    /// From a data set of this place, by its id.
    case kept(String)

    /// Bytes that are to be written for it.
    var count: Int {
        if case .bytes(let bytes) = self { bytes.count } else { 0 }
    }
}
