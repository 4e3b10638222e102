/// Keeps what things reported, for histories.
public protocol ChangeRecorder: Sendable {
    /// Keeps changes; durable when it returns. Called on the broker's thread, in the order in which they happened.
    func record(_ changes: [Change]) throws
}
