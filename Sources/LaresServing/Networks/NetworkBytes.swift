import Synchronization

/// How many bytes the networks in memory take: they and the other models share one budget.
final class NetworkBytes: Sendable {
    private let value = Atomic<Int>(0)

    var count: Int {
        get { value.load(ordering: .relaxed) }
        set { value.store(newValue, ordering: .relaxed) }
    }
}
