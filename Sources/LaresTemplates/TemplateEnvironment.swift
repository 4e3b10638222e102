/// What a host adds to the language: functions, filters and tests of its own.
///
///     var environment = TemplateEnvironment()
///     environment.functions["states"] = { call in .string(try home.state(of: call.positional[0])) }
///     environment.filters["celsius"] = { call in … }     // positional[0] is the value before the bar
///
/// A name of the host wins over the library's; a value of the context wins over a function.
public struct TemplateEnvironment: Sendable {
    /// The values one call of a host's function, filter or test is given.
    public struct Call {
        /// The values without a name; for a filter or a test, the value it is applied to comes first.
        public var positional: [TemplateValue]
        /// The values with a name.
        public var named: [String: TemplateValue]
        let render: Render

        /// Pays for work of its own out of the steps of the render.
        ///
        /// - Throws: ``TemplateError`` with `.limit` when they are spent.
        public func spend(_ steps: Int) throws { try render.spend(steps) }
    }

    /// A function of the host. It may throw ``TemplateError`` or an error of its own.
    public typealias Function = @Sendable (Call) throws -> TemplateValue

    /// Functions by name: `{{ name(…) }}`.
    public var functions: [String: Function] = [:]
    /// Filters by name: `{{ value | name(…) }}`.
    public var filters: [String: Function] = [:]
    /// Tests by name: `{{ value is name(…) }}`; the answer's truth is taken.
    public var tests: [String: Function] = [:]
    /// Filters of the host that refuse an undefined value, as Python's conversions do; others are given `null` for it.
    public var strictFilters: Set<String> = []
    /// Whether the newline behind a block goes, and the blank space before one that begins its line, as chat templates of models ask; Home Assistant's
    /// templates keep both.
    public var trimsBlocks = true

    /// Creates an environment that adds nothing.
    public init() {}
}

extension TemplateEnvironment {
    func function(named name: String) -> Callable? {
        if let function = functions[name] { return Callable(.function(name: name) { try Self.call(function, $0, $1) }) }
        if let function = Globals.all[name] { return Callable(.function(name: name, function)) }
        return nil
    }

    func filter(named name: String) -> Filters.Body? {
        if let function = filters[name] {
            let isStrict = strictFilters.contains(name)
            return { value, arguments, render in
                if isStrict, case .undefined(let missing) = value { throw TemplateError.undefined(missing) }
                return try Self.apply(function, to: value, arguments, render)
            }
        }
        return Filters.all[name]
    }

    func test(named name: String) -> Tests.Body? {
        if let function = tests[name] { return { try Self.apply(function, to: $0, $1, $2).isTrue } }
        return Tests.all[name]
    }

    private static func apply(_ function: Function, to value: Value, _ arguments: Arguments, _ render: Render) throws -> Value {
        var all = arguments
        all.positional.insert(value, at: 0)
        return try call(function, all, render)
    }

    private static func call(_ function: Function, _ arguments: Arguments, _ render: Render) throws -> Value {
        var call = Call(positional: [], named: [:], render: render)
        for value in arguments.positional { call.positional.append(try TemplateValue(value, render)) }
        for (name, value) in arguments.named { call.named[name] = try TemplateValue(value, render) }
        return try Value(function(call), render)
    }
}
