import struct Foundation.Date
import struct Foundation.TimeZone

/// One run of a template: what has been written, what may still be spent, and the names in reach.
final class Render {
    let limits: TemplateLimits
    let environment: TemplateEnvironment
    let now: Date
    let timeZone: TimeZone
    var scope: Scope
    var line = 0
    private var stepsLeft: Int
    private var depthLeft: Int
    private var output: [UInt8] = []
    private var namespaces: [Namespace] = []
    private var captured: [Scope] = []

    init(scope: Scope, environment: TemplateEnvironment, limits: TemplateLimits, now: Date, timeZone: TimeZone) {
        self.scope = scope
        self.environment = environment
        self.limits = limits
        self.now = now
        self.timeZone = timeZone
        stepsLeft = limits.steps
        depthLeft = limits.depth
    }

    // MARK: What may be spent

    /// Pays for work about to be done.
    func spend(_ steps: Int) throws {
        guard steps <= stepsLeft else {
            throw TemplateError.limit(
                "the template takes more than \(limits.steps) steps", "shorten its loops, or raise TemplateLimits.steps")
        }
        // Never a refund, whatever a size was computed from.
        stepsLeft -= max(0, steps)
    }

    /// Goes one level deeper; every call is paired with ``leave()``.
    func enter() throws {
        depthLeft -= 1
        guard depthLeft >= 0 else {
            depthLeft += 1
            throw TemplateError.limit(
                "the template goes deeper than \(limits.depth) levels", "end the recursion of its macros, or raise TemplateLimits.depth")
        }
        try spend(1)
    }

    func leave() { depthLeft += 1 }

    /// The levels still free, for walks over nested values.
    var freeDepth: Int { depthLeft }

    /// Pays for a list or mapping and says how deep it is.
    func depth(ofContainerWith elements: [Value]) throws -> Int {
        try checkElements(elements.count)
        try spend(elements.count + 1)
        var deepest = 0
        for element in elements where element.depth > deepest { deepest = element.depth }
        guard deepest < TemplateLimits.valueDepth else {
            throw TemplateError.limit("lists and mappings are nested deeper than \(TemplateLimits.valueDepth) levels", "flatten them")
        }
        return deepest + 1
    }

    func checkElements(_ count: Int) throws {
        guard count <= limits.elements else {
            throw TemplateError.limit(
                "a list of \(count) elements is longer than \(limits.elements)", "use fewer, or raise TemplateLimits.elements")
        }
    }

    /// Pays for a text of so many bytes before it is made.
    func checkText(bytes: Int) throws {
        guard bytes <= limits.stringBytes else {
            throw TemplateError.limit(
                "a text of \(bytes) bytes is longer than \(limits.stringBytes)", "make it shorter, or raise TemplateLimits.stringBytes")
        }
        try spend(bytes / 32 + 1)
    }

    // MARK: What is written

    /// Writes text to the output.
    func write(_ text: String) throws {
        let bytes = text.utf8.count
        try spend(bytes / 32 + 1)
        guard output.count + bytes <= limits.outputBytes else {
            throw TemplateError.limit(
                "the rendered text is longer than \(limits.outputBytes) bytes", "make it shorter, or raise TemplateLimits.outputBytes")
        }
        output.append(contentsOf: text.utf8)
    }

    /// What a piece of the template writes, instead of writing it.
    func capture(_ body: () throws -> Void) throws -> String {
        let outer = output
        output = []
        defer { output = outer }
        try body()
        try checkText(bytes: output.count)
        return String(decoding: output, as: UTF8.self)
    }

    /// Everything written so far.
    var written: String { String(decoding: output, as: UTF8.self) }

    // MARK: Names

    /// Runs with the names of another scope.
    func within<R>(_ inner: Scope, _ body: () throws -> R) rethrows -> R {
        let outer = scope
        scope = inner
        defer { scope = outer }
        return try body()
    }

    func makeNamespace() -> Namespace {
        let namespace = Namespace()
        namespaces.append(namespace)
        return namespace
    }

    /// The present scope, kept by a macro: it and those around it are emptied when the render ends, as they may hold the macro.
    func captureScope() -> Scope {
        var next: Scope? = scope
        while let current = next, !current.isCaptured {
            current.markCaptured()
            captured.append(current)
            next = current.parent
        }
        return scope
    }

    /// Breaks the cycles that namespaces and macros can form, one by one, so that freeing them never recurses.
    func end() {
        for namespace in namespaces { namespace.empty() }
        for scope in captured { scope.empty() }
    }
}
