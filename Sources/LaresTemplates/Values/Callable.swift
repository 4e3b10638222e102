/// Something a template can call.
final class Callable {
    typealias Body = (Arguments, Render) throws -> Value

    enum Kind {
        /// A macro, with the scope it was written in.
        case macro(MacroDefinition, Scope)
        /// A function of the library or the host.
        case function(name: String, Body)
        /// A method taken from a value without being called yet.
        case method(Value, String)
    }

    let kind: Kind
    let depth: Int

    init(_ kind: Kind) {
        self.kind = kind
        if case .method(let receiver, _) = kind { depth = receiver.depth + 1 } else { depth = 0 }
    }

    func call(_ arguments: Arguments, _ render: Render) throws -> Value {
        switch kind {
        case .macro(let definition, let scope): try definition.call(arguments, in: scope, render)
        case .function(_, let body): try body(arguments, render)
        case .method(let receiver, let name): try callMethod(name, on: receiver, arguments, render)
        }
    }
}
