import HTTPTypes
import LaresJSON
import LaresPlaces
import LaresThings

/// Which rules somebody sees and may write, by the things that they see: a rule that names one they don't isn't there for them.
package struct RuleSight: Sendable {
    /// The things they don't see.
    private let hidden: Set<String>

    /// - Throws: `AccessError` for a policy that can't be read.
    init(_ sight: HomeSight) throws {
        let shows = try sight.shows()
        hidden = Set(sight.home.things().map(\.thing).filter { !shows($0) }.map(\.id.description))
    }

    /// Of those who see these.
    package init(hidden: Set<String>) { self.hidden = hidden }

    /// Whether they see all there is.
    var isWhole: Bool { hidden.isEmpty }

    /// Whether they see a rule.
    func shows(_ rule: Rule) -> Bool { hidden.isEmpty || Self.named(in: rule.json.serialized, among: hidden) == nil }

    /// Whether they see what a rule said; of one that is gone only those who see everything.
    func shows(noticeOf rule: Rule?) -> Bool { hidden.isEmpty || rule.map { shows($0) } == true }

    /// - Throws: ``APIError``: 404 for a rule that names a thing they don't see, as if it weren't there; 403 for one that listens to the broker itself.
    func check(_ rule: Rule) throws {
        guard !hidden.isEmpty else { return }
        if let thing = Self.named(in: rule.json.serialized, among: hidden) {
            throw APIError(.notFound, type: "invalid_request_error", code: "unknown", "there is no thing '\(thing)'")
        }
        let hearsEverything = rule.triggers.contains { if case .mqtt = $0.kind { true } else { false } }
        guard !hearsEverything else {
            throw APIError(
                .forbidden, type: "permission_error", code: "not_allowed",
                "a rule that listens to messages hears things that you may not see: an owner may write it")
        }
    }

    /// The first thing of some that a rule's text names: by itself in quotes, or in front of a property.
    package static func named(in text: String, among things: Set<String>) -> String? {
        let words = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || "/_-".contains($0))) }
        for word in Set(words) {
            if word.contains("/"), things.contains(String(word)) { return String(word) }
            if let slash = word.lastIndex(of: "/"), things.contains(String(word[..<slash])) { return String(word[..<slash]) }
        }
        return things.filter { !$0.contains("/") }.sorted().first { text.contains("\"\($0)\"") || text.contains("'\($0)'") }
    }
}
