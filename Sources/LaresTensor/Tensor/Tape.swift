import Synchronization

/// What was computed, in order, so that gradients can be carried back (reverse-mode differentiation; Linnainmaa 1970).
///
/// Tensors that come from a watched one carry a mark; an operator that meets a mark adds an entry with the way back. Nothing is recorded
/// for other tensors, nor by the ways back themselves: there are no second derivatives.
package final class Tape: Sendable {
    /// A place on a tape.
    struct Mark: Sendable {
        let tape: Tape
        let index: Int
    }

    /// Adds, to the gradients of what an operator read, what follows from the gradient of its result.
    typealias Pullback = @Sendable (Tensor, inout Gradients) -> Void

    private struct Entries {
        var pullbacks: [Pullback?] = []
        var isClosed = false
    }
    private let entries = Mutex(Entries())

    /// An empty tape.
    package init() {}

    /// The same tensor, of which a gradient is wanted.
    package func watch(_ tensor: Tensor) -> Tensor { marked(tensor, nil) }

    fileprivate func marked(_ tensor: Tensor, _ pullback: Pullback?) -> Tensor {
        let index: Int? = entries.withLock { entries in
            guard !entries.isClosed else { return nil }
            entries.pullbacks.append(pullback)
            return entries.pullbacks.count - 1
        }
        var tensor = tensor
        tensor.mark = index.map { Mark(tape: self, index: $0) }
        return tensor
    }

    /// Gradients of a single number with respect to everything watched. The tape ends here: tensors made on it are plain ones afterwards.
    package func gradients(of result: Tensor) -> Gradients {
        demand(result.count == 1, "a gradient is of a single number, not of a tensor of shape \(result.shape)")
        var pullbacks: [Pullback?] = entries.withLock { entries in
            defer { entries = Entries(isClosed: true) }
            return entries.pullbacks
        }
        var gradients = Gradients(self, count: pullbacks.count)
        gradients.add(Tensor(repeating: 1, result.shape), to: result)
        for index in pullbacks.indices.reversed() {
            guard let pullback = pullbacks[index] else { continue }
            pullbacks[index] = nil  // and with it what was kept for the way back
            if let gradient = gradients.take(index) { pullback(gradient, &gradients) }
        }
        return gradients
    }
}

/// Gradients found so far, by place on the tape.
package struct Gradients {
    private let tape: Tape
    private var slots: [Tensor?]

    fileprivate init(_ tape: Tape, count: Int) {
        self.tape = tape
        slots = Array(repeating: nil, count: count)
    }

    /// Adds to a tensor's gradient, which isn't even computed where no one asks for it.
    mutating func add(_ gradient: @autoclosure () -> Tensor, to tensor: Tensor) {
        guard let mark = tensor.mark, mark.tape === tape else { return }
        let gradient = gradient()
        assert(gradient.shape == tensor.shape, "a gradient of shape \(gradient.shape) for a tensor of shape \(tensor.shape)")
        if let sum = slots[mark.index].take() {
            slots[mark.index] = sum.adding(gradient)
        } else {
            slots[mark.index] = gradient
        }
    }

    /// The same where `body` itself can add to what is there, as a product does: it gets the memory, and whether to add or to write.
    mutating func accumulate(to tensor: Tensor, _ body: (UnsafeMutablePointer<Float>, Bool) -> Void) {
        guard let mark = tensor.mark, mark.tape === tape else { return }
        guard var sum = slots[mark.index].take() else { return slots[mark.index] = Tensor(tensor.shape) { body($0, false) } }
        sum.withMutableFloats { out in out.baseAddress.map { body($0, true) } }
        slots[mark.index] = sum
    }

    /// Adds to the gradient of the part of an axis, in place.
    mutating func add(_ gradient: Tensor, to tensor: Tensor, along axis: Int, from start: Int) {
        guard let mark = tensor.mark, mark.tape === tape else { return }
        var sum = slots[mark.index].take() ?? Tensor.zeros(tensor.shape)
        sum.add(gradient, along: axis, from: start)
        slots[mark.index] = sum
    }

    fileprivate mutating func take(_ index: Int) -> Tensor? { slots[index].take() }

    /// The gradient of a watched tensor; zeros when the result doesn't depend on it.
    package func of(_ tensor: Tensor) -> Tensor {
        guard let mark = tensor.mark, mark.tape === tape else { fatalError("a tensor that this tape doesn't watch") }
        return slots[mark.index] ?? Tensor.zeros(tensor.shape)
    }

    /// Whether anyone asks for the gradient of a tensor.
    func wants(_ tensor: Tensor) -> Bool { tensor.mark?.tape === tape }
}

extension Tensor {
    /// Records how this result's gradient goes back to what it was made from.
    func derived(from x: Tensor, by pullback: @escaping Tape.Pullback) -> Tensor {
        guard let mark = x.mark else { return self }
        return mark.tape.marked(self, pullback)
    }

    func derived(from x: Tensor, _ y: Tensor, by pullback: @escaping Tape.Pullback) -> Tensor {
        guard let mark = x.mark ?? y.mark else { return self }
        return mark.tape.marked(self, pullback)
    }

    func derived(fromAny inputs: [Tensor], by pullback: @escaping Tape.Pullback) -> Tensor {
        for case let mark? in inputs.lazy.map(\.mark) { return mark.tape.marked(self, pullback) }
        return self
    }
}
