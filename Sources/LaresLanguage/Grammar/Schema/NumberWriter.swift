// Numbers into rules.
extension SchemaCompiler {
    mutating func rule(for shape: NumberShape) throws(GrammarError) -> Int32 {
        if let known = numberRules[shape] { return known }
        let rule = builder.reserveRule()
        let start = try builder.node()
        let end = try builder.node()
        builder.setStart(rule, start)
        builder.setAccepts(end)
        numberRules[shape] = rule
        if let values = shape.values {
            let texts = values.filter { NumberText.isMultiple($0, of: shape.multiples) && shape.contains($0) }.compactMap(\.text)
            if texts.count < values.count, values.contains(where: { $0.text == nil }) {
                throw GrammarError(.unsupported, keyword: "enum", "a number of 'enum' or 'const' has too many digits to be written out")
            }
            try builder.choices(from: start, texts.map { Array($0.utf8) }, to: end)
        } else if let sign = NumberText.freeSign(shape) {
            try NumberText.writeFree(start, end, isInteger: shape.isInteger, hasSign: sign, &builder)
        } else {
            try writeBounded(shape, start, end)
        }
        return rule
    }

    /// Numbers from zero up, and those below zero behind a sign.
    private mutating func writeBounded(_ shape: NumberShape, _ start: Int32, _ end: Int32) throws(GrammarError) {
        var positive = shape
        positive.raise(.zero, false)
        try write(positive, start, end)
        var negative = shape
        (negative.low, negative.high) = (shape.high?.negated, shape.low?.negated)
        (negative.lowIsExcluded, negative.highIsExcluded) = (shape.highIsExcluded, shape.lowIsExcluded)
        negative.raise(.zero, true)
        try write(negative, try builder.literal(start, [0x2D]), end)
    }

    private mutating func write(_ shape: NumberShape, _ start: Int32, _ end: Int32) throws(GrammarError) {
        if let low = shape.low, let high = shape.high, high < low { return }
        let machine = try NumberMachine(shape)
        var nodes: [NumberMachine.State: Int32] = [machine.start: start]
        var work = [machine.start]
        while let state = work.popLast() {
            guard let from = nodes[state] else { continue }
            if machine.accepts(state) { builder.edge(from, .nothing, end) }
            for byte in machine.alphabet {
                guard let next = machine.step(state, byte) else { continue }
                let target: Int32
                if let known = nodes[next] {
                    target = known
                } else {
                    target = try builder.node()
                    nodes[next] = target
                    work.append(next)
                }
                builder.byte(from, byte, target)
            }
        }
    }
}

/// Numbers without bounds.
enum NumberText {
    static let mostDigits = 20

    /// Whether a sign may come, for numbers that need no machine; nil for those that do.
    static func freeSign(_ shape: NumberShape) -> Bool? {
        guard shape.high == nil, shape.multiples.isEmpty else { return nil }
        guard let low = shape.low else { return true }
        return low.isZero && !shape.lowIsExcluded ? false : nil
    }

    /// At most 20 digits before and 20 behind the point and an exponent below 280, so that a number ends and is finite as a double.
    static func writeFree(_ start: Int32, _ end: Int32, isInteger: Bool, hasSign: Bool, _ builder: inout AutomatonBuilder)
        throws(GrammarError)
    {
        if hasSign {
            let sign = try builder.literal(start, [0x2D])
            try writeMagnitude(sign, end, isInteger, &builder)
        }
        try writeMagnitude(start, end, isInteger, &builder)
    }

    private static func writeMagnitude(_ start: Int32, _ end: Int32, _ isInteger: Bool, _ builder: inout AutomatonBuilder)
        throws(GrammarError)
    {
        let first = try builder.node()
        let zero = try builder.node()
        builder.byte(start, 0x30, zero)
        builder.edge(start, .bytes(0x31, 0x39), first)
        builder.edge(zero, .nothing, end)
        let whole = try digits(from: first, end, isInteger ? 19 : mostDigits - 1, &builder)
        builder.edge(first, .nothing, end)
        if isInteger { return }
        let point = try builder.node()
        let short = try builder.node()
        for node in whole + [first, zero] { builder.byte(node, 0x2E, point) }
        builder.edge(point, .bytes(0x30, 0x39), short)
        builder.edge(short, .nothing, end)
        let fraction = try digits(from: short, end, mostDigits - 1, &builder)
        let exponent = try builder.node()
        for node in whole + fraction + [first, zero, short] {
            for letter in [0x45, 0x65] as [UInt8] { builder.byte(node, letter, exponent) }
        }
        try writeExponent(exponent, end, &builder)
    }

    private static func digits(from: Int32, _ end: Int32, _ count: Int, _ builder: inout AutomatonBuilder) throws(GrammarError) -> [Int32] {
        var nodes: [Int32] = []
        for _ in 0..<count {
            let next = try builder.node()
            builder.edge(nodes.last ?? from, .bytes(0x30, 0x39), next)
            builder.edge(next, .nothing, end)
            nodes.append(next)
        }
        return nodes
    }

    private static func writeExponent(_ from: Int32, _ end: Int32, _ builder: inout AutomatonBuilder) throws(GrammarError) {
        let sign = try builder.node()
        let one = try builder.node()
        let two = try builder.node()
        for letter in [0x2B, 0x2D] as [UInt8] { builder.byte(from, letter, sign) }
        builder.edge(from, .nothing, sign)
        builder.edge(sign, .bytes(0x30, 0x39), one)
        builder.edge(one, .bytes(0x30, 0x39), two)
        builder.edge(one, .nothing, end)
        builder.edge(two, .nothing, end)
        let (hundred, twoHundred, tens) = (try builder.node(), try builder.node(), try builder.node())
        builder.byte(sign, 0x31, hundred)
        builder.byte(sign, 0x32, twoHundred)
        builder.edge(hundred, .bytes(0x30, 0x39), tens)
        builder.edge(twoHundred, .bytes(0x30, 0x37), tens)
        builder.edge(tens, .bytes(0x30, 0x39), end)
    }

    /// Whether a value is a multiple of all of these; false where that can't be told.
    static func isMultiple(_ value: Decimal, of multiples: [Decimal]) -> Bool {
        multiples.allSatisfy { multiple in
            let places = max(value.fractionDigits.count, multiple.fractionDigits.count)
            guard let scaled = scale(value, places), let unit = scale(multiple, places), unit != 0 else { return false }
            return scaled % unit == 0
        }
    }

    private static func scale(_ value: Decimal, _ places: Int) -> Int? {
        guard value.exponent + places <= 18, places <= 18 else { return nil }
        let digits = value.wholeDigits + value.fractionDigits + Array(repeating: 0, count: places - value.fractionDigits.count)
        return digits.reduce(0) { $0 * 10 + Int($1) }
    }
}
