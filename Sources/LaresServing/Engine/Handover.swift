/// A value on its way from one thread to another: who gives it away keeps nothing of it, and who takes it is alone with it.
///
/// Not locked: the queue it travels in orders the two.
final class Handover<Value>: @unchecked Sendable {
    private var value: Value?

    init(_ value: Value) { self.value = value }

    /// The value, once.
    func take() -> Value? {
        defer { value = nil }
        return value
    }
}
