import Foundation
import LaresJSON
import LaresPlaces
import LaresThings

/// What the map shows to one reader at one moment.
struct MapScene: Sendable {
    /// What a panel is about, as the address has it.
    enum Choice: Hashable, Sendable {
        case nothing
        case junction(String)
        case place(String)
        case alarm(Int)

        /// "junction/A1", "place/entity/urn:…", "alarm/17".
        init(_ text: String?) {
            let parts = (text ?? "").split(separator: "/", maxSplits: 1).map(String.init)
            switch (parts.first, parts.count == 2 ? parts[1] : nil) {
            case ("junction", let name?): self = .junction(name)
            case ("place", let name?): self = .place(name)
            case ("alarm", let number?): self = Int(number).map { .alarm($0) } ?? .nothing
            default: self = .nothing
            }
        }
    }

    /// What the traffic is; nil: there are no streets.
    let status: JSON?
    let junctions: [Junction]
    /// Lanes that are closed on purpose.
    let closed: [String]
    let places: [PlacedThing]
    /// Open alarms that the reader may see, latest first.
    let alarms: [Alarm]
    let ground: MapGround.Made
    /// Where the home is, and where everything of it is taken to be.
    let site: GeographicPosition?
    let rows: AlarmRows
    let junctionWords: JunctionWords

    private var words: Words { rows.said.words }

    /// Everything on the map, at most so many of each layer.
    var marks: [MapMark] { junctions.prefix(1_000).compactMap(mark) + placed + alarmMarks }

    private func mark(_ junction: Junction) -> MapMark? {
        guard let (x, y) = junction.position else { return nil }
        let look =
            switch junction.keeper {
            case .person: "info"
            case .fallBack: "warn"
            case .programme, .controller: junction.needsLook ? "warn" : "ok"
            }
        return MapMark(
            id: "junction/" + junction.id, layer: .traffic, x: x, y: y, look: isRunning ? look : "off",
            name: words("city.junction", ["name": junction.id.printable]), line: junctionWords.sentence(junction), href: junction.onMap)
    }

    /// Whether what is said of junctions is of now.
    private var isRunning: Bool { status?["state"] == "running" }

    private var placed: [MapMark] {
        places.filter { $0.isLocal == ground.isPlane }.map { place in
            MapMark(
                id: "place/" + place.id, layer: place.isEnergy ? .energy : .places, x: place.x, y: place.y,
                look: place.isEnergy ? "power" : "dot", name: place.name.printable,
                line: place.facts.first.map { words("city.fact", ["name": $0.name.printable, "value": $0.value.printable]) } ?? "",
                href: place.href)
        }
    }

    /// One mark for all alarms of a place, as bad as the worst.
    private var alarmMarks: [MapMark] {
        var here: [Spot: [Alarm]] = [:]
        for alarm in alarms { if let spot = spot(of: alarm) { here[spot, default: []].append(alarm) } }
        return here.values.compactMap { alarms -> MapMark? in
            guard let worst = alarms.max(by: { ($0.severity, $1.number) < ($1.severity, $0.number) }), let spot = spot(of: worst) else {
                return nil
            }
            let severity = words("alarm.severity.\(worst.severity.rawValue)")
            return MapMark(
                id: "alarm/\(worst.number)", layer: .alarms, x: spot.x, y: spot.y,
                look: worst.severity == .critical ? "bad" : worst.severity == .major ? "warn" : "info",
                name: words("city.alarm", ["severity": severity, "name": rows.name(worst)]),
                line: alarms.count > 1 ? words("city.alarmsHere", ["n": "\(alarms.count)"]) : rows.about(worst),
                href: "/city?at=alarm/\(worst.number)")
        }.sorted { $0.id < $1.id }
    }

    private struct Spot: Hashable { let x: Double, y: Double }

