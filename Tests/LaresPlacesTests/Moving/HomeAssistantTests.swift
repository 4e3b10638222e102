import Foundation
import LaresJSON
import LaresPlaces
import LaresTesting
import LaresThings
import Testing

/// Registries as Home Assistant 2024.3 and 2026 write them.
@Suite struct HomeAssistantTests {
    private static func file(_ key: String, _ version: Int, _ minor: Int, _ data: String) -> (name: String, bytes: [UInt8]) {
        (key, Array(#"{"version": \#(version), "minor_version": \#(minor), "key": "\#(key)", "data": \#(data)}"#.utf8))
    }

    /// As 2024.3 writes an entity.
    private static func entity(
        _ id: String, _ unique: String, platform: String = "mqtt", device: String? = nil, _ more: String = #""name": null"#
    ) -> String {
        """
        {"config_entry_id": "c1", "device_class": null, "device_id": \(device.map { "\"\($0)\"" } ?? "null"), "entity_id": "\(id)", \
        "has_entity_name": true, "icon": null, "id": "e-\(unique)", "labels": [], "options": {}, "platform": "\(platform)", \
        "previous_unique_id": null, "supported_features": 0, "unique_id": "\(unique)", \(more)}
        """
    }

    /// As 2024.3 writes a device.
    private static func device(_ id: String, _ identifiers: String, _ name: String, _ more: String = "\"area_id\": null") -> String {
        """
        {"config_entries": ["c1"], "configuration_url": null, "connections": [], "disabled_by": null, "entry_type": null, "hw_version": null, \
        "id": "\(id)", "identifiers": \(identifiers), "labels": [], "manufacturer": "M", "model": "X", "name": "\(name)", "name_by_user": null, \
        "serial_number": null, "sw_version": "1", "via_device_id": null, \(more)}
        """
    }

    private static let floors = file(
        "core.floor_registry", 1, 1,
        """
        {"floors": [{"aliases": [], "floor_id": "upstairs", "icon": null, "level": 1, "name": "Upstairs"},
        {"aliases": [], "floor_id": "ground", "icon": null, "level": null, "name": "Ground floor"}]}
        """)

    private static let areas = file(
        "core.area_registry", 1, 6,
        """
        {"areas": [{"aliases": ["WC", "loo"], "floor_id": "upstairs", "icon": null, "id": "3f2e1d0c", "labels": [], "name": "Bad", "picture": null},
        {"aliases": [], "floor_id": "ground", "icon": null, "id": "kueche", "labels": [], "name": "Küche", "picture": null}]}
        """)

    private static let old = [
        floors, areas,
        file(
            "core.device_registry", 1, 5,
            """
            {"devices": [
            \(device("d1", #"[["mqtt", "zigbee2mqtt_0x01"]]"#, "0x01", #""area_id": "3f2e1d0c", "name_by_user": " Badlampe ""#)),
            \(device("d2", #"[["mqtt", "plug"]]"#, "Plug")),
            \(device("d3", #"[["hue", "abc"]]"#, "Hue lamp", #""area_id": "kueche""#)),
            \(device("d4", #"[["mqtt", "off"]]"#, "Old", #""area_id": "kueche", "disabled_by": "user""#)),
            \(device("d5", #"[["zha", "00:15:8d:00:01:d8:29:99"]]"#, "Door", #""area_id": "kueche", "connections": [["zigbee", "00:15:8d:00:01:d8:29:99"]]"#)),
            \(device("d6", "[]", "Tasmota", #""area_id": "kueche", "connections": [["mac", "DC:4F:22:00:11:22"]]"#)),
            \(device("d7", #"[["mqtt", "strip"]]"#, "Strip"))],
            "deleted_devices": [{"id": "gone"}]}
            """),
        file(
            "core.entity_registry", 1, 13,
            """
            {"entities": [
            \(entity("light.badlampe", "0x01_light", device: "d1", #""name": null, "original_name": null, "aliases": ["vanity", "the mirror"]"#)),
            \(entity("sensor.badlampe_power", "0x01_p", device: "d1", #""name": "P", "original_name": "Power", "entity_category": "diagnostic""#)),
            \(entity("switch.plug", "plug_s", device: "d2", #""name": "Kettle", "original_name": "Plug", "area_id": "kueche", "aliases": []"#)),
            \(entity("binary_sensor.t", "t_1", platform: "tasmota", device: "d6")),
            \(entity("switch.strip_1", "s1", device: "d7", #""name": "Desk", "original_name": "Left", "area_id": "kueche""#)),
            \(entity("switch.strip_2", "s2", device: "d7", #""name": null, "original_name": "Right", "area_id": "kueche""#)),
            \(entity("sensor.meter", "meter 1", #""name": "Main meter", "original_name": "M", "aliases": ["power meter"], "area_id": "3f2e1d0c""#)),
            \(entity("sensor.hidden", "h", #""name": "Hidden", "disabled_by": "user""#))],
            "deleted_entities": []}
            """),
        file(
            "core.config", 1, 3,
            """
            {"latitude": 52.52, "longitude": 13.4, "elevation": 34, "unit_system_v2": "us_customary", "location_name": "Zuhause",
            "time_zone": "Europe/Berlin", "external_url": null, "internal_url": null, "currency": "EUR", "country": "DE", "language": "de"}
            """),
        file(
            "core.label_registry", 1, 1,
            #"{"labels": [{"color": null, "description": null, "icon": null, "label_id": "x", "name": "Xmas"}]}"#),
        file("person", 2, 1, #"{"items": [{"id": "anna", "name": "Anna", "user_id": null, "device_trackers": [], "picture": null}]}"#),
        file(
            "zone", 1, 1,
            #"{"items": [{"id": "work", "name": "Work", "latitude": 1.0, "longitude": 2.0, "radius": 100, "passive": false}]}"#),
    ]

    private func thing(_ file: HomeFile, _ identifier: String) -> JSON? {
        file.section("things")?.elements?.first { $0["identifiers"]?.elements?.contains(.string(identifier)) == true }
    }

    @Test func roomsComeWithTheirFloorsLevelAndOtherNames() throws {
        let home = try HomeAssistantStorage(files: Self.old).home
        #expect(
            home.section("areas") == [
                ["id": "bad", "name": "Bad", "aliases": ["WC", "loo"], "level": 1], ["id": "kuche", "name": "Küche"],
            ])
    }

    @Test func theSiteIsTaken() throws {
        let settings = try HomeAssistantStorage(files: Self.old).home.section("site")?.elements ?? []
        let values = Dictionary(uniqueKeysWithValues: settings.map { ($0["setting"]?.text ?? "", $0["value"] ?? .null) })
        #expect(
            values == [
                "name": "Zuhause", "zone": "Europe/Berlin", "position": ["latitude": 52.52, "longitude": 13.4], "language": "de",
                "country": "DE", "currency": "EUR", "units": "customary",
            ])
        #expect(try MovingHome().transfer.plan(try HomeAssistantStorage(files: Self.old).home).count(.refused) == 0)
    }

    @Test func devicesComeByWhatTheyAreKnownByOverMQTT() throws {
        let home = try HomeAssistantStorage(files: Self.old).home
        let lamp = try #require(thing(home, "zigbee2mqtt_0x01"))
        #expect(lamp["name"] == "Badlampe" && lamp["area"] == "bad" && lamp["aliases"] == ["vanity", "the mirror"])
        #expect(lamp["id"] == "bad/badlampe" && lamp["suggested"] == true)
        #expect(thing(home, "plug")?["name"] == "Kettle" && thing(home, "plug")?["area"] == "kuche")
        #expect(thing(home, "zigbee2mqtt_0x00158d0001d82999")?["area"] == "kuche")
        #expect(thing(home, "mac/dc:4f:22:00:11:22")?["area"] == "kuche")
        #expect(thing(home, "strip")?["name"] == nil && thing(home, "strip")?["area"] == "kuche")
        let meter = try #require(thing(home, "homeassistant/sensor/meter 1"))
        #expect(meter["name"] == "Main meter" && meter["aliases"] == ["power meter"] && meter["area"] == "bad")
        #expect(home.section("things")?.elements?.count == 6)
    }

    @Test func whatHasNoPlaceIsTold() throws {
        let remarks = try HomeAssistantStorage(files: Self.old).remarks
        let told = Dictionary(uniqueKeysWithValues: remarks.map { ($0.kind, $0.names) })
        #expect(
            told == [
                .otherIntegrations: ["Hue lamp (hue)"], .disabled: ["Old", "Hidden"], .parts: ["Strip: Desk"],
                .floors: ["Upstairs", "Ground floor"], .labels: ["Xmas"], .people: ["Anna"], .zones: ["Work"],
            ])
        #expect(remarks.allSatisfy { $0.description.contains($0.names[0]) })
    }

    @Test func aliasesOf2026StandElsewhereAndMayBeTheName() throws {
        let entity = Self.entity(
            "light.a", "a_l", device: "d1",
            #""name": null, "original_name": null, "aliases": [], "aliases_v2": [null, "moon"], "object_id_base": "a", "categories": {}"#)
        let device = Self.device(
            "d1", #"[["mqtt", "a"], ["other", "b", "c"]]"#, "A",
            #""area_id": "hall", "created_at": "2026-01-01T00:00:00+00:00", "config_entries_subentries": {"c1": [null]}"#)
        let storage = try HomeAssistantStorage(files: [
            Self.file(
                "core.area_registry", 1, 9,
                """
                {"areas": [{"aliases": [], "created_at": "2026-01-01T00:00:00+00:00", "floor_id": null, "humidity_entity_id": null, "icon": null,
                "id": "hall", "labels": [], "modified_at": "2026-01-01T00:00:00+00:00", "name": "Hall", "picture": null,
                "temperature_entity_id": null}]}
                """),
            Self.file("core.device_registry", 1, 12, #"{"devices": [\#(device)], "deleted_devices": []}"#),
            Self.file("core.entity_registry", 1, 22, #"{"entities": [\#(entity)], "deleted_entities": []}"#),
        ])
        #expect(
            storage.home.section("things") == [
                ["id": "hall/a", "suggested": true, "identifiers": ["a"], "aliases": ["moon"], "area": "hall"]
            ])
    }

    @Test func thingsThatAreHereGetTheirNamesAndOthersWhenTheyAppear() async throws {
        let home = try MovingHome()
        let plug = ThingID("flur/steckdose")!
        try home.announce("plug", "Steckdose", in: "Flur")
        let file = try HomeFile(parsing: Array(HomeAssistantStorage(files: Self.old).home.text.utf8))
        let plan = try await home.transfer.apply(file)
        #expect(plan.section("things")?.changes.filter { $0.kind == .changed }.map(\.key) == ["flur/steckdose"])
        #expect(plan.count(.conflict) == 0 && home.home.things().count == 1)
        #expect(home.home.thing(plug)?.thing.name == "Kettle" && home.home.thing(plug)?.thing.area == AreaID("kuche"))
        try home.announce("zigbee2mqtt_0x01", "0x01", in: "")
        let lamp = try #require(home.home.thing(ThingID("bad/badlampe")!)?.thing)
        #expect(lamp.name == "Badlampe" && lamp.area == AreaID("bad") && lamp.aliases == ["vanity", "the mirror"])
        #expect(try await home.transfer.apply(file).isEmpty)
    }

    @Test func anOrderIsPlannedOrDone() async throws {
        let (home, contents) = (try MovingHome(), try Self.old.map { try JSON(parsing: $0.bytes) })
        let planned = try await MovingOrder(["home_assistant": .array(contents)]).carryOut(by: home.transfer)
        #expect(planned["applied"] == false && planned["writes"] == true && home.home.areas().isEmpty)
        #expect(planned["remarks"]?.elements?.count == 7)
        let file = try HomeAssistantStorage(files: Self.old).home.json
        let order: JSON = ["home": file, "policy": ["sections": ["site": "leave"]], "apply": true]
        let done = try await MovingOrder(order).carryOut(by: home.transfer)
        #expect(done["applied"] == true && home.home.areas().count == 2)
        #expect(try home.store.site() == SiteSettings())
        for wrong: JSON in [[:], ["home": file, "home_assistant": []], ["home": file, "applies": true], ["home": file, "policy": 1]] {
            #expect(throws: MovingError.self) { try MovingOrder(wrong) }
        }
    }

    @Test(arguments: ["", "/.storage", "/config/.storage"])
    func aFolderIsFoundWhateverIsNamed(_ inner: String) throws {
        let folder = NSTemporaryDirectory() + "/lares-ha-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + inner, withIntermediateDirectories: true)
        for (name, bytes) in Self.old {
            _ = FileManager.default.createFile(atPath: "\(folder)\(inner)/\(name)", contents: Data(bytes))
        }
        #expect(try HomeAssistantStorage(folder: folder).home == HomeAssistantStorage(files: Self.old).home)
    }

    @Test(arguments: [
        (file("core.area_registry", 2, 1, "{}"), MovingError.Code.newerVersion), (("x", Array("{".utf8)), .badFile),
        (("x", Array(#"{"key": "core.area_registry", "data": {}}"#.utf8)), .badFile), (file("core.area_registry", 1, 6, "[]"), .badFile),
        (file("auth", 1, 1, "{}"), .badFile),
    ])
    func whatCanNotBeReadIsRefused(_ file: (name: String, bytes: [UInt8]), _ code: MovingError.Code) {
        let error = #expect(throws: MovingError.self) { try HomeAssistantStorage(files: [file]) }
        #expect(error?.code == code)
    }

    @Test func aFolderWithoutStorageIsRefused() {
        #expect(throws: MovingError.self) { try HomeAssistantStorage(folder: "/nowhere/at/all") }
    }

    /// LARES_FUZZ raises how many.
    @Test func mutatedRegistriesMakeAHomeThatCanBePlannedOrAreRefused() throws {
        var random = Mutations(seed: 2_403), read = 0
        let home = try MovingHome()
        for number in 0..<Mutations.inputs / 10 {
            var files = Self.old
            files[number % files.count].bytes = random.mutate(files[number % files.count].bytes)
            guard let storage = try? HomeAssistantStorage(files: files) else { continue }
            read += 1
            let file = storage.home
            if number.isMultiple(of: 50) { #expect(throws: Never.self) { try home.transfer.plan(file) } }
        }
        #expect(read > Mutations.inputs / 100)
    }
}
