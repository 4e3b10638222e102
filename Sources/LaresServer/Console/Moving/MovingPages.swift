import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings
import NIOCore

/// The page on which a home moves out as a file, and in.
struct MovingPages: Sendable {
    let console: Console
    let services: HomeServices

    private func moving(_ principal: Principal) -> HomeMoving {
        HomeMoving(
            services: services, automations: console.automations, times: console.times, policies: console.guardian?.policies,
            principal: principal)
    }

    func addRoutes(to router: Router<LaresContext>) {
        router.get("/moving", use: page)
        router.post("/moving", use: take)
        router.get("/moving/home.json", use: export)
    }

    @Sendable private func page(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.administer(request, context) { viewer, _ in try show(viewer) }
    }

    private func show(
        _ viewer: Viewer, _ upload: MovingUpload? = nil, plan: MovingPlanView? = nil, content: String? = nil, trouble: Trouble? = nil
    )
        throws -> Response
    {
        let words = console.words(viewer)
        let chosen = upload?.fields["conflicts"] ?? MovingChoice.keepMine.rawValue
        var fields: [String: Any] = [
            "choices": MovingChoice.allCases.map {
                ["value": $0.rawValue, "word": words("moving.choice.\($0.rawValue)"), "chosen": $0.rawValue == chosen] as [String: Any]
            },
            "conflicts": chosen, "enables": upload?.fields["enable_rules"] == "1", "trusts": upload?.fields["trust_rules"] == "1",
            "plan": plan?.fields ?? false, "content": content ?? false, "kept": plan.map { !$0.isApplied } ?? false,
        ]
        let pin = console.people.map { OwnPIN(people: $0, principal: viewer.caller.principal) }
        fields["pinMoving"] = try pin?.field("pin-moving", trouble, isOptional: true) ?? false
        fields["pinPlan"] = try pin?.field("pin-plan", nil, isOptional: true) ?? false
        fields.merge(Trouble.fields(trouble, title: words("moving.wrong"), form: ["file"])) { $1 }
        return try console.html(
            .moving, title: words("moving.title"), fields, viewer: viewer, status: trouble == nil ? .ok : .badRequest)
    }

    @Sendable private func export(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.administer(request, context) { viewer, _ in
            let moving = moving(viewer.caller.principal)
            let text = try await offTheThreads { try moving.export().text }
            return Response(
                status: .ok,
                headers: [
                    .contentType: "application/json", .contentDisposition: "attachment; filename=\"home.json\"", .cacheControl: "no-store",
                    .xContentTypeOptions: "nosniff",
                ], body: .init(byteBuffer: ByteBuffer(string: text)))
        }
    }

    /// Says what files would change, or with `act` `apply` changes it.
    @Sendable private func take(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.administer(request, context) { viewer, _ in
            let upload = try await MovingUpload(request), words = console.words(viewer)
            do {
                let json = try upload.order, order = try MovingOrder(json)
                let plan = MovingPlanView(json: try await moving(viewer.caller.principal).carryOut(order, upload.assurance), words: words)
                if order.applies { console.audit.note(.homeChanged, "import", by: context.caller, context.logger) }
                return try show(viewer, upload, plan: plan, content: order.applies ? nil : upload.content(json))
            } catch let fault as FieldFault {
                return try show(viewer, upload, trouble: Trouble(fault.sentence(words), field: fault.field))
            } catch let error as MovingError {
                return try show(viewer, upload, trouble: Trouble(words("moving.wrong.file"), detail: error.message, field: "file"))
            } catch let error as AccessError {
                return try show(viewer, upload, trouble: Trouble(access: error, words, pin: "pin-moving"))
            } catch let error as JSONError {
                return try show(viewer, upload, trouble: Trouble(words("moving.wrong.file"), detail: error.message, field: "file"))
            }
        }
    }
}

/// A plan as the API gives it, as a page shows it.
struct MovingPlanView {
    let json: JSON
    let words: Words

    private static let kinds = ["new", "changed", "conflict", "same", "refused"]
    private static let most = 100

    var isApplied: Bool { json["applied"] == true }

    private var sections: [JSON] { json["sections"]?.elements ?? [] }

    private func count(_ section: JSON, _ kind: String) -> Int { section[kind]?.number.flatMap { Int(exactly: $0) } ?? 0 }

    /// The fields of the plan on the template `moving`.
    var fields: [String: Any] {
        let items = sections.flatMap { section in (section["items"]?.elements ?? []).compactMap { item($0, section) } }
        let remarks = (json["remarks"]?.elements ?? []).compactMap { $0["sentence"]?.text?.printable }
        let writes = json["writes"] == true
        return [
            "heading": words(isApplied ? "moving.done" : writes ? "moving.plan" : "moving.nothing"), "writes": writes,
            "heads": Self.kinds.map { words("moving.kind.\($0)") },
            "sections": sections.map { section in
                [
                    "section": words("moving.section.\(section["name"]?.text ?? "")"),
                    "counts": Self.kinds.map { "\(count(section, $0))" },
                ] as [String: Any]
            },
            "items": Array(items.prefix(Self.most)), "anyItems": !items.isEmpty, "remarks": Array(remarks.prefix(Self.most)),
            "anyRemarks": !remarks.isEmpty,
        ]
    }

    /// What a person should know of: conflicts, what is refused, and what has a reason.
    private func item(_ item: JSON, _ section: JSON) -> [String: Any]? {
        let kind = item["kind"]?.text ?? "", reason = item["reason"]?.text
        guard kind == "conflict" || kind == "refused" || reason != nil else { return nil }
        return [
            "key": (item["key"]?.text ?? "").printable, "section": words("moving.section.\(section["name"]?.text ?? "")"),
            "kind": words("moving.kind.\(kind)"), "reason": reason?.printable ?? false,
        ]
    }
}
