/// The members of an object that have no name of their own: what their keys may be, and their values.
enum OtherMembers {
    struct Kind {
        /// The rule of their keys, quotes included.
        var key: Int32
        var schema: Conjunction
    }

    static func kinds(_ shape: ObjectShape, besides names: [Name], _ compiler: inout SchemaCompiler) throws(GrammarError) -> [Kind] {
        let layers = shape.layers.map { compiler.layers[$0] }
        let patterns = Set(layers.flatMap { $0.patterns.map(\.automaton) }).sorted()
        if patterns.isEmpty, shape.names.isEmpty {
            let schema = Set(layers.flatMap(\.additional)).sorted()
            if compiler.isNever(schema) { return [] }
            return [Kind(key: try keyRule(besides: names, &compiler), schema: schema)]
        }
        var kinds: [Kind] = []
        for (automaton, matched) in try split(shape, patterns, names, &compiler) {
            var schema: Set<Int> = []
            for layer in layers {
                let own = layer.patterns.filter { matched.contains($0.automaton) }
                schema.formUnion(own.isEmpty ? layer.additional : own.flatMap(\.schema))
            }
            let sorted = schema.sorted()
            if compiler.isNever(sorted) { continue }
            kinds.append(Kind(key: try keyRule(automaton, &compiler), schema: sorted))
        }
        return kinds
    }

    /// Cuts the space of keys into parts in which the same patterns match.
    private static func split(
        _ shape: ObjectShape, _ patterns: [Int], _ names: [Name], _ compiler: inout SchemaCompiler
    ) throws(GrammarError) -> [(CharacterAutomaton, Set<Int>)] {
        let limits = compiler.limits
        var all = CharacterAutomaton.length(0, nil)
        if !names.isEmpty { all = try CharacterAutomaton(texts: names.map(\.text), limits: limits).inverted }
        if let rule = try keyAutomaton(shape.names, &compiler) { all = try all.combined(with: rule, limits: limits) { $0 && $1 } }
        var parts: [(CharacterAutomaton, Set<Int>)] = [(all, [])]
        for pattern in patterns {
            var next: [(CharacterAutomaton, Set<Int>)] = []
            for (part, matched) in parts {
                let inside = try part.combined(with: compiler.automata[pattern], limits: limits) { $0 && $1 }
                if !inside.isEmpty { next.append((inside, matched.union([pattern]))) }
                let outside = try part.combined(with: compiler.automata[pattern], limits: limits) { $0 && !$1 }
                if !outside.isEmpty { next.append((outside, matched)) }
            }
            parts = next
            if parts.count > 256 { throw GrammarError(.tooLarge, keyword: "patternProperties", "too many patterns of names overlap") }
        }
        return parts
    }

    /// What `propertyNames` admits; nil for everything.
    private static func keyAutomaton(_ names: Conjunction, _ compiler: inout SchemaCompiler) throws(GrammarError) -> CharacterAutomaton? {
        guard !names.isEmpty else { return nil }
        let shapes = try compiler.form(of: names).strings
        if shapes.contains(StringShape()) { return nil }
        var union = try CharacterAutomaton(texts: [], limits: compiler.limits)
        for shape in shapes {
            union = try union.combined(with: try compiler.automaton(of: shape), limits: compiler.limits) { $0 || $1 }
        }
        return union
    }

    /// Whether `propertyNames` admits a name.
    static func allows(_ name: Name, _ names: Conjunction, _ compiler: inout SchemaCompiler) throws(GrammarError) -> Bool {
        if names.isEmpty { return true }
        for shape in try compiler.form(of: names).strings where compiler.allowed([name], shape) == [name] {
            if shape.values?.contains(name) ?? true { return true }
        }
        return false
    }

    /// A rule that has read the opening quote of a key: the rule, where the key's characters begin, and where the rule ends.
    private static func openedKey(_ compiler: inout SchemaCompiler) throws(GrammarError) -> (rule: Int32, inside: Int32, end: Int32) {
        let rule = compiler.builder.reserveRule()
        let start = try compiler.builder.node()
        let end = try compiler.builder.node()
        compiler.builder.setStart(rule, start)
        compiler.builder.setAccepts(end)
        let inside = try compiler.builder.literal(start, [0x22])
        return (rule, inside, end)
    }

