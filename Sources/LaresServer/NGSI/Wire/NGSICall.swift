import Foundation
import LaresJSON
import LaresStandards

/// A request under way: its path and parameters decoded, its contexts resolved when they are needed.
struct NGSICall: Sendable {
    let request: NGSIRequest
    let broker: NGSIBroker
    /// Parts of the path behind `/ngsi-ld/v1`, decoded.
    let parts: [String]
    let parameters: [(name: String, value: String)]
    let tenant: String

    init(_ request: NGSIRequest, _ broker: NGSIBroker) throws {
        (self.request, self.broker) = (request, broker)
        var parts = request.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst(3).map { String($0).percentDecoded }
        while parts.last == "" { parts.removeLast() }
        self.parts = parts
        parameters = request.query.split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(sides[0]).formDecoded, sides.count > 1 ? String(sides[1]).formDecoded : "")
        }
        tenant = request.header("ngsild-tenant") ?? ""
        guard tenant.utf8.count <= 100, tenant.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x2F }) else {
            throw NGSIError(.badRequestData, "NGSILD-Tenant must be a word of at most 100 letters, digits and signs")
        }
    }

    subscript(name: String) -> String? { parameters.first { $0.name == name && !$0.value.isEmpty }?.value }

    /// Refuses parameters that the operation doesn't know.
    func allow(_ names: String) throws {
        let known = Set(names.split(separator: " ").map(String.init) + ["local", "via", "options", "format"])
        for (name, _) in parameters where !known.contains(name) {
            throw NGSIError(
                .invalidRequest,
                "the parameter '\(name.prefix(100))' isn't one of this operation, which knows \(known.sorted().joined(separator: ", "))")
        }
    }

    /// Words of `options`, with `format` among them.
    func options(_ known: Set<String>) throws -> Set<String> {
        let words = (self["options"] ?? "").split(separator: ",").map(String.init) + (self["format"].map { [$0] } ?? [])
        for word in words where !known.contains(word) {
            throw NGSIError(
                .invalidRequest, "options and format may be \(known.sorted().joined(separator: ", ")), not '\(word.prefix(60))'")
        }
        return Set(words)
    }

    func flag(_ name: String) throws -> Bool {
        guard let text = self[name] else { return false }
        guard text == "true" || text == "false" else {
            throw NGSIError(.badRequestData, "'\(name)' must be true or false, not '\(text.prefix(40))'")
        }
        return text == "true"
    }

    func number(_ name: String, _ range: ClosedRange<Int>) throws -> Int? {
        guard let text = self[name] else { return nil }
        guard let number = Int(text), number >= range.lowerBound else {
            throw NGSIError(.badRequestData, "'\(name)' must be a whole number from \(range.lowerBound), not '\(text.prefix(40))'")
        }
        guard number <= range.upperBound else {
            throw NGSIError(name == "limit" ? .tooManyResults : .badRequestData, "'\(name)' may be at most \(range.upperBound)")
        }
        return number
    }

    /// A part of the path that must be a URI.
    func uri(_ at: Int, _ what: String) throws -> String {
        let text = at < parts.count ? parts[at] : ""
        guard text.isURI else { throw NGSIError(.badRequestData, "the \(what)'s id '\(text.prefix(200))' is no URI") }
        return text
    }
}

extension String {
    fileprivate var percentDecoded: String { utf8.contains(0x25) ? removingPercentEncoding ?? self : self }
    fileprivate var formDecoded: String { String(map { $0 == "+" ? " " : $0 }).percentDecoded }
}
