public import LaresJSON

/// What a training may use; one that needs more is ended, and says so. Its last checkpoint stays.
public struct TrainingLimits: Sendable, Hashable {
    /// Megabytes of memory of its own, 64…16,777,216; the files it maps don't count.
    public var memory: Int
    /// Seconds that it may run, 1…31,536,000; nil: as long as it takes.
    public var seconds: Int?
    /// Megabytes that its checkpoints, network and card may take together, 1…16,777,216.
    public var disk: Int

    /// What is allowed.
    public static let memoryRange = 64...1 << 24, secondsRange = 1...31_536_000, diskRange = 1...1 << 24

    /// Limits; by default those of a job: 2 GB of memory, a day, 4 GB of disk.
    public init(memory: Int = 2_048, seconds: Int? = 86_400, disk: Int = 4_096) {
        (self.memory, self.seconds, self.disk) = (memory, seconds, disk)
    }

    /// The limits as the API writes them.
    public var json: JSON { ["memory_mb": .int(memory), "seconds": seconds.map { .int($0) } ?? .null, "disk_mb": .int(disk)] }

    /// Reads an object that may leave members out; those are as in `usual`.
    ///
    /// - Throws: `JSONError` for unknown members and values out of range.
    public init(_ json: JSON, usual: TrainingLimits = TrainingLimits()) throws(JSONError) {
        var fields = try JSONFields(json, at: "limits")
        memory = try fields.int("memory_mb", in: Self.memoryRange) ?? usual.memory
        seconds = try fields.int("seconds", in: Self.secondsRange) ?? usual.seconds
        disk = try fields.int("disk_mb", in: Self.diskRange) ?? usual.disk
        try fields.end()
    }
}
