internal import Foundation
internal import LaresJSON
internal import LaresTemplates

/// What Home Assistant adds to Jinja and discovered templates use: filters and functions that work on values alone.
///
/// What asks for its other states (`states`, `area_name`) is undefined here, and a template that needs it fails.
enum TemplateLibrary {
    static let environment: TemplateEnvironment = {
        var environment = TemplateEnvironment()
        environment.filters = conversions.merging(arithmetic) { first, _ in first }.merging(texts) { first, _ in first }

        environment.functions = environment.filters.filter { functions.contains($0.key) }
        environment.functions["min"] = { call in try extreme(call) { $0 < $1 } }
        environment.functions["max"] = { call in try extreme(call) { $0 > $1 } }
        environment.tests = ["is_number": { .bool(Conversions.number(JSON(first($0))) != nil) }]
        environment.strictFilters = Set(environment.filters.keys).subtracting(["iif", "to_json"])
        environment.trimsBlocks = false
        return environment
    }()

    private static let functions: Set<String> = [
        "int", "float", "bool", "iif", "log", "sqrt", "sin", "cos", "tan", "is_number", "average", "ord",
    ]

    // MARK: Arguments

    static func first(_ call: TemplateEnvironment.Call) -> TemplateValue { call.positional.first ?? .null }

    /// The argument behind the value itself, by its place or its name.
    static func argument(_ call: TemplateEnvironment.Call, _ place: Int, _ name: String) -> TemplateValue? {
        call.positional.indices.contains(place) ? call.positional[place] : call.named[name]
    }

    static func failure(_ filter: String, _ call: TemplateEnvironment.Call) -> TemplateError {
        TemplateError(.invalidOperation, "\(filter) can't take \"\(JSON(first(call)).pythonText.prefix(40))\", and no default is given")
    }

    static func number(_ filter: String, _ call: TemplateEnvironment.Call) throws -> Double {
        guard let number = Conversions.number(JSON(first(call))) else { throw failure(filter, call) }
        return number
    }

    private static func extreme(_ call: TemplateEnvironment.Call, _ precedes: (Double, Double) -> Bool) throws -> TemplateValue {
        var values = call.positional
        if values.count == 1, case .array(let elements) = values[0] { values = elements }
        let numbers = try values.map { value in
            guard case .string = value else { return try Conversions.number(JSON(value)).orThrow("min and max compare numbers") }
            throw TemplateError(.invalidOperation, "min and max compare numbers, not texts: convert them with |float")
        }
        guard var best = values.indices.first else { throw TemplateError(.invalidOperation, "min and max need something to compare") }
        for place in values.indices where precedes(numbers[place], numbers[best]) { best = place }
        return values[best]
    }

    // MARK: Filters

    private static let conversions: [String: TemplateEnvironment.Function] = [
        "int": { call in
            if let base = argument(call, 2, "base"), case .string(let text) = first(call), case .int(let radix) = base,
                (2...36).contains(radix)
            {
                let digits = radix == 16 && text.lowercased().hasPrefix("0x") ? String(text.dropFirst(2)) : text
                if let whole = Int(digits.trimmed, radix: radix) { return .int(whole) }
            }
            if let whole = Conversions.whole(JSON(first(call))) { return .int(whole) }
            return try argument(call, 1, "default").orThrow(failure("int", call))
        },
        "float": { call in
            if let number = Conversions.number(JSON(first(call))) { return .double(number) }
            return try argument(call, 1, "default").orThrow(failure("float", call))
        },
        "bool": { call in
            if let flag = Conversions.boolean(JSON(first(call))) { return .bool(flag) }
            return try argument(call, 1, "default").orThrow(failure("bool", call))
        },
        "is_number": { .bool(Conversions.number(JSON(first($0))) != nil) },
        "is_defined": { first($0) },
        "from_json": { call in
            guard case .string(let text) = first(call) else { throw failure("from_json", call) }
            do { return TemplateValue(try JSON(parsing: Array(text.utf8), maximumDepth: Payload.deepestJSON)) } catch {
                throw failure("from_json", call)
            }
        },
        "to_json": { .string(JSON(first($0)).serialized) },
        "iif": { call in
            let value = first(call)
            if value == .null, let none = argument(call, 3, "if_none") { return none }
            return isTrue(value) ? argument(call, 1, "if_true") ?? .bool(true) : argument(call, 2, "if_false") ?? .bool(false)
        },
        "ord": { call in
            guard case .string(let text) = first(call), let scalar = text.unicodeScalars.first else { throw failure("ord", call) }
            return .int(Int(scalar.value))
        },
    ]

