/// What `loop` is inside a `for`.
final class LoopState {
    let items: [Value]
    /// How many loops of the same recursive `for` are around this one.
    let level: Int
    let depth: Int
    var index = 0
    private var remembered: [Value]?
    private let again: ((Value) throws -> Value)?

    init(_ items: [Value], level: Int, again: ((Value) throws -> Value)?, _ render: Render) throws {
        self.items = items
        self.level = level
        self.again = again
        depth = try render.depth(ofContainerWith: items)
    }

    /// The properties of `loop`, or nil for a name it doesn't have.
    subscript(_ name: String) -> Value? {
        switch name {
        case "index": .int(index + 1)
        case "index0": .int(index)
        case "revindex": .int(items.count - index)
        case "revindex0": .int(items.count - index - 1)
        case "first": .bool(index == 0)
        case "last": .bool(index == items.count - 1)
        case "length": .int(items.count)
        case "depth": .int(level + 1)
        case "depth0": .int(level)
        case "previtem": index > 0 ? items[index - 1] : .undefined("loop.previtem")
        case "nextitem": index + 1 < items.count ? items[index + 1] : .undefined("loop.nextitem")
        default: nil
        }
    }

    /// Calls `loop.cycle(…)` or `loop.changed(…)`.
    func call(_ name: String, _ arguments: Arguments, _ render: Render) throws -> Value? {
        switch name {
        case "cycle":
            guard !arguments.positional.isEmpty else { throw TemplateError.invalid("loop.cycle needs at least one value") }
            return arguments.positional[index % arguments.positional.count]
        case "changed":
            let same = try remembered.map { try equal($0, arguments.positional, render) } ?? false
            remembered = arguments.positional
            return .bool(!same)
        default: return nil
        }
    }

    /// Runs the loop's body over other items: `loop(children)` in a `recursive` loop.
    func recurse(_ arguments: Arguments) throws -> Value {
        guard let again else { throw TemplateError.invalid("only a loop marked 'recursive' can call loop(…)") }
        guard arguments.positional.count == 1, arguments.named.isEmpty else {
            throw TemplateError.invalid("loop(…) takes one value to walk")
        }
        return try again(arguments.positional[0])
    }
}
