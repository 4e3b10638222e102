import Foundation
import LaresPlaces
import LaresThings

/// What is wrong with sensors, in a reader's words.
struct FaultRows {
    let faults: [SensorFault]
    let home: Home
    let said: ThingWords

    private var words: Words { said.words }
    private var amount: Amount { said.amount }

    /// The rows of the template `faults`.
    var rows: [[String: Any]] {
        faults.map { fault in
            let view = home.thing(fault.address.thing), property = home.property(fault.address)
            let name = view.map { said.name($0.thing) } ?? fault.address.thing.description
            return [
                "sensor": name, "page": view?.thing.page ?? false, "part": property.map { said.label($0) } ?? fault.address.property,
                "tone": "warn", "stateIcon": "alert", "state": words("fault.code.\(fault.code.rawValue)"),
                "why": sentence(fault, property), "since": amount.ago(fault.raisedAt, now: .now),
                "sinceExact": amount.exact(fault.raisedAt),
            ]
        }
    }

    private func sentence(_ fault: SensorFault, _ property: Property?) -> String {
        if fault.reason == .lowBattery, fault.figures["value"] == nil { return words("fault.low_battery.unknown") }
        let unit = property?.quantity.flatMap { Self.units[$0] } ?? ""
        let isTime = [.trueTooLong, .sameNumber, .noReport].contains(fault.reason)
        func measured(_ name: String) -> String {
            guard let number = fault.figures[name] else { return words("unit.none") }
            return unit == "%" ? "\(said.plain(number))%" : unit.isEmpty ? said.plain(number) : "\(said.plain(number))\u{a0}\(unit)"
        }
        func counted(_ name: String) -> String { fault.figures[name].map { said.plain($0.rounded()) } ?? words("unit.none") }
        func time(_ name: String) -> String { fault.figures[name].map { Self.duration($0, amount) } ?? words("unit.none") }
        let isCount = [.neverTrue, .tooManyChanges].contains(fault.reason)
        return words(
            "fault.\(fault.reason.rawValue)",
            [
                "seconds": time("seconds"), "limit": isTime ? time("limit") : isCount ? counted("limit") : measured("limit"),
                "value": measured("value"), "count": counted("count"), "from": measured("from"), "least": measured("least"),
                "most": measured("most"),
            ])
    }

    /// "3 days" from two days on.
    private static func duration(_ seconds: Double, _ amount: Amount) -> String {
        seconds < 172_800 ? amount.duration(seconds) : amount.words("time.days", ["n": amount.whole(Int((seconds / 86_400).rounded()))])
    }

    /// The units in which sensing counts.
    private static let units = [
        "temperature": "°C", "humidity": "%", "battery": "%", "carbon_dioxide": "ppm", "pressure": "hPa", "atmospheric_pressure": "hPa",
        "power": "W", "energy": "kWh", "voltage": "V", "illuminance": "lx",
    ]
}

extension Console {
    /// What is wrong with sensors now: of one thing, or of all.
    func faults(of thing: ThingID? = nil) async -> [SensorFault] {
        await (sensing?.faults() ?? []).filter { thing == nil || $0.address.thing == thing }
    }
}
