/// Writes one shape of objects: the named members in their order, each optional one may be left out, then any others.
///
/// A node is needed per named member and, where the number of members is bounded, per number of members so far.
struct ObjectWriter {
    private let shape: ObjectShape
    private let start: Int32
    private let end: Int32
    private var names: [(name: Name, schema: Conjunction, isRequired: Bool)] = []
    private var others: [OtherMembers.Kind] = []
    /// Counting stops here; what is more makes no difference.
    private var mostCounted = 0
    private var afterComma: [Int32] = []
    private var afterMember: [Int32] = []

    static func write(_ shape: ObjectShape, _ start: Int32, _ end: Int32, _ compiler: inout SchemaCompiler) throws(GrammarError) {
        var writer = ObjectWriter(shape: shape, start: start, end: end)
        guard try writer.collectNames(&compiler) else { return }
        writer.others = try OtherMembers.kinds(shape, besides: writer.names.map(\.name), &compiler)
        try writer.decideCounting()
        try writer.run(&compiler)
    }

    private init(shape: ObjectShape, start: Int32, end: Int32) {
        self.shape = shape
        self.start = start
        self.end = end
    }

    /// False if a required member can't be.
    private mutating func collectNames(_ compiler: inout SchemaCompiler) throws(GrammarError) -> Bool {
        var seen: Set<Name> = []
        let required = Set(shape.required)
        let declared = shape.layers.count == 1 ? compiler.layers[shape.layers[0]].names : shape.layers.flatMap { compiler.layers[$0].names }
        for name in declared + shape.required where seen.insert(name).inserted {
            var schema = compiler.member(name, of: shape)
            if try !OtherMembers.allows(name, shape.names, &compiler) { schema = [compiler.number(of: .never)] }
            names.append((name, schema, required.contains(name)))
        }
        return !names.contains { $0.isRequired && compiler.isNever($0.schema) }
    }

    private mutating func decideCounting() throws(GrammarError) {
        let required = names.filter(\.isRequired).count
        if shape.minimum > required + 1, !others.isEmpty {
            throw GrammarError(
                .unsupported, keyword: "minProperties",
                "'minProperties' of \(shape.minimum) can't be enforced where members may have any name; name the members or forbid others")
        }
        if let maximum = shape.maximum, maximum < names.count || !others.isEmpty {
            mostCounted = max(maximum, shape.minimum)
        } else if shape.minimum > required {
            mostCounted = shape.minimum
        }
        guard mostCounted <= 2_000 else {
            throw GrammarError(.tooLarge, keyword: "maxProperties", "more than 2,000 members can't be counted")
        }
    }

    private var width: Int { mostCounted + 1 }

    private func count(after count: Int) -> Int { min(count + 1, mostCounted) }

    private func mayEnd(_ count: Int) -> Bool { mostCounted == 0 || count >= shape.minimum }

    private func mayGoOn(_ count: Int) -> Bool { shape.maximum.map { mostCounted == 0 ? $0 > 0 : count < $0 } ?? true }

    private mutating func run(_ compiler: inout SchemaCompiler) throws(GrammarError) {
        let slots = (names.count + 1) * width
        for _ in 0..<slots {
            afterComma.append(try compiler.builder.node())
            afterMember.append(try compiler.builder.node())
        }
        let open = try compiler.builder.node()
        let close = try compiler.builder.node()
        compiler.builder.byte(start, 0x7B, open)
        compiler.builder.byte(close, 0x7D, end)
        if mayGoOn(0) { compiler.builder.edge(open, .nothing, afterComma[0]) }
        let firstRequired = names.lastIndex { $0.isRequired } ?? -1
        if firstRequired < 0, shape.minimum == 0 { compiler.builder.edge(open, .nothing, close) }
        for index in 0...names.count {
            for count in 0..<width { try writeSlot(index, count, index > firstRequired, close, &compiler) }
        }
        try writeOthers(close, &compiler)
    }

    private func writeSlot(
        _ index: Int, _ count: Int, _ nothingRequired: Bool, _ close: Int32, _ compiler: inout SchemaCompiler
    ) throws(GrammarError) {
        let slot = index * width + count
        if nothingRequired, mayEnd(count) { compiler.builder.edge(afterMember[slot], .nothing, close) }
        if mayGoOn(count), index < names.count || !others.isEmpty {
            compiler.builder.edge(try compiler.separator(afterMember[slot], 0x2C), .nothing, afterComma[slot])
        }
        guard index < names.count else { return }
        let (name, schema, isRequired) = names[index]
        if !isRequired { compiler.builder.edge(afterComma[slot], .nothing, afterComma[slot + width]) }
        guard !compiler.isNever(schema), mayGoOn(count) else { return }
        let key = try compiler.builder.literal(afterComma[slot], JSONString.quoted(name.text))
        try compiler.value(try compiler.separator(key, 0x3A), schema, afterMember[(index + 1) * width + self.count(after: count)])
    }

    /// Members without a name of their own, after all those with one. Names may come twice, so they count once for the minimum.
    private func writeOthers(_ close: Int32, _ compiler: inout SchemaCompiler) throws(GrammarError) {
        guard !others.isEmpty else { return }
        for isEnough in [false, true] {
            var after: [Int32] = []
            var before: [Int32] = []
            for _ in 0..<width {
                after.append(try compiler.builder.node())
                before.append(try compiler.builder.node())
            }
            for count in 0..<width {
                if isEnough { compiler.builder.edge(after[count], .nothing, close) }
                if mayGoOn(count) { compiler.builder.edge(try compiler.separator(after[count], 0x2C), .nothing, before[count]) }
                guard mayGoOn(count) else { continue }
                try writeOther(before[count], after[self.count(after: count)], &compiler)
                let first = afterComma[names.count * width + count]
                if mayEnd(self.count(after: count)) == isEnough { try writeOther(first, after[self.count(after: count)], &compiler) }
            }
        }
    }

    private func writeOther(_ from: Int32, _ to: Int32, _ compiler: inout SchemaCompiler) throws(GrammarError) {
        for kind in others {
            let colon = try compiler.builder.node()
            compiler.builder.edge(from, .rule(kind.key), colon)
            try compiler.value(try compiler.separator(colon, 0x3A), kind.schema, to)
        }
    }
}
