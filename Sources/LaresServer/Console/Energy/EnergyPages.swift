import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings

/// The page of energy: what flowed, what it cost, what energy costs, and what each meter is.
struct EnergyPages: Sendable {
    let console: Console
    let services: HomeServices
    let automations: Automations

    private var site: Site { automations.site }
    private var store: EnergyStore { EnergyStore(services.store) }

    func addRoutes(to router: Router<LaresContext>) {
        router.get("/energy", use: account)
        router.post("/energy/tariffs", use: saveTariffs)
        router.post("/energy/meters", use: saveMeters)
    }

    @Sendable private func account(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            let query = request.queryFields
            let span = EnergySpan(query.get("span"), on: query.get("on"), in: site.zone, now: .now)
            return try await show(viewer, span, isSaved: query.get("saved") != nil)
        }
    }

    private var today: EnergySpan { EnergySpan(nil, on: nil, in: site.zone, now: .now) }

    private func show(
        _ viewer: Viewer, _ span: EnergySpan, _ form: TariffForm? = nil, isSaved: Bool = false, trouble: Trouble? = nil
    ) async throws -> Response {
        let words = console.words(viewer), said = ThingWords(amount: console.amount(viewer))
        let things = services.home.things(), book = try store.tariffs()
        let meters = try store.meters().meters(of: things.map(\.thing))
        var fields = span.fields(said.amount).merging(meterFields(viewer.caller.mayAdminister ? meters : [], things, said)) { $1 }
        let currency = try? services.store.site().currency
        fields.merge((form ?? TariffForm(book, currency: currency, today: span.today)).fields(words)) { $1 }
        (fields["saved"], fields["mayAct"], fields["anyMeters"]) = (isSaved, viewer.caller.mayAdminister, !meters.isEmpty)
        var (sentence, trouble) = (words("energy.none"), trouble)
        fields.merge(Self.nothing) { $1 }
        do {
            let account = try EnergyAccount(site: site, meters: meters, tariffs: book, prices: try store.prices())
            if meters.contains(where: { $0.role != .uncounted }) {
                let report = try await account.report(span.days, by: span.step, from: services.telemetry)
                let sight = HomeSight(home: services.home, guardian: console.guardian, caller: viewer.caller, path: .console)
                let shows = try sight.shows(), hidden = Set(things.map(\.thing).filter { !shows($0) }.map(\.id))
                let view = EnergyView(report: report, meters: meters, span: span, things: things, said: said, hidden: hidden)
                sentence = view.sentence
                fields.merge(view.fields) { $1 }
                fields["counts"] = true
            }
        } catch let error as EnergyError {
            trouble = trouble ?? Trouble(words("energy.failed"), detail: error.message, field: "text")
        }
        fields["sentence"] = sentence
        if let control = try await controlSentence(viewer, said) { fields["control"] = control } else { fields["control"] = false }
        fields.merge(Trouble.fields(trouble, title: words("energy.wrong"), form: TariffForm.checked)) { $1 }
        return try console.html(
            .energy, title: words("energy.title"), fields, viewer: viewer, status: trouble == nil ? .ok : .badRequest)
    }

    /// How energy control stands; nil where there is none.
    private func controlSentence(_ viewer: Viewer, _ said: ThingWords) async throws -> String? {
        guard let energy = console.energy else { return nil }
        let home = HomeSight(home: services.home, guardian: console.guardian, caller: viewer.caller, path: .console)
        let shown = EnergySight(try SeriesSight(ofHome: home), await energy.control.settings).told(await energy.control.shown)
        return EnergyControlView(shown: shown, plan: nil, log: [], currency: "", things: [], said: said).sentence
    }

    /// What the page has of an account before there is one.
    private static var nothing: [String: Any] {
        [
            "counts": false, "chart": false, "figures": [[String: Any]](), "devices": [[String: Any]](), "anyDevices": false,
            "costs": false,
            "silent": false,
        ]
    }

    /// What follows a role whose signs are the other way round.
    private static let inverted = "_inverted"

    private func meterFields(_ meters: [EnergyMeter], _ things: [ThingView], _ said: ThingWords) -> [String: Any] {
        let words = said.words
        func word(_ role: EnergyRole, _ ending: String = "") -> String { words("energy.role.\(role.rawValue)\(ending)") }
        let guessed = EnergyMeters().meters(of: things.map(\.thing))
        let rows = meters.enumerated().map { place, meter -> [String: Any] in
            let guess = guessed.first { $0.address == meter.address }?.role ?? .uncounted
            let usual: [String: Any] = ["value": "", "word": words("energy.guess", ["role": word(guess)]), "chosen": meter.isGuess]
            let others = EnergyRole.allCases.flatMap { role -> [[String: Any]] in
                let endings = role.isSigned ? ["", Self.inverted] : [""]
                return endings.map { ending in
                    let isChosen = !meter.isGuess && role == meter.role && (meter.scale < 0) == (ending == Self.inverted)
                    return ["value": role.rawValue + ending, "word": word(role, ending), "chosen": isChosen]
                }
            }
            return [
                "id": "m\(place)", "address": meter.address.description, "meter": said.name(meter.address, among: things, meters),
                "roles": [usual] + others,
            ]
        }
        return ["meters": rows]
    }

    /// Keeps the tariff of the form, or with `act` `text` all tariffs as they are written.
    @Sendable private func saveTariffs(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        var request = incoming
        let form = try await Form(&request, upTo: 256 << 10)
        return try await console.page(request, context) { viewer in
            try context.requireAdministrator()
            let words = console.words(viewer), isText = form["act"] == "text"
            let old = try store.tariffs()
            do {
                let book = try isText ? TariffForm(form).written() : TariffForm(form).book(with: old)
                _ = try EnergyAccount(site: site, meters: [], tariffs: book)
                try store.save(book)
            } catch let fault as FieldFault {
                return try await show(viewer, today, TariffForm(form), trouble: Trouble(fault.sentence(words), field: fault.field))
            } catch let error as any CustomStringConvertible & Error where error is EnergyError || error is JSONError {
                let trouble = Trouble(words("energy.wrong.text"), detail: error.description, field: "text")
                return try await show(viewer, today, TariffForm(form), trouble: trouble)
            }
            console.audit.note(.homeChanged, "tariffs", by: context.caller, context.logger)
            return .redirect(to: "/energy?saved=1")
        }
    }

    /// Keeps what people say of meters: a field for each, empty for what was guessed.
    @Sendable private func saveMeters(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        var request = incoming
        let form = try await Form(&request, upTo: 256 << 10)
        return try await console.page(request, context) { viewer in
            try context.requireAdministrator()
            var meters = try store.meters()
            for meter in meters.meters(of: services.home.things().map(\.thing)) where form.has(meter.address.description) {
                let said = form[meter.address.description], isInverted = said.hasSuffix(Self.inverted)
                meters.roles[meter.address] = EnergyRole(rawValue: isInverted ? String(said.dropLast(Self.inverted.count)) : said)
                if isInverted { meters.inverted.insert(meter.address) } else { meters.inverted.remove(meter.address) }
            }
            do { try store.save(try EnergyMeters(meters.json)) } catch let error as EnergyError {
                return try await show(viewer, today, trouble: Trouble(console.words(viewer)("energy.failed"), detail: error.message))
            }
            console.audit.note(.homeChanged, "meters", by: context.caller, context.logger)
            return .redirect(to: "/energy?saved=1")
        }
    }
}
