public import struct Foundation.Date
public import struct Foundation.TimeZone

/// A Jinja template: chat templates of models and value templates of devices.
///
///     let template = try Template("{% for m in messages %}[{{ m.role }}] {{ m.content | trim }}\n{% endfor %}")
///     let text = try template.render(["messages": [["role": "user", "content": "Hello"]]], now: .now)
///
/// It behaves as jinja2's `ImmutableSandboxedEnvironment` does for Hugging Face's chat templates: `trim_blocks` and `lstrip_blocks` on, no
/// HTML escaping, `tojson` that keeps every character, `break` and `continue`, `strftime_now` and `raise_exception`. Nothing but the given
/// values, the library and what the host adds through ``TemplateEnvironment`` can be reached.
///
/// What differs from jinja2 on purpose: whole numbers have 64 bits, and what would outgrow them is an error; what Python prints with an address
/// prints as a short name; Python's internals, `lipsum`, `cycler` and `joiner` are undefined; methods take their arguments by name too; a slice of
/// a `range` is a list; an unknown filter or test is an error only when it is reached; `extends`, `block`, `include`, `import` and `autoescape`
/// are refused, as a template stands alone.
///
/// A render is a pure function of the context, `now` and the host's functions, and writes from front to back: where a template gives each message the
/// same text whatever follows it, the text of a longer conversation starts with that of the shorter one, and a cache of prompts can rely on it.
public struct Template: Sendable {
    private let body: Block
    private let names: [String]
    private let environment: TemplateEnvironment
    private let limits: TemplateLimits

    /// Reads a template.
    ///
    /// - Throws: ``TemplateError`` with the line where the source is malformed, too long or nested too deeply.
    public init(_ source: String, environment: TemplateEnvironment = TemplateEnvironment(), limits: TemplateLimits = .default) throws {
        guard source.utf8.count <= limits.sourceBytes else {
            throw TemplateError.limit(
                "the template is longer than \(limits.sourceBytes) bytes", "shorten it, or raise TemplateLimits.sourceBytes")
        }
        var lexer = Lexer(source, trimsBlocks: environment.trimsBlocks)
        var parser = Parser(try lexer.tokens(), nesting: limits.nesting)
        body = try parser.template()
        names = parser.names
        self.environment = environment
        self.limits = limits
    }

    /// Renders the template.
    ///
    /// - Parameters:
    ///   - context: the values the template can name.
    ///   - now: the moment `strftime_now` formats.
    ///   - timeZone: the time zone it formats it in.
    /// - Throws: ``TemplateError``: the template's own `raise_exception` (code `.raised`), a use of something undefined or of the wrong
    ///   type, or a bound of the limits; whatever a host's function throws is passed on.
    public func render(_ context: [String: TemplateValue], now: Date, timeZone: TimeZone = .gmt) throws -> String {
        let root = Scope(inside: nil)
        let render = Render(scope: Scope(inside: root), environment: environment, limits: limits, now: now, timeZone: timeZone)
        defer { render.end() }
        do {
            for (number, name) in names.enumerated() {
                if let given = context[name] {
                    root.set(number, try Value(given, render))
                } else if let function = environment.function(named: name) {
                    root.set(number, .callable(function))
                }
            }
            _ = try body.execute(render)
            return render.written
        } catch var error as TemplateError {
            error.line = error.line ?? render.line
            throw error
        }
    }
}
