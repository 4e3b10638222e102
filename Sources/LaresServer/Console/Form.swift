import Foundation
import Hummingbird

/// A form that can't be read: cut short, too large, or not a form.
struct FormError: Error {}

/// The fields of a posted form (`application/x-www-form-urlencoded`).
package struct Form: Sendable {
    private let values: [String: [String]]

    /// Reads the body of a request.
    ///
    /// - Parameter limit: The most bytes the body may have.
    /// - Throws: ``FormError``.
    init(_ request: inout Request, upTo limit: Int = 64 << 10) async throws {
        guard request.headers[.contentType]?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true else { throw FormError() }
        guard let body = try? await request.collectBody(upTo: limit) else { throw FormError() }
        try self.init(String(buffer: body))
    }

    /// Reads fields from text (URL Standard §5.1). A repeated name keeps its last value.
    package init(_ text: String) throws {
        var values: [String: [String]] = [:]
        for part in text.split(separator: "&").prefix(1_000) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { $0.replacing("+", with: " ") }
            guard let name = pair[0].removingPercentEncoding, let value = (pair.count > 1 ? pair[1] : "").removingPercentEncoding else {
                throw FormError()
            }
            values[name, default: []].append(value.replacing("\r\n", with: "\n"))
        }
        self.values = values
    }

    /// Whether a field was sent.
    package func has(_ name: String) -> Bool { values[name] != nil }

    /// The value of a field as it was sent; empty when there is none.
    package func exact(_ name: String) -> String { values[name]?.last ?? "" }

    /// All values of a field that may be repeated, in their order.
    package func all(_ name: String) -> [String] { values[name] ?? [] }

    /// The value of a field, without the space around it; empty when there is none.
    package subscript(name: String) -> String {
        let value = exact(name)
        return String(value.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}

/// A path of this server that a form may send a person back to.
package func localPath(_ text: String) -> String {
    let isLocal = text.hasPrefix("/") && !text.hasPrefix("//") && !text.contains("\\") && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    return isLocal ? text : "/models"
}
