public import LaresJSON

extension JSON {
    /// The value as YAML, one member or element a line, short lists of plain values on one; ``init(parsingYAML:maximumDepth:)`` reads it back as
    /// the same value. Texts that some reader of YAML 1.1 would take for something else are quoted: "on", "07:30".
    ///
    /// Numbers that JSON has no word for (NaN, infinities) become null.
    public var yaml: String {
        var lines = YAMLLines()
        lines.write(self, indent: 0)
        return lines.text
    }
}

private struct YAMLLines {
    var text = ""
    /// Where the line has begun already: behind "- " or "key: ".
    private var isInLine = false

    /// Longer keys must be marked by "? " (YAML 1.2.2, section 7.4.2: an implicit key has at most 1,024 characters).
    private static let longestKey = 1_000
    private static let longestLine = 70

    private mutating func begin(_ indent: Int) {
        if !isInLine { text += String(repeating: " ", count: indent) }
        isInLine = false
    }

    mutating func write(_ value: JSON, indent: Int) {
        if let line = Self.line(of: value) {
            begin(indent)
            text += line + "\n"
            return
        }
        switch value {
        case .array(let elements):
            for element in elements {
                begin(indent)
                text += "- "
                isInLine = true
                write(element, indent: indent + 2)
            }
        case .object(let members): for (key, value) in members { write(value, named: key, indent) }
        default: break
        }
    }

    private mutating func write(_ value: JSON, named key: String, _ indent: Int) {
        let name = Self.word(key)
        begin(indent)
        if name.utf8.count > Self.longestKey {
            text += "? " + name + "\n"
            begin(indent)
            text += ": "
            isInLine = true
            write(value, indent: indent + 2)
        } else if let line = Self.line(of: value) {
            text += name + ": " + line + "\n"
        } else {
            text += name + ":\n"
            write(value, indent: indent + 2)
        }
    }

    /// What fits on one line: a plain value, an empty list or mapping, a short list of plain values; nil for anything else.
    private static func line(of value: JSON) -> String? {
        switch value {
        case .null: return "null"
        case .bool, .int: return value.serialized
        case .double(let number): return number.isFinite ? value.serialized : "null"
        case .string(let text): return word(text)
        case .array(let elements):
            var words: [String] = []
            for element in elements {
                if case .array = element { return nil }
                if case .object = element { return nil }
                guard let word = line(of: element) else { return nil }
                words.append(word)
            }
            let line = "[" + words.joined(separator: ", ") + "]"
            return line.utf8.count <= longestLine || elements.isEmpty ? line : nil
        case .object(let members): return members.count == 0 ? "{}" : nil
        }
    }

    /// A text, plain where nothing can take it for something else.
    private static func word(_ text: String) -> String { isPlain(text) ? text : quoted(text) }

    /// Letters first, then what has no meaning in YAML; or a length of time, "1h30m".
    private static func isPlain(_ text: String) -> Bool {
        if text.utf8.allSatisfy("0123456789.smhd".utf8.contains), let last = text.utf8.last, "smhd".utf8.contains(last) { return true }
        guard let first = text.unicodeScalars.first, isLetter(first), text.utf8.last != UInt8(ascii: " "), text.utf8.count <= 200 else {
            return false
        }
        return text.unicodeScalars.allSatisfy { isLetter($0) || "0123456789 .-+/%'°".unicodeScalars.contains($0) }
            && !taken.contains(text.lowercased())
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isAlphabetic || scalar == "_" }

    /// What readers of YAML 1.1 or 1.2 take for something else than a text.
    private static let taken: Set<String> = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\" + String(scalar)
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case _ where isShown(scalar): quoted.unicodeScalars.append(scalar)
            default:
                let digits = String(scalar.value, radix: 16)
                quoted += (scalar.value < 0x1_0000 ? "\\u" : "\\U")
                quoted += String(repeating: "0", count: (scalar.value < 0x1_0000 ? 4 : 8) - digits.count) + digits
            }
        }
        return quoted + "\""
    }

    /// What stands in a text as it is; breaks of lines of any kind, marks of byte order and what can't be printed don't.
    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .format: false
        default: true
        }
    }
}
