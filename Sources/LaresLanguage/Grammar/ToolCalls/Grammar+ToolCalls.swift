/// A tool an answer may call.
public struct CallableTool: Sendable {
    /// Its name: 1 to 64 of `A-Z a-z 0-9 _ -`.
    public let name: String
    /// What its arguments may be.
    public let arguments: Grammar

    /// A tool and what its arguments may be.
    public init(name: String, arguments: Grammar) {
        self.name = name
        self.arguments = arguments
    }
}

/// What an answer may be beside calls of tools.
public enum ContentBesideCalls: Sendable {
    /// Nothing: it calls a tool from its first character.
    case none
    /// Any text, before the calls or instead of them; where the opening mark comes, a call follows.
    case text
    /// What another grammar admits, instead of calls.
    case grammar(Grammar)
}

extension Grammar {
    /// Calls of tools in the format of ``ToolCallFormat``: one, or with `isParallel` any number of them.
    ///
    /// - Throws: ``GrammarError`` for no tools, a name that isn't one, or more than the limits allow altogether.
    public init(
        tools: [CallableTool], beside content: ContentBesideCalls, isParallel: Bool, limits: GrammarLimits = GrammarLimits()
    ) throws(GrammarError) {
        guard !tools.isEmpty else { throw GrammarError(.unsatisfiable, "there is no tool to call") }
        var writer = try ToolCallWriter(limits)
        try writer.calls(tools, isParallel: isParallel)
        switch content {
        case .none: writer.callsOnly()
        case .text: try writer.text()
        case .grammar(let grammar): try writer.instead(grammar)
        }
        self.init(try writer.finish(), limits)
    }
}

private struct ToolCallWriter {
    private var builder: AutomatonBuilder
    private let start: Int32
    private let call: Int32
    private let afterMark: Int32
    private let end: Int32

    init(_ limits: GrammarLimits) throws(GrammarError) {
        builder = AutomatonBuilder(limits: limits)
        let rule = builder.reserveRule()
        start = try builder.node()
        call = try builder.node()
        afterMark = try builder.node()
        end = try builder.node()
        builder.setStart(rule, start)
        builder.setRoot(rule)
        builder.setAccepts(end)
    }

    consuming func finish() throws(GrammarError) -> Automaton { try builder.finish() }

    mutating func callsOnly() { builder.edge(start, .nothing, call) }

    mutating func instead(_ grammar: Grammar) throws(GrammarError) {
        callsOnly()
        builder.edge(start, .rule(try builder.graft(grammar.automaton)), end)
    }

    mutating func calls(_ tools: [CallableTool], isParallel: Bool) throws(GrammarError) {
        builder.edge(try builder.literal(call, ToolCallFormat.opening.utf8), .nothing, afterMark)
        let name = try builder.literal(afterMark, ToolCallFormat.beforeName.utf8)
        let closing = try builder.node()
        for tool in tools {
            try Self.check(tool.name)
            let arguments = try builder.literal(name, (tool.name + ToolCallFormat.beforeArguments).utf8)
            builder.edge(arguments, .rule(try builder.graft(tool.arguments.automaton)), closing)
        }
        let closed = try builder.literal(closing, ToolCallFormat.afterArguments.utf8)
        builder.edge(closed, .nothing, end)
        if isParallel { builder.edge(try builder.literal(closed, ToolCallFormat.between.utf8), .nothing, call) }
    }

    /// Any bytes, counting how much of the opening mark has come. The mark's first character is nowhere else in it, so that whatever
    /// breaks it off begins it anew or not at all.
    mutating func text() throws(GrammarError) {
        let mark = Array(ToolCallFormat.opening.utf8)
        precondition(!mark.dropFirst().contains(mark[0]))
        var places = [start]
        for _ in mark.dropFirst() { places.append(try builder.node()) }
        for (count, place) in places.enumerated() {
            builder.setAccepts(place)
            builder.setPlainDepth(place, mark.count - 1 - count)
            builder.byte(place, mark[count], count + 1 < mark.count ? places[count + 1] : afterMark)
            if count > 0 { builder.byte(place, mark[0], places[1]) }
            for (low, high) in Self.gaps(besides: count > 0 ? [mark[0], mark[count]] : [mark[0]]) {
                builder.edge(place, .bytes(low, high), start)
            }
        }
    }

    /// All bytes but these, as ranges.
    private static func gaps(besides bytes: [UInt8]) -> [(UInt8, UInt8)] {
        var gaps: [(UInt8, UInt8)] = []
        var next = 0
        for byte in bytes.sorted() {
            if Int(byte) > next { gaps.append((UInt8(next), byte - 1)) }
            next = Int(byte) + 1
        }
        if next < 256 { gaps.append((UInt8(next), 255)) }
        return gaps
    }

    private static func check(_ name: String) throws(GrammarError) {
        let isFine =
            (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: true
                default: false
                }
            }
        if !isFine { throw GrammarError(.badSyntax, "'\(name.prefix(80))' is no name of a tool: letters, digits, '_' and '-', at most 64") }
    }
}
