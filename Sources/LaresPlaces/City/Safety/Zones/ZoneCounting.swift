internal import Foundation
internal import LaresJSON
public import LaresThings

/// Counts what cameras see in zones. Each zone is a thing of the place whose counts are properties like any other: with history, dashboards and watches.
///
/// ```swift
/// let zones = ZoneCounting(file: folder.file("zones.json")) { try await home.say($0) }
/// try await zones.take(event, from: "north")
/// await zones.run()                           // until its task is cancelled
/// ```
public actor ZoneCounting {
    private var counters: [String: ZoneCounter] = [:]
    private var announced: Set<String> = []
    private let file: String?
    private let clock: any TimeSource
    private let publish: @Sendable (MQTTMessage) async throws -> Void
    private let inbox = AsyncStream.makeStream(of: MQTTMessage.self, bufferingPolicy: .bufferingNewest(1_000))
    /// Bytes of a message of a camera: 500 detections have less.
    private static let largest = 128 << 10
    /// Seconds between two looks at the clock.
    private static let period = 10

    /// The zones that were counted before go on.
    ///
    /// - Parameters:
    ///   - file: Where zones are kept; nil: nowhere. Counts aren't kept but as histories.
    ///   - publish: Says something at the place's broker.
    public init(
        file: String? = nil, clock: any TimeSource = SystemTime(), publish: @escaping @Sendable (MQTTMessage) async throws -> Void
    ) {
        (self.file, self.clock, self.publish) = (file, clock, publish)
        let kept = file.flatMap { FileManager.default.contents(atPath: $0) }.flatMap { try? JSON(parsing: Array($0)) }
        for plan in (kept?.elements ?? []).compactMap({ try? ZonePlan($0) }).prefix(ZonePlan.most) { counters[plan.id] = ZoneCounter(plan) }
    }

    /// The zones, by their ids.
    public var plans: [ZonePlan] { counters.values.map(\.plan).sorted { $0.id < $1.id } }

    /// Counts in a zone from now on, or otherwise than before.
    ///
    /// - Throws: ``AlarmError`` with `full`; an error of the disk.
    public func set(_ plan: ZonePlan) async throws {
        guard counters[plan.id] != nil || counters.count < ZonePlan.most else {
            throw AlarmError(.full, "there are \(ZonePlan.most) zones already: remove some")
        }
        counters[plan.id] = ZoneCounter(plan)
        announced.remove(plan.id)
        try save()
        await announce(plan.id)
    }

    /// Counts in a zone no more; its history stays as long as histories do.
    ///
    /// - Throws: ``AlarmError`` with `unknown`; an error of the disk.
    public func remove(_ id: String) async throws {
        guard counters.removeValue(forKey: id) != nil else { throw AlarmError(.unknown, "there is no zone '\(id)'") }
        announced.remove(id)
        try save()
        try? await publish(MQTTMessage(Self.announcementTopic(id), "", quality: .atLeastOnce, isRetained: true))
    }

    private func save() throws {
        guard let file else { return }
        try Data(JSON.array(plans.map(\.json)).serialized.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
    }

    /// Takes in what a camera detected.
    ///
    /// - Returns: How many zones it has.
    @discardableResult
    public func take(_ event: CameraEvent, from camera: String) async -> Int {
        let (zones, now) = (counters.values.filter { $0.plan.camera == camera }.map(\.plan.id).sorted(), clock.now)
        for id in zones {
            guard let ended = counters[id]?.take(event, at: now) else { continue }
            await tell(ended, of: id)
        }
        return zones.count
    }

    /// A message of a camera that ``run()`` takes in; of more than a thousand that wait the oldest are lost.
    public nonisolated func hear(_ message: MQTTMessage) {
        if message.payload.count <= Self.largest { inbox.continuation.yield(message) }
    }

    /// A message of a camera on `lares/cameras/NAME/detections`; what can't be read doesn't count.
    public func take(_ message: MQTTMessage) async {
        let parts = message.topic.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "lares", parts[1] == "cameras", parts[3] == "detections", message.payload.count <= Self.largest,
            let json = try? JSON(parsing: message.payload), let event = try? CameraEvent(json)
        else { return }
        await take(event, from: String(parts[2]))
    }

    /// Takes in what is heard, and ends intervals in which nobody came, until its task is cancelled.
    public func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { for await message in self.inbox.stream { await self.take(message) } }
            group.addTask { await self.passTime() }
        }
    }

    private func passTime() async {
        while !Task.isCancelled {
            await tick()
            try? await Task.sleep(for: .seconds(Self.period))
        }
    }

    package func tick() async {
        let now = clock.now
        for id in counters.keys.sorted() {
            await announce(id)
            guard let ended = counters[id]?.pass(to: now) else { continue }
            await tell(ended, of: id)
        }
    }

    private func tell(_ count: ZoneCounter.Count, of id: String) async {
        await announce(id)
        guard let plan = counters[id]?.plan else { return }
        var members = JSON.Members()
        for (name, value) in zip(plan.properties, count.values) { members.append(name, .int(value)) }
        try? await publish(MQTTMessage(Self.stateTopic(id), JSON.object(members).serialized))
    }

    private static func announcementTopic(_ id: String) -> String { "homeassistant/device/lares_zone_\(id)/config" }
    private static func stateTopic(_ id: String) -> String { "lares/zone/\(id)/state" }

    private func announce(_ id: String) async {
        guard let plan = counters[id]?.plan, !announced.contains(id) else { return }
        let components = plan.properties.reduce(into: JSON.Members()) { members, property in
            members.append(
                property,
                [
                    "platform": "sensor", "unique_id": .string("lares_zone_\(id)_\(property)"), "name": .string(property.capitalized),
                    "state_topic": .string(Self.stateTopic(id)), "value_template": .string("{{ value_json.\(property) }}"),
                    "state_class": "measurement", "force_update": true,
                ])
        }
        let thing: JSON = [
            "device": [
                "identifiers": [.string(plan.origin)], "name": .string("Zone \(id)"), "manufacturer": "Lares", "model": "zone",
            ],
            "origin": ["name": "lares"], "components": .object(components),
        ]
        let message = MQTTMessage(Self.announcementTopic(id), thing.serialized, quality: .atLeastOnce, isRetained: true)
        if (try? await publish(message)) != nil { announced.insert(id) }
    }
}