    private static func keyRule(_ automaton: CharacterAutomaton, _ compiler: inout SchemaCompiler) throws(GrammarError) -> Int32 {
        let (rule, inside, end) = try openedKey(&compiler)
        try CharacterWriter.write(automaton, from: inside, to: end, close: 0x22, isJSON: true, into: &compiler.builder)
        return rule
    }

    /// Any key but these.
    private static func keyRule(besides names: [Name], _ compiler: inout SchemaCompiler) throws(GrammarError) -> Int32 {
        if names.isEmpty { return try compiler.rule(for: StringShape()) }
        let isSimple = names.allSatisfy { name in name.text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C } }
        guard isSimple else {
            return try keyRule(try CharacterAutomaton(texts: names.map(\.text), limits: compiler.limits).inverted, &compiler)
        }
        let (rule, inside, end) = try openedKey(&compiler)
        var tree = try NameTree(try compiler.stringTail(), end, &compiler.builder)
        try tree.write(names, from: inside, &compiler.builder)
        return rule
    }
}

/// Keys that are none of some plain ASCII names: where they leave the tree of the names, anything may follow.
private struct NameTree {
    private let end: Int32
    private let free: Int32
    private var leads: [(UInt8, UInt8, Int32)] = []

    init(_ tail: Int32, _ end: Int32, _ builder: inout AutomatonBuilder) throws(GrammarError) {
        self.end = end
        free = try builder.node()
        builder.edge(free, .rule(tail), end)
        let one = try builder.node()
        let two = try builder.node()
        builder.edge(one, .bytes(0x80, 0xBF), free)
        builder.edge(two, .bytes(0x80, 0xBF), one)
        leads.append((0xC2, 0xDF, one))
        for (low, high, from, to, rest) in [
            (0xE0, 0xE0, 0xA0, 0xBF, one), (0xE1, 0xEC, 0x80, 0xBF, one), (0xED, 0xED, 0x80, 0x9F, one), (0xEE, 0xEF, 0x80, 0xBF, one),
            (0xF0, 0xF0, 0x90, 0xBF, two), (0xF1, 0xF3, 0x80, 0xBF, two), (0xF4, 0xF4, 0x80, 0x8F, two),
        ] as [(UInt8, UInt8, UInt8, UInt8, Int32)] {
            let second = try builder.node()
            builder.edge(second, .bytes(from, to), rest)
            leads.append((low, high, second))
        }
        let escaped = try builder.node()
        for letter in "\"\\bfnrt".utf8 { builder.byte(escaped, letter, free) }
        let control = try builder.literal(escaped, [0x75, 0x30, 0x30])
        let last = try builder.node()
        builder.edge(control, .bytes(0x30, 0x31), last)
        for (low, high) in [(0x30, 0x39), (0x41, 0x46), (0x61, 0x66)] as [(UInt8, UInt8)] { builder.edge(last, .bytes(low, high), free) }
        leads.append((0x5C, 0x5C, escaped))
    }

    mutating func write(_ names: [Name], from root: Int32, _ builder: inout AutomatonBuilder) throws(GrammarError) {
        var path: [(node: Int32, children: [UInt8], isName: Bool)] = [(root, [], false)]
        var last: [UInt8] = []
        for name in names.map({ Array($0.text.utf8) }).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let shared = zip(last, name).prefix { $0 == $1 }.count
            while path.count > shared + 1 { close(path.removeLast(), &builder) }
            for byte in name[shared...] {
                let next = try builder.node()
                builder.byte(path[path.count - 1].node, byte, next)
                path[path.count - 1].children.append(byte)
                path.append((next, [], false))
            }
            path[path.count - 1].isName = true
            last = name
        }
        while let open = path.popLast() { close(open, &builder) }
    }

    private func close(_ place: (node: Int32, children: [UInt8], isName: Bool), _ builder: inout AutomatonBuilder) {
        builder.setPlainDepth(place.node, Int(Automaton.endless))
        if !place.isName { builder.byte(place.node, 0x22, end) }
        for (low, high, target) in leads { builder.edge(place.node, .bytes(low, high), target) }
        var next: UInt8 = 0x20
        for taken in (place.children + [0x22, 0x5C]).sorted() {
            if taken > next { builder.edge(place.node, .bytes(next, taken - 1), free) }
            next = taken + 1
        }
        builder.edge(place.node, .bytes(next, 0x7F), free)
    }
}
