package import Foundation
internal import LaresJSON
internal import LaresThings

/// The battery that the demonstration's homes share: it does what it is told, and says how full it is.
public struct DistrictBattery: Sendable {
    /// How the name of the device begins that its thing is.
    public static let origin = "lares_demo_city_battery"
    /// What it holds, in kilowatt-hours, and the most that it takes or gives, in kilowatts.
    public static let capacity = 20.0, most = 6.0
    /// The part of what goes in that is kept.
    private static let efficiency = 0.93
    /// What is in it, in kilowatt-hours.
    package private(set) var stored = 8.0
    /// What it was told to take, in watts; below zero: to give.
    package private(set) var order = 0.0
    private var orderUntil = Date.distantPast
    private var date: Date?
    private let language: DemoLanguage

    // As batteries do that are told from outside: who isn't told anything any more idles.
    private static let patience = 7_500.0

    /// A battery that is two fifths full.
    public init(language: DemoLanguage = .english) { self.language = language }

    /// Tells it what to take, in watts. What is no number isn't heard.
    package mutating func tell(_ watts: Double, at date: Date) {
        guard watts.isFinite else { return }
        (order, orderUntil) = (min(max(watts, -Self.most * 1_000), Self.most * 1_000).rounded(), date.addingTimeInterval(Self.patience))
    }

    /// Lets time pass.
    ///
    /// - Returns: What it gives now, in watts; below zero it takes.
    package mutating func pass(to now: Date) -> Double {
        let hours = date.map { max(0, now.timeIntervalSince($0)) / 3_600 } ?? 0
        date = now
        if now >= orderUntil { order = 0 }
        let kilowatts = order / 1_000
        stored += kilowatts * hours * (kilowatts > 0 ? Self.efficiency : 1)
        let isAtItsEnd = kilowatts > 0 ? stored >= Self.capacity : stored <= 0
        stored = min(Self.capacity, max(0, stored))
        return isAtItsEnd || order == 0 ? 0 : -order
    }

    /// Where it is told what to do.
    static var command: String { "\(DistrictHomes.account)/battery/order/set" }
    private static var state: String { "\(DistrictHomes.account)/battery/state" }
    private static var topic: String { "homeassistant/device/\(origin)/config" }

    /// How it announces itself; the broker keeps it.
    var announcement: MQTTMessage {
        let isChinese = language == .chinese
        func part(_ platform: String, _ key: String, _ name: String, _ unit: String, _ more: JSON.Members) -> JSON {
            var members: JSON.Members = [
                "platform": .string(platform), "unique_id": .string("\(Self.origin)_\(key)"), "name": .string(name),
                "state_topic": .string(Self.state), "value_template": .string("{{ value_json.\(key) }}"),
                "unit_of_measurement": .string(unit),
            ]
            for (key, value) in more { members.append(key, value) }
            return .object(members)
        }
        let most = JSON.double(Self.most * 1_000)
        let announced: JSON = [
            "device": [
                "identifiers": [.string(Self.origin)], "name": .string(isChinese ? "街区电池" : "District battery"), "manufacturer": "Lares",
                "model": "battery", "suggested_area": .string(isChinese ? "示范街区" : "District"),
            ], "origin": ["name": "lares"],
            "components": [
                "charge": part(
                    "sensor", "charge", isChinese ? "电池电量" : "Battery charge", "%",
                    ["device_class": "battery", "state_class": "measurement"]),
                "power": part(
                    "sensor", "power", isChinese ? "电池功率" : "Battery power", "W", ["device_class": "power", "state_class": "measurement"]),
                "order": part(
                    "number", "order", isChinese ? "电池指令" : "Battery order", "W",
                    ["command_topic": .string(Self.command), "min": .double(-Self.most * 1_000), "max": most, "step": 1, "mode": "box"]),
            ],
        ]
        return MQTTMessage(Self.topic, announced.serialized, quality: .atLeastOnce, isRetained: true)
    }

    /// Takes it away.
    static var removal: MQTTMessage { MQTTMessage(topic, "", quality: .atLeastOnce, isRetained: true) }

    /// What it says after time has passed.
    mutating func report(at now: Date) -> MQTTMessage {
        let power = pass(to: now)
        let state: JSON = [
            "charge": .double((stored / Self.capacity * 1_000).rounded() / 10), "power": .double(power.rounded()), "order": .double(order),
        ]
        return MQTTMessage(Self.state, state.serialized)
    }
}
