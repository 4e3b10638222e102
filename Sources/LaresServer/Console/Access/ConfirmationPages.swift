import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresThings

/// The page of questions that wait for the reader, and their banner on the page of the home.
struct ConfirmationPages: Sendable {
    let console: Console
    let home: Home
    let guardian: HomeGuard

    func addRoutes(to router: Router<LaresContext>) {
        router.get("/confirmations", use: list)
        router.get("/confirmation-events", use: events)
        router.post("/confirmations/:question", use: answer)
    }

    /// The questions that the reader may answer.
    private func questions(_ viewer: Viewer) throws -> [Question] {
        let said = ThingWords(amount: console.amount(viewer))
        return try guardian.pending(for: viewer.caller.principal, through: .console)
            .map { Question(confirmation: $0, home: home, said: said) }
    }

    private func sentence(_ questions: [Question], _ viewer: Viewer) -> String {
        let words = console.words(viewer)
        return questions.isEmpty ? words("ask.none") : words("ask.sentence", ["n": "\(questions.count)"])
    }

    /// The fields of the template `asked`. A PIN is asked for where the question needs one, or the reader has one.
    private func fields(_ questions: [Question], _ viewer: Viewer, _ trouble: Trouble?) throws -> [String: Any] {
        let principal = viewer.caller.principal
        let pin = console.people.map { OwnPIN(people: $0, principal: principal) }
        let rows = try questions.map { question -> [String: Any] in
            let id = question.confirmation.id, mayNeed = try console.people?.hasPIN(principal) ?? false
            let asks = question.confirmation.needsPIN || mayNeed
            return question.fields.merging([
                "pinAsked": asks ? try pin?.field("pin-\(id)", trouble, isOptional: !question.confirmation.needsPIN) ?? false : false
            ]) { $1 }
        }
        return ["questions": rows, "anyQuestions": !rows.isEmpty]
    }

    @Sendable private func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in try show(viewer, done: request.queryFields.get("done")) }
    }

    private func show(_ viewer: Viewer, done: String? = nil, trouble: Trouble? = nil) throws -> Response {
        let words = console.words(viewer), questions = try questions(viewer)
        var fields = try fields(questions, viewer, trouble)
        fields["sentence"] = sentence(questions, viewer)
        // What went wrong stays to be read.
        fields["follows"] = trouble == nil
        fields["done"] = done.flatMap { words.has("ask.done.\($0)") ? words("ask.done.\($0)") : nil } ?? false
        fields.merge(Trouble.fields(trouble, title: words("ask.wrong"))) { $1 }
        return try console.html(
            .confirmations, title: words("ask.title"), fields, viewer: viewer, status: trouble == nil ? .ok : .badRequest)
    }

    @Sendable private func events(_ request: Request, _ context: LaresContext) async throws -> Response {
        let viewer = console.viewer(request, context)
        return try await console.feed(request, context) {
            let questions = try questions(viewer)
            let html = try console.pages.render(.asked, try fields(questions, viewer, nil), language: viewer.language)
            return ["sentence": .string(sentence(questions, viewer)), "parts": ["asked": .string(html)]]
        }
    }

    /// Answers a question: `answer` yes or no, with the PIN of who answers where one is needed.
    @Sendable private func answer(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        var request = incoming
        let form = try await Form(&request)
        return try await console.page(incoming, context) { viewer in
            let id = context.parameter("question") ?? "", principal = viewer.caller.principal
            do {
                guard form["answer"] == "yes" else {
                    try await offTheThreads { try guardian.decline(id, by: principal, through: .console) }
                    return .redirect(to: "/confirmations?done=no")
                }
                let deeds = ConfirmedDeeds(home: home, guardian: guardian, audit: console.audit, context: context, path: .console)
                _ = try await deeds.approve(id, OwnPIN.assurance(form))
                return .redirect(to: "/confirmations?done=yes")
            } catch let error as AccessError {
                return try show(viewer, trouble: Trouble(access: error, console.words(viewer), pin: "pin-\(id)"))
            } catch let error as APIError {
                return try show(viewer, trouble: trouble(error, id, console.words(viewer)))
            }
        }
    }

    private func trouble(_ error: APIError, _ id: String, _ words: Words) -> Trouble {
        let code = error.code ?? ""
        let isPIN = ["needs_pin", "wrong_pin", "too_many_tries"].contains(code)
        let key = ["home.fault.\(code)", "ask.fault.\(code)"].first(where: words.has)
        let sentence = key.map { words($0, ["n": "\(error.retryAfter ?? 0)"]) } ?? words("access.other")
        return Trouble(sentence, detail: key == nil ? error.message : nil, field: isPIN ? "pin-\(id)" : nil)
    }

    /// What the page of the home says of questions that wait; nothing while none does.
    func banner(_ viewer: Viewer) throws -> String {
        let questions = try questions(viewer)
        let fields: [String: Any] = [
            "asking": questions.isEmpty ? false : sentence(questions, viewer), "first": questions.first?.what ?? "",
        ]
        return try console.pages.render(.asking, fields, language: viewer.language)
    }
}
