/// Python's `pattern % values`.
struct PercentFormat {
    private var rest: ArraySlice<Unicode.Scalar>
    private var positional: ArraySlice<Value>
    private let values: Value
    private let render: Render
    private var usesNames = false

    init(_ pattern: String, _ values: Value, _ render: Render) throws {
        try render.spend(pattern.utf8.count / 4)
        rest = Array(pattern.unicodeScalars)[...]
        self.values = values
        self.render = render
        if case .list(let list) = values, list.kind.isOrdered, list.kind != .list {
            positional = list.elements[...]
        } else {
            positional = [values]
        }
    }

    func text() throws -> String {
        var copy = self
        return try copy.read()
    }

    private mutating func read() throws -> String {
        var builder = TextBuilder(render)
        while let percent = rest.firstIndex(of: "%") {
            try builder.append(String(String.UnicodeScalarView(rest[..<percent])))
            rest = rest[(percent + 1)...]
            try builder.append(try field())
        }
        try builder.append(String(String.UnicodeScalarView(rest)))
        var isMapping = false
        if case .mapping = values { isMapping = true }
        guard positional.isEmpty || usesNames || isMapping else {
            throw TemplateError.invalid("'%' was given more values than its pattern has places for")
        }
        return builder.text
    }

    private mutating func field() throws -> String {
        var named: Value?
        if rest.first == "(" { named = try namedValue() }
        var format = NumberFormat()
        try readFlags(&format)
        if rest.first == "*" {
            rest.removeFirst()
            let width = try Optional(takeValue()).integer("'%*'", or: 0)
            if width < 0 { (format.alignment, format.fill) = ("<", " ") }
            format.width = Int(clamping: width.magnitude)
        } else {
            format.width = try NumberFormat.number(&rest) ?? 0
        }
        try render.checkText(bytes: format.width)
        if rest.first == "." {
            rest.removeFirst()
            format.precision = try NumberFormat.number(&rest) ?? 0
        }
        guard let type = rest.popFirst() else { throw TemplateError.invalid("the pattern ends in the middle of a '%' place") }
        if type == "%" { return "%" }
        format.type = type
        return try text(of: try named ?? takeValue(), format)
    }

    private mutating func readFlags(_ format: inout NumberFormat) throws {
        while let flag = rest.first, "-+ #0".unicodeScalars.contains(flag) {
            rest.removeFirst()
            switch flag {
            case "-": (format.alignment, format.fill) = ("<", " ")
            case "+": format.sign = "+"
            case " ": format.sign = format.sign.isEmpty ? " " : format.sign
            case "0": if format.alignment == nil { (format.alignment, format.fill) = ("=", "0") }
            default: format.showsRadix = true
            }
        }
    }

    private mutating func namedValue() throws -> Value {
        guard let end = rest.firstIndex(of: ")"), case .mapping(let mapping) = values else {
            throw TemplateError.invalid("'%(name)' needs a mapping and a closing parenthesis")
        }
        let name = String(String.UnicodeScalarView(rest[(rest.startIndex + 1)..<end]))
        rest = rest[(end + 1)...]
        usesNames = true
        guard let value = mapping[name] else { throw TemplateError.invalid("'%(\(name))' names nothing in the mapping") }
        return value
    }

    private mutating func takeValue() throws -> Value {
        guard let value = positional.popFirst() else {
            throw TemplateError.invalid("'%' was given fewer values than its pattern has places for")
        }
        return value
    }

    private func text(of value: Value, _ format: NumberFormat) throws -> String {
        var format = format
        switch format.type {
        case "s", "r", "a":
            if format.alignment == "=" { (format.alignment, format.fill) = (nil, " ") }
            let text = format.type == "s" ? try LaresTemplates.text(of: value, render) : try representation(of: value, render)
            return try format.text(of: text, render, rightByDefault: true)
        case "d", "i", "u":
            if case .double(let number) = value { return try format.text(of: try wholePart(of: number)) }
            return try format.text(of: try Optional(value).integer("'%d'", or: 0))
        case "x", "X", "o": return try format.text(of: try Optional(value).integer("'%x'", or: 0))
        case "e", "E", "f", "F", "g", "G":
            guard let number = value.number else {
                throw TemplateError.invalid("'%\(format.type)' needs a number, not a \(value.typeName)")
            }
            return try format.text(of: number)
        case "c":
            let code = value.integer.flatMap { UInt32(exactly: $0) }.flatMap(Unicode.Scalar.init).map(String.init)
            guard let character = code ?? value.text, character.unicodeScalars.count == 1 else {
                throw TemplateError.invalid("'%c' needs one character")
            }
            format.precision = nil
            return try format.text(of: character, render, rightByDefault: true)
        default: throw TemplateError.invalid("'%\(format.type)' is not a format Python knows")
        }
    }
}

/// The whole part of a float.
func wholePart(of number: Double) throws -> Int {
    guard number.isFinite else { throw TemplateError.invalid("\(pythonText(of: number)) has no whole part") }
    guard let whole = Int(exactly: number.rounded(.towardZero)) else { throw Arithmetic.tooLarge }
    return whole
}
