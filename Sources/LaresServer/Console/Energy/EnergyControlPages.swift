import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings

/// The page of energy control: what is planned and ordered, who has the say, what is controlled, and what a city may have.
struct EnergyControlPages: Sendable {
    let console: Console
    let services: HomeServices
    let energy: EnergyServices

    private static let path = "/energy/control"

    func addRoutes(to router: Router<LaresContext>) {
        router.get("/energy/control", use: look)
        router.post("/energy/control/take-over", use: takeOver)
        router.post("/energy/control/hand-back", use: handBack)
        router.post("/energy/control/battery", use: saveBattery)
        router.post("/energy/control/text", use: saveText)
        router.post("/energy/control/limits", use: saveLimits)
    }

    @Sendable private func look(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            try await show(viewer, isSaved: request.uri.queryParameters.get("saved") != nil)
        }
    }

    private func show(
        _ viewer: Viewer, _ form: BatteryForm? = nil, kilowatts: String = "", isSaved: Bool = false, trouble: Trouble? = nil
    ) async throws -> Response {
        let words = console.words(viewer), said = ThingWords(amount: console.amount(viewer)), control = energy.control
        let sight = HomeSight(home: services.home, guardian: console.guardian, caller: viewer.caller, path: .console)
        let things = try sight.things(), book = try EnergyStore(services.store).tariffs()
        let seen = EnergySight(try SeriesSight(ofHome: sight), await control.settings)
        let view = EnergyControlView(
            shown: seen.told(await control.shown), plan: seen.told(await control.plan),
            log: try await control.history(limit: 24).compactMap { seen.told(entry: $0) }, currency: book?.currency ?? "", things: things,
            said: said)
        var fields = view.fields.merging((form ?? BatteryForm(seen.settings)).fields(things, said)) { $1 }
        fields.merge(FlexibilityForm(await control.flexibility).fields(words)) { $1 }
        let answers = await energy.answers.shown, rows = view.answers(answers)
        (fields["answers"], fields["anyAnswers"]) = (rows, !rows.isEmpty)
        if let trouble = answers["trouble"]?.text { fields["cityTrouble"] = trouble.printable } else { fields["cityTrouble"] = false }
        (fields["saved"], fields["mayAct"], fields["mayControl"]) = (isSaved, viewer.caller.mayAdminister, viewer.caller.mayControl)
        fields["kwValue"] = kilowatts
        fields["holds"] = [1, 2, 4, 8, 24].map { ["value": "\($0)", "word": words("time.hours", ["n": "\($0)"])] }
        fields.merge(Trouble.fields(trouble, title: words("control.wrong"), form: BatteryForm.checked)) { $1 }
        return try console.html(
            .energyControl, title: words("control.title"), fields, viewer: viewer, status: trouble == nil ? .ok : .badRequest)
    }

    /// Takes the battery over: with a power it is told that, without it is left alone.
    @Sendable private func takeOver(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        var request = incoming
        let form = try await Form(&request)
        return try await console.page(request, context) { viewer in
            try context.requireResident()
            let words = console.words(viewer), text = form["kw"].replacing(",", with: ".").replacing("−", with: "-")
            let kilowatts = text.isEmpty ? nil : Double(text)
            guard text.isEmpty || kilowatts.map({ abs($0) <= 1e5 }) ?? false else {
                return try await show(viewer, kilowatts: form["kw"], trouble: Trouble(words("control.wrong.number"), field: "kw"))
            }
            try await hands.check(kilowatts ?? 0, .none, context)
            let hours = Double(form["hours"]).flatMap { (0.1...8_760).contains($0) ? $0 : nil }
            await energy.control.takeOver(
                by: context.caller.name, reason: String(form["why"].prefix(200)), kilowatts: kilowatts,
                until: kilowatts == nil ? nil : hours.map { Date(timeIntervalSinceNow: $0 * 3_600) })
            console.audit.note(.actuatorTaken, "\(ActuatorID.energy)", by: context.caller, context.logger)
            return .redirect(to: Self.path)
        }
    }

    private var hands: EnergyHands {
        EnergyHands(control: energy.control, services: services, guardian: console.guardian, audit: console.audit, path: .console)
    }

    @Sendable private func handBack(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { _ in
            try context.requireResident()
            try await hands.checkSight(context.caller)
            if await energy.control.handBack(by: context.caller.name) {
                console.audit.note(.actuatorHandedBack, "\(ActuatorID.energy)", by: context.caller, context.logger)
            }
            return .redirect(to: Self.path)
        }
    }

    @Sendable private func saveBattery(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        try await save(incoming, context, field: "order") { try $0.settings(with: $1) }
    }

    @Sendable private func saveText(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        try await save(incoming, context, field: "text") { form, _ in try form.written() }
    }

    private func save(
        _ incoming: Request, _ context: LaresContext, field: String,
        _ read: @Sendable (BatteryForm, EnergyControlSettings) throws -> EnergyControlSettings
    ) async throws -> Response {
        var request = incoming
        let form = try await Form(&request, upTo: 256 << 10)
        return try await console.page(request, context) { viewer in
            try context.requireAdministrator()
            let words = console.words(viewer), control = energy.control, old = await control.settings
            // A form tells either the battery or the text: the other stands there as it is.
            let filled = BatteryForm(form), again = field == "text" ? filled.keeping(old) : filled.writing(old)
            do {
                try await control.set(try read(filled, old), by: context.caller.name)
            } catch let fault as FieldFault {
                return try await show(viewer, again, trouble: Trouble(fault.sentence(words), field: fault.field))
            } catch let error as any CustomStringConvertible & Error where error is EnergyError || error is JSONError {
                let trouble = Trouble(words("control.wrong.settings"), detail: error.description, field: field)
                return try await show(viewer, again, trouble: trouble)
            }
            console.audit.note(.homeChanged, "energy/control", by: context.caller, context.logger)
            return .redirect(to: Self.path + "?saved=1")
        }
    }

    /// Keeps what a city may have.
    @Sendable private func saveLimits(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        var request = incoming
        let form = try await Form(&request)
        return try await console.page(request, context) { viewer in
            try context.requireAdministrator()
            let words = console.words(viewer), control = energy.control
            do {
                let settings = try FlexibilitySettings(try FlexibilityForm.json(form), replacing: await control.flexibility)
                try await control.set(settings, by: context.caller.name)
            } catch let fault as FieldFault {
                return try await show(viewer, trouble: Trouble(fault.sentence(words), field: fault.field))
            } catch let error as EnergyError {
                return try await show(
                    viewer, trouble: Trouble(words("control.wrong.limits"), detail: error.message, field: "address"))
            }
            console.audit.note(.homeChanged, "flexibility/limits", by: context.caller, context.logger)
            return .redirect(to: Self.path + "?saved=1")
        }
    }
}