    private static func isTrue(_ value: TemplateValue) -> Bool {
        switch value {
        case .null: false
        case .bool(let flag): flag
        case .int(let whole): whole != 0
        case .double(let number): number != 0
        case .string(let text): !text.isEmpty
        case .array(let elements): !elements.isEmpty
        case .object(let object): object.count > 0
        }
    }

    private static let arithmetic: [String: TemplateEnvironment.Function] = [
        "round": round,
        "multiply": { call in
            guard let amount = argument(call, 1, "amount").flatMap({ Conversions.number(JSON($0)) }) else {
                throw failure("multiply", call)
            }
            guard let number = Conversions.number(JSON(first(call))) else {
                return try argument(call, 2, "default").orThrow(failure("multiply", call))
            }
            return .double(number * amount)
        },
        "add": { call in
            guard let amount = argument(call, 1, "amount").flatMap({ Conversions.number(JSON($0)) }) else { throw failure("add", call) }
            return .double(try number("add", call) + amount)
        },
        "log": { call in
            let base = argument(call, 1, "base").flatMap { Conversions.number(JSON($0)) }
            return .double(try log(number("log", call)) / (base.map { log($0) } ?? 1))
        },
        "sqrt": { .double(try number("sqrt", $0).squareRoot()) },
        "sin": { .double(sin(try number("sin", $0))) },
        "cos": { .double(cos(try number("cos", $0))) },
        "tan": { .double(tan(try number("tan", $0))) },
        "average": { call in
            guard case .array(let elements) = first(call), !elements.isEmpty else { throw failure("average", call) }
            let numbers = try elements.map { try Conversions.number(JSON($0)).orThrow(failure("average", call)) }
            return .double(numbers.reduce(0, +) / Double(numbers.count))
        },
        "bitwise_and": { try bits($0) { $0 & $1 } },
        "bitwise_or": { try bits($0) { $0 | $1 } },
        "bitwise_xor": { try bits($0) { $0 ^ $1 } },
    ]

    private static let round: TemplateEnvironment.Function = { call in
        guard let number = Conversions.number(JSON(first(call))) else {
            return try argument(call, 3, "default").orThrow(failure("round", call))
        }
        var places = 0
        if case .int(let given)? = argument(call, 1, "precision") { places = min(max(given, -12), 12) }
        var method = "common"
        if case .string(let given)? = argument(call, 2, "method") { method = given }
        let unit = pow(10, Double(places))
        let rounded =
            switch method {
            case "ceil": (number * unit).rounded(.up) / unit
            case "floor": (number * unit).rounded(.down) / unit
            case "half": (number * 2).rounded(.toNearestOrEven) / 2
            default: places < 0 ? (number * unit).rounded(.toNearestOrEven) / unit : Conversions.rounded(number, places: places)
            }
        return places == 0 ? Int(exactly: rounded.rounded(.towardZero)).map { .int($0) } ?? .double(rounded) : .double(rounded)
    }

    private static func bits(_ call: TemplateEnvironment.Call, _ body: (Int, Int) -> Int) throws -> TemplateValue {
        guard case .int(let a) = first(call), case .int(let b)? = argument(call, 1, "second_value") else { throw failure("bitwise", call) }
        return .int(body(a, b))
    }

    private static let texts: [String: TemplateEnvironment.Function] = [
        "slugify": { call in .string(Slug.of(JSON(first(call)).pythonText, limit: 200) ?? "unknown") },
        "contains": { call in
            guard case .array(let elements) = first(call), let wanted = argument(call, 1, "value") else {
                guard case .string(let text) = first(call), case .string(let part)? = argument(call, 1, "value") else {
                    throw failure("contains", call)
                }
                return .bool(text.contains(part))
            }
            return .bool(elements.contains(wanted))
        },
        "base64_decode": { call in
            guard case .string(let text) = first(call), let data = Data(base64Encoded: text) else { throw failure("base64_decode", call) }
            return .string(String(decoding: data, as: UTF8.self))
        },
        "base64_encode": { .string(Data(JSON(first($0)).pythonText.utf8).base64EncodedString()) },
    ]
}

extension Optional {
    /// The value, or an error of a template.
    func orThrow(_ error: @autoclosure () -> TemplateError) throws -> Wrapped {
        guard let self else { throw error() }
        return self
    }

    fileprivate func orThrow(_ message: String) throws -> Wrapped { try orThrow(TemplateError(.invalidOperation, message)) }
}
