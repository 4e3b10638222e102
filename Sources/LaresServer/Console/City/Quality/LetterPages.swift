import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresThings

/// Whose dead letters somebody may see: a tenant's key that tenant's, who administers all.
enum LetterSight {
    /// Nil: none; nil in it: of all tenants.
    static func tenant(of caller: Caller, _ ingest: Ingest) async -> String?? { await IngestPages.tenant(of: caller, ingest) }
}

/// What couldn't be taken: looked at, mended, tried again, removed.
extension QualityPages {
    /// Letters of a page.
    private static let most = 50

    @Sendable func letters(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await seeing(request, context) { viewer, tenant in
            let query = request.queryFields
            let said = query.get("stored").flatMap { Int($0) }.map { stored in
                console.words(viewer)(
                    "letters.tried", ["stored": "\(stored)", "refused": "\(query.get("refused").flatMap { Int($0) } ?? 0)"])
            }
            return try await showLetters(
                viewer, tenant, reason: query.get("reason"), before: query.get("before").flatMap { Int64($0) }, note: said)
        }
    }

    private func showLetters(
        _ viewer: Viewer, _ tenant: String?, reason: String? = nil, before: Int64? = nil, note: String? = nil, trouble: Trouble? = nil
    ) async throws -> Response {
        let words = console.words(viewer), amount = console.amount(viewer)
        let list = try await ingest.letters.list(DeadLetters.Filter(tenant: tenant, reason: reason, before: before), limit: Self.most)
        let size = try await ingest.letters.size(of: tenant)
        let reasons = Set(try await ingest.letters.list(DeadLetters.Filter(tenant: tenant), limit: 1_000).map(\.fault.code.description))
            .sorted()
        var fields: [String: Any] = [
            "sentence": size.letters == 0
                ? words("letters.none") : words("letters.sentence", ["n": amount.whole(size.letters), "lines": amount.whole(size.lines)]),
            "any": !list.isEmpty, "letters": list.map { row($0, amount) }, "said": note ?? false, "reason": reason ?? false,
            "reasons": [["href": "/quality/letters", "word": words("letters.all"), "current": reason == nil] as [String: Any]]
                + reasons.map {
                    ["href": "/quality/letters?reason=\($0.pathEscaped)", "word": Self.word($0, words), "current": $0 == reason]
                        as [String: Any]
                },
            "next": list.count == Self.most
                ? "/quality/letters?before=\(list.last?.id ?? 0)" + (reason.map { "&reason=\($0.pathEscaped)" } ?? "") : false,
        ]
        fields.merge(Trouble.fields(trouble, title: words("letters.wrong"))) { $1 }
        return try console.html(.letters, title: words("letters.title"), fields, viewer: viewer, status: trouble == nil ? .ok : .badRequest)
    }

    private static func word(_ code: String, _ words: Words) -> String {
        words.has("letter.code.\(code)") ? words("letter.code.\(code)") : code.printable
    }

    private func row(_ letter: DeadLetter, _ amount: Amount) -> [String: Any] {
        let words = amount.words
        return [
            "href": "/quality/letters/\(letter.id)", "n": "\(letter.id)", "code": Self.word(letter.fault.code.description, words),
            "message": letter.fault.message.printable, "ago": amount.ago(letter.time.date, now: .now),
            "exact": amount.exact(letter.time.date),
            "from": words(
                "letters.from",
                [
                    "tenant": letter.tenant.isEmpty ? words("ingest.own") : letter.tenant, "source": letter.source.printable,
                    "lines": "\(letter.lines)", "tries": "\(letter.tries)",
                ]), "text": Self.text(letter, upTo: 300), "isWhole": letter.isWhole,
            "replayName": words("letters.replayName", ["n": "\(letter.id)"]),
            "removeName": words("letters.removeName", ["n": "\(letter.id)"]),
        ]
    }

