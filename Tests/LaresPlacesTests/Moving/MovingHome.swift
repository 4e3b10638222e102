import Foundation
import LaresJSON
import LaresPlaces
import LaresStore
import LaresThings

/// A home in a folder of its own, which goes when the test is over.
final class MovingHome: Sendable {
    let folder: LaresHome
    let store: HomeStore
    let home: Home
    let automations: Automations
    let transfer: HomeTransfer
    static let clock = FixedClock(Date(timeIntervalSince1970: 1_800_000_000))

    init() throws {
        folder = try LaresHome(path: NSTemporaryDirectory() + "/lares-moving-\(UUID().uuidString)")
        store = try HomeStore(home: folder)
        home = try Home(store: store, recorder: nil, readers: [HomeAssistantDiscovery(), TasmotaDiscovery()], clock: Self.clock)
        let holidays = HolidayFolder(try folder.directory("holidays"))
        automations = try Automations(
            home: home, store: RuleStore(store), site: try .berlin(), holidays: holidays, clock: Self.clock)
        transfer = HomeTransfer(home: home, store: store, automations: automations)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder.path) }

    /// The same home after a restart.
    func again() throws -> Home {
        try Home(store: store, recorder: nil, readers: [HomeAssistantDiscovery(), TasmotaDiscovery()], clock: Self.clock)
    }

    /// A lamp announces itself.
    func announce(_ id: String, _ name: String = "Lamp", in room: String = "Hall") throws { try home.receive([Self.lamp(id, name, room)]) }

    static func lamp(_ id: String, _ name: String, _ room: String) -> MQTTMessage {
        MQTTMessage(
            "homeassistant/light/\(id)/config",
            """
            {"name":null,"uniq_id":"\(id)_light","stat_t":"\(id)","cmd_t":"\(id)/set","avty_t":"\(id)/there",\
            "dev":{"ids":"\(id)","cns":[["mac","AA:BB:CC:00:00:\(id)"]],"name":"\(name)","sa":"\(room)"}}
            """, isRetained: true)
    }

    static let rule = Rule("Hall light", when: .becomes("hall/lamp/on", true), then: [.set("hall/lamp/on", false)])

    /// Two lamps, two rooms, names and a trusted rule.
    static func furnished() async throws -> MovingHome {
        let one = try MovingHome()
        try one.announce("01")
        try one.announce("02")
        try one.home.set(Area(id: AreaID("loft")!, name: "Loft", names: ["zh": "阁楼"], aliases: ["attic"], level: 2))
        var wording = Wording()
        (wording.name, wording.names, wording.aliases, wording.area) = ("Flurlicht", ["zh": "走廊灯"], ["the light"], AreaID("loft"))
        try one.home.set(wording, of: ThingID("hall/lamp")!)
        try await one.automations.set(rule, isTrusted: true)
        var site = SiteSettings()
        (site.name, site.zone, site.position) = ("Casa", "Europe/Rome", GeographicPosition(latitude: 41.9, longitude: 12.5))
        try one.store.save(site)
        return one
    }
}

extension HomeFile {
    /// The file with a section's value instead of its own.
    func with(_ name: String, _ value: JSON) -> HomeFile {
        HomeFile(sections.filter { $0.name != name } + [Section(name, value)])
    }
}