    /// Where an alarm is: at its junction, at what stands for its thing or says that it is in the same area, or at home.
    private func spot(of alarm: Alarm) -> Spot? {
        let thing = alarm.series.thing.description
        if let junction = junctions.first(where: { $0.isOf(thing) }) { return junction.position.map { Spot(x: $0.x, y: $0.y) } }
        let here = places.filter { $0.isLocal == ground.isPlane }
        let itself = here.first { $0.thing?.description == thing }
        let around = alarm.place.flatMap { area in here.first { $0.area == area } }
        if let place = itself ?? around { return Spot(x: place.x, y: place.y) }
        guard !ground.isPlane else { return nil }
        return site.map { Spot(x: $0.longitude, y: $0.latitude) }
    }

    /// The alarms that are where this one is.
    func alarms(beside alarm: Alarm) -> [Alarm] {
        guard let spot = spot(of: alarm) else { return [alarm] }
        return alarms.filter { self.spot(of: $0) == spot }
    }

    /// The alarms of a junction.
    func alarms(of junction: Junction) -> [Alarm] { alarms.filter { junction.isOf($0.series.thing.description) } }

    /// Those that somebody should look at first, then by name: rows that jump can't be read.
    var sortedJunctions: [Junction] { junctions.filter(\.needsLook) + junctions.filter { !$0.needsLook } }

    /// How full lanes are, in four steps, and what their lights show.
    func lanes(_ choice: Choice) -> (queues: JSON, lights: JSON) {
        var (queues, lights) = (JSON.Members(), JSON.Members())
        for junction in junctions {
            for approach in junction.approaches where (approach.standing ?? 0) >= 0.5 {
                queues.append(approach.lane, .int(Self.step(approach.standing ?? 0)))
            }
            guard junctions.count <= 30 || choice == .junction(junction.id) else { continue }
            for (lane, links) in ground.heads.lanes(of: junction.id).sorted(by: { $0.key < $1.key }) {
                lights.append(lane, .string(JunctionWords.look(junction.light(links))))
            }
        }
        return (.object(queues), .object(lights))
    }

    /// One to four: up to two, five, nine, more.
    static func step(_ standing: Double) -> Int { standing <= 2 ? 1 : standing <= 5 ? 2 : standing <= 9 ? 3 : 4 }

    /// The lanes that are closed, in words; empty: none is.
    var closedText: String {
        let names = closed.prefix(12).map(\.printable).joined(separator: words("list.comma"))
        return closed.isEmpty ? "" : words("city.closed", ["lanes": names])
    }

    /// One sentence on how things are.
    var sentence: String {
        guard status != nil else {
            return words("city.sentence.quiet", ["alarms": "\(alarms.count)", "n": "\(placed.count)"])
        }
        let queue = junctions.reduce(0) { $0 + ($1.queue.flatMap { $0.isFinite ? $0 : nil } ?? 0) }
        return words(
            "city.sentence",
            [
                "alarms": "\(alarms.count)", "n": "\(junctions.count)", "fallback": "\(junctions.count { $0.keeper == .fallBack })",
                "person": "\(junctions.count(where: \.isTakenOver))",
                "queue": rows.said.amount.whole(Int(min(1e9, max(0, queue.rounded())))),
            ])
    }

    /// The fields of the template `state` for the street; nil: there is none.
    var street: [String: Any]? {
        guard let status else { return nil }
        let state = status["state"]?.text ?? "off", clock = status["clock"]?.text ?? ""
        let (tone, icon) = state == "running" ? ("ok", "play") : state == "starting" ? ("", "clock") : ("warn", "alert")
        let key = "city.street.\(state)"
        return [
            "tone": tone, "stateIcon": icon,
            "state": words.has(key) ? words(key, ["clock": String(clock.prefix(5))]) : state.printable,
        ]
    }
}

extension Junction {
    /// Whether a thing of the telemetry is this junction.
    package func isOf(_ thing: String) -> Bool {
        series.values.contains { key in
            let mine = key.prefix { $0 != "/" }
            return thing == mine || thing.hasSuffix("/" + mine) || key.hasPrefix(thing + "/")
        }
    }
}
