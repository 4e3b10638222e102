internal import LaresJSON
internal import LaresTemplates

/// Home Assistant's filters with regular expressions.
extension TemplateLibrary {
    static let patterns: [String: TemplateEnvironment.Function] = [
        "regex_match": { call in .bool(try !search(call, isAnchored: true, most: 1).found.isEmpty) },
        "regex_search": { call in .bool(try !search(call, most: 1).found.isEmpty) },
        "regex_findall": { call in .array(try matches(call)) },
        "regex_findall_index": { call in
            let all = try matches(call)
            guard case .int(let place) = argument(call, 2, "index") ?? .int(0), all.indices.contains(place) else {
                throw TemplateError(.invalidOperation, "regex_findall_index found no such match")
            }
            return all[place]
        },
        "regex_replace": { call in
            guard case .string(let replacement) = argument(call, 2, "replace") ?? .string("") else { throw failure("regex_replace", call) }
            let (text, found) = try search(call, ignoringCaseAt: 3)
            var (result, from) = (String.UnicodeScalarView(), 0)
            for match in found {
                guard let whole = match[0] else { continue }
                result.append(contentsOf: text[from..<whole.lowerBound])
                result.append(contentsOf: written(replacement, match, text))
                from = whole.upperBound
            }
            result.append(contentsOf: text[from...])
            return .string(String(result))
        },
    ]

    /// So the expressions of one render take no more than twice its steps together; the last may take what one may besides.
    private static let expressionStepsPerStep = 2

    private static func search(
        _ call: TemplateEnvironment.Call, isAnchored: Bool = false, most: Int = .max, ignoringCaseAt place: Int = 2
    ) throws -> (text: [Unicode.Scalar], found: [Pattern.Found]) {
        guard case .string(let source) = argument(call, 1, "find") ?? .string("") else { throw failure("a regular expression", call) }
        let ignoresCase = argument(call, place, "ignorecase").flatMap { Conversions.boolean(JSON($0)) } ?? false
        guard let pattern = Pattern(source, ignoresCase: ignoresCase) else {
            throw TemplateError(.invalidOperation, "the regular expression \"\(source.prefix(40))\" can't be read")
        }
        let text = Array(JSON(first(call)).pythonText.unicodeScalars)
        var steps = pattern.cost
        let found = try pattern.found(in: text, isAnchored: isAnchored, most: most, &steps)
        try call.spend(text.count / 32 + steps / expressionStepsPerStep)
        return (text, found)
    }

    /// What Python's `findall` lists: the whole, the only group, or all groups.
    private static func matches(_ call: TemplateEnvironment.Call) throws -> [TemplateValue] {
        let place = argument(call, 3, "ignorecase") == nil ? 2 : 3
        let (text, found) = try search(call, most: 1_000, ignoringCaseAt: place)
        func part(_ range: Range<Int>?) -> TemplateValue { .string(range.map { String(String.UnicodeScalarView(text[$0])) } ?? "") }
        return found.map { match in
            switch match.count {
            case 1: part(match[0])
            case 2: part(match[1])
            default: .array(match.dropFirst().map(part))
            }
        }
    }

    /// A replacement with its references, "\1" and "\g<1>", filled in.
    private static func written(_ replacement: String, _ match: Pattern.Found, _ text: [Unicode.Scalar]) -> String.UnicodeScalarView {
        let scalars = Array(replacement.unicodeScalars)
        var (result, at) = (String.UnicodeScalarView(), 0)
        while at < scalars.count {
            guard scalars[at] == "\\", at + 1 < scalars.count else {
                result.append(scalars[at])
                at += 1
                continue
            }
            let isNamed = scalars[at + 1] == "g" && at + 4 < scalars.count && scalars[at + 2] == "<" && scalars[at + 4] == ">"
            let mark = isNamed ? scalars[at + 3] : scalars[at + 1]
            at += isNamed ? 5 : 2
            if let number = Int(String(mark)), match.indices.contains(number) {
                if let range = match[number] { result.append(contentsOf: text[range]) }
            } else {
                result.append(contentsOf: mark == "n" ? ["\n"] : mark == "t" ? ["\t"] : [mark])
            }
        }
        return result
    }
}
