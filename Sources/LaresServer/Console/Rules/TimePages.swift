import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings

/// The page of what happens at times that no rule names: timers, commands that wait, and looking lived in.
struct TimePages: Sendable {
    let console: Console
    let times: Timekeeper
    let home: Home

    func addRoutes(to router: Router<LaresContext>) {
        router.get("/timers", use: page)
        router.post("/timers", use: change)
    }

    @Sendable private func page(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in try await show(viewer) }
    }

    /// Form field `act`: start, pause, resume and stop of timers, cancel of commands, presence.
    @Sendable private func change(_ request: Request, _ context: LaresContext) async throws -> Response {
        var request = request
        let form = try await Form(&request)
        return try await console.page(request, context) { viewer in
            try context.requireResident()
            do {
                try await change(form, context)
                return .redirect(to: "/timers")
            } catch let error as ScheduleError {
                let trouble = Trouble(console.words(viewer)("times.wrong.minutes"), detail: error.message, field: "minutes")
                return try await show(viewer, form, trouble: trouble)
            }
        }
    }

    private func change(_ form: Form, _ context: LaresContext) async throws {
        let (timer, isDoubted) = (Int(form["timer"]) ?? 0, context.caller.isDoubted)
        switch form["act"] {
        case "start": _ = try await times.start(form["name"], seconds: (Double(form["minutes"]) ?? .nan) * 60, isDoubted: isDoubted)
        case "pause": _ = try await times.change(timer, isDoubted: isDoubted) { $0.pause(at: $1) }
        case "resume": _ = try await times.change(timer, isDoubted: isDoubted) { $0.resume(at: $1) }
        case "stop": _ = try await times.stop(timer)
        case "cancel":
            guard try await seen(context.caller).contains(where: { $0.id == form["command"] }) else { return }
            _ = try await times.cancel(form["command"])
        case "presence":
            try context.requireAdministrator()
            try await times.set(plan(form))
            console.audit.note(.homeChanged, "presence", by: context.caller, context.logger)
        default: break
        }
    }

    /// The commands that wait for things that somebody sees.
    private func seen(_ caller: Caller) async throws -> [DelayedCommand] {
        let sees = try HomeSight(home: home, guardian: console.guardian, caller: caller, path: .console).seesAll()
        return await times.waiting.filter { $0.thing.map { sees([$0]) } ?? false }
    }

    private func plan(_ form: Form) -> PresencePlan {
        var plan = PresencePlan()
        plan.isEnabled = form["enabled"] == "1"
        plan.properties = switches.map(\.address).filter { form["on-\($0)"] == "1" }
        plan.weeks = min(max(Int(form["weeks"]) ?? 4, 1), 8)
        plan.jitter = 60 * min(max(Int(form["jitter"]) ?? 15, 0), 120)
        return plan
    }

    /// What is seen or heard from outside when it is on: no siren, no heating, and no oven.
    private static let seen: Set<String> = ["light", "switch", "fan", "media_player"]

    /// What can be switched on and off without danger, so that it looks lived in.
    private var switches: [(address: PropertyAddress, view: ThingView)] {
        home.things().filter { Self.seen.contains($0.thing.category.description) }.flatMap { view in
            view.thing.properties.filter {
                $0.base == "on" && $0.isWritable && $0.role == .primary && $0.kind == .boolean && $0.hazard == nil
            }.map { (PropertyAddress(view.thing.id, $0.name), view) }
        }.prefix(PresencePlan.most).map { $0 }
    }

    private func show(_ viewer: Viewer, _ form: Form? = nil, trouble: Trouble? = nil) async throws -> Response {
        let words = console.words(viewer), amount = console.amount(viewer)
        let timers = await times.timers, plan = await times.presence
        let waiting = try await seen(viewer.caller)
        let mayChange = viewer.caller.mayAdminister
        let today = mayChange ? (try? await times.switchingsToday()) ?? [] : []
        let fields: [String: Any] = [
            "anyTimers": !timers.isEmpty, "timers": timers.map { timer($0, words) }, "anyWaiting": !waiting.isEmpty,
            "waiting": waiting.map { self.waiting($0, words, amount) }, "nameValue": form?["name"] ?? "",
            "minutesValue": form?["minutes"] ?? "5", "mayAct": viewer.caller.mayControl,
            "mayChange": mayChange, "enabled": plan.isEnabled,
            "weeks": "\(plan.weeks)", "jitter": "\(plan.jitter / 60)", "switches": switchFields(plan, ThingWords(amount: amount)),
            "anyToday": !today.isEmpty,
            "today": today.map { ["time": amount.time(Date(timeIntervalSince1970: Double($0.instant))), "what": self.what($0, words)] },
        ]
        return try console.html(
            .times, title: words("times.title"),
            fields.merging(Trouble.fields(trouble, title: words("times.wrong"), form: ["minutes"])) { $1 }, viewer: viewer,
            status: trouble == nil ? .ok : .badRequest)
    }

    private func timer(_ one: Timekeeper.Numbered, _ words: Words) -> [String: Any] {
        let isRunning = if case .running = one.timer.state { true } else { false }
        let label = one.timer.name.isEmpty ? words("times.timer", ["n": "\(one.id)"]) : one.timer.name.printable
        let left = Int(one.timer.secondsLeft(at: .now).rounded(.up))
        let key = isRunning ? "pause" : "resume"
        return [
            "id": "\(one.id)", "label": label, "act": key, "actLabel": words("times.\(key)"),
            "actName": words("times.\(key).name", ["name": label]), "stopName": words("times.stop.name", ["name": label]),
            "left": words(
                isRunning ? "times.left" : "times.paused", ["time": String(format: "%d:%02d:%02d", left / 3_600, left / 60 % 60, left % 60)]
            ),
        ]
    }

    private func waiting(_ command: DelayedCommand, _ words: Words, _ amount: Amount) -> [String: Any] {
        let date = Date(timeIntervalSince1970: Double(command.due))
        let what = command.subject.printable
        return [
            "id": command.id, "what": what, "iso": date.formatted(.iso8601), "when": amount.moment(date),
            "cancelName": words("times.cancel.name", ["name": what]),
        ]
    }

    private func switchFields(_ plan: PresencePlan, _ said: ThingWords) -> [[String: Any]] {
        let text = RuleText(home: home, said: said)
        return switches.map { address, view in
            let several = view.thing.properties.count { $0.base == "on" && $0.isWritable } > 1
            let name = several ? text.name(address) : text.name(view.thing)
            return ["value": address.description, "label": name, "checked": plan.properties.contains(address)]
        }
    }

    private func what(_ switching: PresenceSimulation.Switching, _ words: Words) -> String {
        let name = PropertyAddress(switching.thing).flatMap { home.thing($0.thing)?.thing.name } ?? switching.thing
        return words(switching.value == true ? "presence.goesOn" : "presence.goesOff", ["name": name.printable])
    }
}
