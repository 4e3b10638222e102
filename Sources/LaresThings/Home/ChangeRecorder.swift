/// Keeps what things reported, for histories.
public protocol ChangeRecorder: Sendable {
    /// Keeps changes; durable when it returns. Called by one thread at a time, which may wait, in the order in which they happened.
    ///
    /// - Parameter property: What a property is; nil when it is there no more.
    func record(_ changes: [Change], property: (PropertyAddress) -> Property?) throws
}
