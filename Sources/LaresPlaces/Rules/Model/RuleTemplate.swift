internal import Foundation
internal import LaresTemplates
public import LaresThings

/// A Jinja template of a rule: "{{ 40 if states['hall/lux/lux'] < 20 else 100 }}".
///
/// It can name the rule's variables, `trigger`, `now`, `repeat`, and `states['hall/lamp/on']`: the value of a property, or none. Addresses stand
/// there as texts, not as expressions, so that one can tell which properties a rule reads without running it. Rejected: a function `state(…)` of
/// the host, which would tie a template to one home.
public struct RuleTemplate: Hashable, Sendable {
    /// The text.
    public let source: String
    /// The properties that it names.
    public let addresses: [PropertyAddress]
    private let template: Template

    /// The most bytes that a rule's template may have.
    public static let longest = 4096
    /// The most properties that it may name.
    public static let mostAddresses = 32

    private static let limits: TemplateLimits = {
        var limits = TemplateLimits()
        (limits.sourceBytes, limits.nesting, limits.steps, limits.depth) = (longest, 32, 20_000, 64)
        (limits.outputBytes, limits.stringBytes, limits.elements) = (16_384, 16_384, 1000)
        return limits
    }()

    /// Whether a text is a template and not just a text.
    public static func isTemplate(_ text: String) -> Bool { text.contains("{{") || text.contains("{%") }

    /// Reads a template. Throws ``RuleError`` with `badTemplate`.
    public init(_ source: String) throws(RuleError) {
        do {
            template = try Template(source, limits: Self.limits)
        } catch {
            throw RuleError(.badTemplate, "can't be read as a template: \(error)")
        }
        self.source = source
        addresses = Self.addresses(in: source)
        guard addresses.count <= Self.mostAddresses else {
            throw RuleError(.badTemplate, "names more than \(Self.mostAddresses) properties: shorten it")
        }
    }

    /// The text that it makes. Throws ``RuleError`` with `badTemplate`.
    func text(_ values: [String: TemplateValue], at date: Date) throws(RuleError) -> String {
        do {
            return try template.render(values, now: date)
        } catch {
            throw RuleError(.badTemplate, "\(error)")
        }
    }

    /// The quoted texts that are addresses, each once.
    private static func addresses(in source: String) -> [PropertyAddress] {
        var (found, quote, start) = ([PropertyAddress](), Character?.none, source.startIndex)
        for index in source.indices {
            let character = source[index]
            if let open = quote {
                guard character == open else { continue }
                if let address = PropertyAddress(String(source[start..<index])), !found.contains(address) { found.append(address) }
                quote = nil
            } else if character == "'" || character == "\"" {
                (quote, start) = (character, source.index(after: index))
            }
        }
        return found
    }

    /// The same text.
    public static func == (a: RuleTemplate, b: RuleTemplate) -> Bool { a.source == b.source }

    /// Hashes the text.
    public func hash(into hasher: inout Hasher) { hasher.combine(source) }
}