    /// The beginning of its lines; what is no text is shown as such.
    private static func text(_ letter: DeadLetter, upTo most: Int) -> String {
        String(decoding: letter.bytes.prefix(most), as: UTF8.self).printable
    }

    /// `act` is replay (all of a `reason`).
    @Sendable func changeLetters(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        var request = incoming
        let form = try await Form(&request)
        return try await seeing(request, context) { viewer, tenant in
            var counts = IngestCounts()
            let reason = form["reason"].isEmpty ? nil : form["reason"]
            do {
                let all = try await ingest.letters.list(DeadLetters.Filter(tenant: tenant, reason: reason), limit: 1_000)
                for letter in all.reversed() where letter.isWhole { counts += try await ingest.replay(letter).counts }
            } catch let error as IngestError {
                return try await showLetters(
                    viewer, tenant, reason: reason, trouble: Trouble(console.words(viewer)("letters.notTaken"), detail: error.message))
            }
            return Self.told(counts)
        }
    }

    private static func told(_ counts: IngestCounts) -> Response {
        .redirect(to: "/quality/letters?stored=\(counts.stored + counts.duplicates)&refused=\(counts.refused)")
    }

    @Sendable func letter(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await seeing(request, context) { viewer, tenant in
            guard let letter = try await found(context, tenant) else { return try console.missingPage(request, context) }
            return try show(letter, viewer)
        }
    }

    private func show(_ letter: DeadLetter, _ viewer: Viewer, text: String? = nil, trouble: Trouble? = nil) throws -> Response {
        let words = console.words(viewer)
        var fields = row(letter, console.amount(viewer))
        let isText = String(validating: letter.bytes, as: UTF8.self) != nil && letter.bytes.count <= 64 << 10
        (fields["textValue"], fields["mayMend"]) = (text ?? Self.text(letter, upTo: 64 << 10), letter.isWhole && isText)
        fields["heading"] = letter.heading.map { String(decoding: $0.prefix(2_000), as: UTF8.self).printable } ?? false
        fields["format"] = letter.format.rawValue
        fields.merge(Trouble.fields(trouble, title: words("letters.wrong"), form: ["text"])) { $1 }
        return try console.html(
            .letter, title: words("letter.title", ["n": "\(letter.id)"]), fields, viewer: viewer, status: trouble == nil ? .ok : .badRequest
        )
    }

    /// `act` is replay, with `text` in the place of its lines where it was mended, or remove.
    @Sendable func changeLetter(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        var request = incoming
        let form = try await Form(&request, upTo: 512 << 10)
        return try await seeing(request, context) { viewer, tenant in
            guard var letter = try await found(context, tenant) else { return try console.missingPage(request, context) }
            if form["act"] == "remove" {
                try await ingest.letters.remove(letter.id)
                console.audit.note(AuditAct("deadletters.removed"), "\(letter.id)", by: context.caller, context.logger)
                return .redirect(to: "/quality/letters")
            }
            if form.has("text") { letter.bytes = Array(form.exact("text").utf8) }
            do { return Self.told(try await ingest.replay(letter).counts) } catch let error as IngestError {
                let trouble = Trouble(
                    console.words(viewer)("letters.notTaken"), detail: error.message, field: form.has("text") ? "text" : nil)
                return try show(letter, viewer, text: form.exact("text"), trouble: trouble)
            }
        }
    }

    private func found(_ context: LaresContext, _ tenant: String?) async throws -> DeadLetter? {
        guard let id = Int64(context.parameter("letter") ?? ""), let letter = try await ingest.letters.letter(id) else { return nil }
        return tenant == nil || letter.tenant == tenant ? letter : nil
    }

    /// Runs a handler for those who may see letters.
    func seeing(
        _ request: Request, _ context: LaresContext, _ make: (Viewer, String?) async throws -> Response
    ) async throws -> Response {
        try await console.page(request, context) { viewer in
            guard let tenant = await LetterSight.tenant(of: viewer.caller, ingest) else { return try console.missingPage(request, context) }
            return try await make(viewer, tenant)
        }
    }
}
