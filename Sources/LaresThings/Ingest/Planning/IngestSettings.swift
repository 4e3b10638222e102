/// How an ingest works.
public struct IngestSettings: Hashable, Sendable {
    /// Points that wait to be stored at the same time; then senders are told to come again.
    public var waiting = 400_000
    /// Points that are stored in one go.
    public var batch = 50_000
    /// So many seconds a sender's clock may be ahead.
    public var ahead = 3_600
    /// So many seconds a forecast may look ahead.
    public var foresight = 366 * 86_400
    /// Bytes in a text that is a value.
    public var textBytes = 4_096
    /// Tenants there may be.
    public var tenants = 1_000
    /// Memory of names that senders used, kept for when they send again; all together.
    public var vocabularyBytes = 64 << 20
    /// Places of the memory of points, a power of two: 32 bytes each, and a quarter to a half of them are points remembered for certain.
    public var remembered = 1 << 18

    /// The usual settings.
    public init() {}
}
