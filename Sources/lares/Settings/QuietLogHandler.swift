import Logging

/// Writes lines to standard error as `StreamLogHandler` does, and does nothing before there is one to write: that handler puts its metadata into
/// words whenever they change, and every request changes them.
struct QuietLogHandler: LogHandler {
    let label: String
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var stream = StreamLogHandler.standardError(label: label)
        stream.metadata = metadata
        stream.log(event: event)
    }
}
