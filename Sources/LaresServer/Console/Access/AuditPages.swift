import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON

/// The page of the audit log: what was done to the place, by whom, newest first, for owners.
struct AuditPages: Sendable {
    let console: Console
    let audit: AuditLog

    /// Lines on one page.
    private static let length = 100

    func addRoutes(to router: Router<LaresContext>) { router.get("/audit", use: list) }

    @Sendable private func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.administer(request, context) { viewer, _ in
            let query = request.queryFields
            let filter = Filter(
                who: query.get("who").flatMap { $0.isEmpty ? nil : $0 }, act: query.get("act").flatMap { $0.isEmpty ? nil : $0 },
                before: query.get("before").flatMap { Int($0) })
            let read = try await offTheThreads { [audit] in
                (
                    entries: try audit.entries(
                        limit: Self.length + 1, before: filter.before, by: filter.who, act: filter.act.map { AuditAct($0) }),
                    acts: try audit.acts().map(\.description), actors: try audit.actors()
                )
            }
            let amount = console.amount(viewer), words = amount.words
            let page = read.entries.prefix(Self.length)
            let next = read.entries.count > Self.length ? page.last?.number : nil
            return try console.html(
                .audit, title: words("audit.title"),
                [
                    "rows": page.map { row($0, amount) }, "any": !page.isEmpty,
                    "older": next.map { filter.address(before: $0) } ?? false,
                    "newest": filter.before.map { _ in filter.address(before: nil) } ?? false,
                    "actors": choices(read.actors, filter.who) { words.who($0) },
                    "acts": choices(read.acts, filter.act) { Self.name(of: $0, words) },
                ], viewer: viewer)
        }
    }

    private struct Filter: Sendable {
        let who: String?
        let act: String?
        let before: Int?

        func address(before number: Int?) -> String {
            let parts = [("who", who), ("act", act), ("before", number.map(String.init))].compactMap { name, value in
                value.map { "\(name)=\($0.pathEscaped)" }
            }
            return parts.isEmpty ? "/audit" : "/audit?" + parts.joined(separator: "&")
        }
    }

    private func choices(_ known: [String], _ chosen: String?, _ label: (String) -> String) -> [[String: Any]] {
        let absent = chosen.flatMap { known.contains($0) ? nil : $0 }
        return (known + [absent].compactMap(\.self)).map { ["value": $0, "label": label($0), "chosen": $0 == chosen] }
    }

    private func row(_ entry: AuditEntry, _ amount: Amount) -> [String: Any] {
        [
            "exact": amount.exact(entry.time), "at": amount.moment(entry.time), "actor": amount.words.who(entry.actor),
            "deed": Self.name(of: entry.act.description, amount.words), "about": entry.subject.printable,
            "detail": detail(entry.detail, amount.words) ?? false,
        ]
    }

    /// An act in words; one of a later version as it is stored.
    private static func name(of act: String, _ words: Words) -> String {
        words.has("audit.act.\(act)") ? words("audit.act.\(act)") : act.printable
    }

    /// "path: api, hazards: opens": as it is stored.
    private func detail(_ detail: JSON?, _ words: Words) -> String? {
        guard case .object(let members)? = detail else { return detail.map { $0.serialized.printable } }
        return members.map { key, value in
            let values = value.elements?.map { $0.text ?? $0.serialized }.joined(separator: " ") ?? value.text ?? value.serialized
            return "\(key): \(values)".printable
        }.joined(separator: words("list.comma"))
    }
}
