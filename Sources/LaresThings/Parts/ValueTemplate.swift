internal import Foundation
public import LaresJSON
public import LaresTemplates

/// What takes a value out of a message, or makes a command of one: a Jinja template as Home Assistant renders it, read once.
///
/// The usual forms, `{{ value_json.a['b'] | float | round(1) }}`, never reach the template engine. The others run in it within tight bounds, with
/// the filters Home Assistant adds (``TemplateLibrary``), `value`, `value_json`, and `this`, of which nothing is known.
public struct ValueTemplate: Sendable, Hashable {
    /// The template as it was written.
    public let source: String
    private let form: Form

    private enum Form: Sendable {
        case constant(String)
        case path(TemplatePath)
        case rendered(Template, needsJSON: Bool)
    }

    /// What one template may cost: a discovered template is a stranger's program.
    private static let limits: TemplateLimits = {
        var limits = TemplateLimits()
        (limits.sourceBytes, limits.nesting, limits.steps, limits.depth) = (16 << 10, 48, 20_000, 80)
        (limits.outputBytes, limits.stringBytes, limits.elements) = (16 << 10, 64 << 10, 2_000)
        return limits
    }()

    /// Reads a template. Throws ``ThingsError`` (`bad_announcement`) with the line where it is malformed, too long or nested too deeply.
    public init(_ source: String) throws(ThingsError) {
        self.source = source
        if !source.contains("{{") && !source.contains("{%") && !source.contains("{#") {
            form = .constant(source.trimmed)
        } else if let path = TemplatePath(source) {
            form = .path(path)
        } else {
            do {
                form = .rendered(
                    try Template(source, environment: TemplateLibrary.environment, limits: Self.limits),
                    needsJSON: source.contains("value_json"))
            } catch {
                throw ThingsError(.badAnnouncement, "the template \"\(source.prefix(80))\" can't be read: \(error)")
            }
        }
    }

    /// What follows a path into the JSON of a message.
    init(path: [TemplatePath.Step]) {
        source = path.reduce("value_json") { source, step in
            switch step {
            case .member(let name): source + "[\(JSON.string(name).serialized)]"
            case .element(let place): source + "[\(place)]"
            }
        }
        form = .path(TemplatePath(steps: path))
    }

    /// By what was written.
    public static func == (a: ValueTemplate, b: ValueTemplate) -> Bool { a.source == b.source }
    /// By what was written.
    public func hash(into hasher: inout Hasher) { hasher.combine(source) }
}

extension ValueTemplate {
    /// What it makes of a message: the value itself for a path, else the rendered text without the blank space around it. Nil where what it asks for
    /// isn't there.
    ///
    /// - Parameter names: What else it may name.
    /// - Throws: ``ThingsError`` (`bad_value`) where it fails or reaches its bounds.
    public func value(of payload: inout Payload, _ names: [String: TemplateValue] = [:]) throws(ThingsError) -> JSON? {
        switch form {
        case .constant(let text): return .string(text)
        case .path(let path): return try path.value(of: &payload)
        case .rendered(let template, let needsJSON):
            guard let text = payload.text else { throw ThingsError(.badValue, "the message is not UTF-8") }
            var context = names
            context["value"] = .string(text)
            if needsJSON { context["value_json"] = payload.templateValue() }
            let rendered = try render(template, context)
            return rendered.isEmpty ? nil : .string(rendered)
        }
    }

    /// What it makes of a value to be sent: the text of a command.
    ///
    /// - Parameter names: What else it may name, such as "position" or "code".
    /// - Throws: ``ThingsError`` (`bad_value`) where it fails or reaches its bounds.
    public func command(_ value: JSON, _ names: [String: TemplateValue] = [:]) throws(ThingsError) -> String {
        switch form {
        case .constant(let text): return text
        case .path(let path): if let text = path.command(value) { return text }
        case .rendered: break
        }
        var context = names
        context["value"] = TemplateValue(value)
        if case .rendered(let template, _) = form { return try render(template, context) }
        do {
            return try render(Template(source, environment: TemplateLibrary.environment, limits: Self.limits), context)
        } catch {
            throw ThingsError(.badValue, "the template \"\(source.prefix(80))\" failed: \(error)")
        }
    }

    private func render(_ template: Template, _ context: [String: TemplateValue]) throws(ThingsError) -> String {
        var context = context
        context["this"] = .object(["attributes": .object([:])])
        do {
            return try template.render(context, now: Date(timeIntervalSince1970: 0)).trimmed
        } catch {
            throw ThingsError(.badValue, "the template \"\(source.prefix(80))\" failed: \(error)")
        }
    }
}
