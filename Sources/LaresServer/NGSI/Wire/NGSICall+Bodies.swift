import LaresJSON
import LaresStandards

/// Bodies with the contexts that go with them (clause 6.3.5).
extension NGSICall {
    /// A body that was read: what stands in it, and what its names stand for.
    struct Body: Sendable {
        let json: JSON
        let context: LDContext
        /// What the body, or a header, gave as its context.
        let source: JSON?
    }

    private var contentType: String {
        String((request.header("content-type") ?? "").split(separator: ";").first ?? "").lowercased().filter { $0 != " " }
    }

    /// Whether the body has its context inside.
    var isLinked: Bool { contentType == "application/ld+json" }

    /// The body as JSON.
    ///
    /// - Parameter isPatch: Whether `application/merge-patch+json` is taken, too.
    /// - Throws: ``NGSIError``: 415, 400.
    func json(isPatch: Bool = false) throws -> JSON {
        let known = ["application/json", "application/ld+json"] + (isPatch ? ["application/merge-patch+json"] : [])
        // Who says nothing sends JSON.
        guard contentType.isEmpty || known.contains(contentType) else {
            throw NGSIError(
                .unsupportedMediaType, "the content type '\(contentType.prefix(100))' isn't taken: send \(known.joined(separator: " or "))")
        }
        do { return try JSON(parsing: request.body) } catch {
            throw NGSIError(.invalidRequest, "the body is no JSON that can be read: \(error.message)")
        }
    }

    /// The body, an object, with its context.
    func body(isPatch: Bool = false) async throws -> Body { try await body(try json(isPatch: isPatch)) }

    /// A part of the body, an object, with its context.
    func body(_ json: JSON) async throws -> Body {
        guard case .object(let members) = json else { throw NGSIError(.invalidRequest, "the body must be an object, not \(json.kind)") }
        if let inner = members["@context"] {
            guard contentType == "application/ld+json" else {
                throw NGSIError(.badRequestData, "a body with an @context has the content type application/ld+json")
            }
            guard request.header("link").map({ Self.context(in: $0) == nil }) ?? true else {
                throw NGSIError(.badRequestData, "the @context stands in the body and in the Link header: give it once")
            }
            return Body(json: json, context: try await broker.contexts.resolve(inner, tenant: tenant), source: inner)
        }
        guard contentType != "application/ld+json" else {
            throw NGSIError(.badRequestData, "a body of the content type application/ld+json has an @context")
        }
        let source = linked
        return Body(json: json, context: try await broker.contexts.resolve(source, tenant: tenant), source: source)
    }

    /// What the Link header gives as the context.
    var linked: JSON? { request.header("link").flatMap(Self.context).map { .string($0) } }

    /// The context of a request without a body.
    func context() async throws -> LDContext { try await broker.contexts.resolve(linked, tenant: tenant) }

    /// `<address>; rel="http://www.w3.org/ns/json-ld#context"`, among other links.
    static func context(in link: String) -> String? {
        for part in link.split(separator: "<").map({ "<" + $0 }) {
            guard part.contains("http://www.w3.org/ns/json-ld#context"), let close = part.firstIndex(of: ">") else { continue }
            return String(part[part.index(after: part.startIndex)..<close])
        }
        return nil
    }
}

extension JSON {
    /// An object without its context.
    var withoutContext: JSON {
        if case .object(let members) = self { .object(members.without(["@context"])) } else { self }
    }
}
