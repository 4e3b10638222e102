public import Foundation
internal import Synchronization

/// Tells what time it is. Whatever acts on time is given one, so that tests and replays set it themselves.
public protocol TimeSource: Sendable {
    /// The present moment.
    var now: Date { get }
}

/// The system's clock, which may be set forwards and backwards while it is read.
public struct SystemTime: TimeSource {
    /// The system's clock.
    public init() {}

    /// The present moment.
    public var now: Date { Date() }
}

/// A clock that stands still until it is moved.
public final class FixedClock: TimeSource {
    private let moment: Mutex<Date>

    /// A clock that shows a moment.
    public init(_ now: Date) { moment = Mutex(now) }

    /// The moment it was last set to.
    public var now: Date { moment.withLock { $0 } }

    /// Sets it, forwards or backwards.
    public func set(to now: Date) { moment.withLock { $0 = now } }

    /// Moves it by seconds, backwards when they are negative.
    public func advance(by seconds: TimeInterval) { moment.withLock { $0 += seconds } }
}
