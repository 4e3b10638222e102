import Foundation
import GRDB
import LaresJSON
import LaresPlaces
import LaresTesting
import LaresThings
import Testing

@Suite struct HomeFileTests {
    @Test(arguments: [
        ("{", MovingError.Code.badFile, "damaged"), ("[]", .badFile, "format"),
        (#"{"format": "x", "version": 1, "sections": {}}"#, .badFile, "format"),
        (#"{"format": "lares-home", "version": 2, "sections": {}}"#, .newerVersion, "newer Lares"),
        (#"{"format": "lares-home", "version": 1e300, "sections": {}}"#, .newerVersion, "newer Lares"),
        (#"{"format": "lares-home", "version": "1", "sections": {}}"#, .badFile, "version"),
        (#"{"format": "lares-home", "version": 1}"#, .badFile, "sections"),
        (#"{"format": "lares-home", "version": 1, "sections": []}"#, .badFile, "sections"),
        (#"{"format": "lares-home", "version": 1, "sections": {"areas": [], "areas": []}}"#, .badFile, "twice"),
        (#"{"format": "lares-home", "version": 1, "sections": {}, "extra": 1}"#, .badFile, "extra"),
    ])
    func whatIsNoHomeIsRefusedWithAReason(_ text: String, _ code: MovingError.Code, _ word: String) {
        let error = #expect(throws: MovingError.self) { try HomeFile(parsing: Array(text.utf8)) }
        #expect(error?.code == code && error?.message.contains(word) == true, "\(error?.message ?? "")")
    }

    @Test func aFileIsBounded() {
        let error = #expect(throws: MovingError.self) { try HomeFile(parsing: Array(repeating: 0x20, count: HomeFile.longest + 1)) }
        #expect(error?.code == .tooLarge)
    }

    @Test(arguments: [#"{"areas": {}}"#, #"{"areas": 1}"#, #"{"rules": {"a": 1}}"#])
    func aSectionThatIsNoListRefusesTheFile(_ sections: String) throws {
        let file = try HomeFile(parsing: Array(#"{"format": "lares-home", "version": 1, "sections": \#(sections)}"#.utf8))
        #expect(throws: MovingError.self) { try MovingHome().transfer.plan(file) }
    }

    @Test(
        arguments: [
            ("site", ["setting": "zone", "value": "Nowhere/City"], "zone"), ("site", ["setting": "colour", "value": 1], "colour"),
            ("site", ["setting": "position", "value": ["latitude": 91, "longitude": 0]], "latitude"),
            ("areas", ["id": "A b", "name": "x"], "id"), ("areas", ["name": "x\n"], "name"),
            ("areas", ["name": "x", "colour": 1], "colour"),
            ("things", ["id": "hall lamp", "identifiers": ["1"]], "id"), ("things", ["id": "lamp", "identifiers": [1]], "identifiers[0]"),
            ("things", ["id": "lamp", "identifiers": ["\u{0}"]], "identifiers"),
            ("things", ["id": "lamp", "identifiers": ["1"], "x": 1], "x"),
            ("things", ["id": "lamp", "identifiers": ["1"], "area": "nowhere"], "no area 'nowhere'"),
            ("properties", ["part": "p", "names": ["on": "ON"]], "names.on"), ("properties", ["part": "p", "names": []], "names"),
            ("announcements", ["topic": "a/b", "payload": "{}"], "no announcement"),
            ("announcements", ["topic": "homeassistant/light/x/config", "payload": "{"], "JSON"),
            ("announcements", ["topic": "a/#", "payload": "1"], "topic"),
            ("rules", ["rule": ["name": "r"], "trusted": true], "then"), ("rules", ["rule": MovingHome.rule.json, "trust": true], "trust"),
        ] as [(String, JSON, String)])
    func anItemThatCanNotBeIsRefusedAndTheOthersAreTaken(_ section: String, _ item: JSON, _ word: String) async throws {
        let home = try MovingHome()
        let file = HomeFile([.init("areas", [["name": "Loft"]])]).with(section, section == "areas" ? [item, ["name": "Loft"]] : [item])
        let plan = try await home.transfer.apply(file)
        let refused = plan.section(section)?.changes.filter { $0.kind == .refused } ?? []
        #expect(refused.count == 1 && refused.first?.reason?.contains(word) == true, "\(plan.json.indented)")
        #expect(section != "areas" || home.home.areas().map(\.name) == ["Loft"])
    }

    @Test func whatStandsTwiceCountsOnce() throws {
        let file = HomeFile([.init("areas", [["id": "hall", "name": "Hall"], ["id": "hall", "name": "Other"]])])
        #expect(try MovingHome().transfer.plan(file).section("areas")?.changes.map(\.kind) == [.new, .refused])
    }

    @Test func sectionsOfALaterLaresAreNamedAndLeftOut() throws {
        let plan = try MovingHome().transfer.plan(HomeFile([.init("areas", []), .init("tariffs", [1])]))
        #expect(plan.unknown == ["tariffs"] && plan.isEmpty)
    }

    @Test func aPolicyIsReadStrictly() throws {
        let json: JSON = [
            "conflicts": "take_theirs", "sections": ["rules": "leave"], "items": ["areas": ["hall": "keep_mine"]], "enable_rules": true,
            "trust_rules": false,
        ]
        let policy = MovingPolicy(
            .takeTheirs, sections: ["rules": .leave], items: ["areas": ["hall": .keepMine]], enablesRules: true, trustsRules: false)
        #expect(try MovingPolicy(json) == policy && MovingPolicy([:]) == MovingPolicy())
        for wrong: JSON in [
            ["conflict": "leave"], ["conflicts": "mine"], ["sections": ["rules": true]], ["items": ["areas": "leave"]], [1],
        ] {
            #expect(throws: MovingError.self) { try MovingPolicy(wrong) }
        }
    }

    @Test func settingsOfTheSiteAreWhatTheyWere() throws {
        let json: JSON = [
            "name": "Casa", "zone": "Europe/Rome", "position": ["latitude": 41.5, "longitude": 12.25], "language": "it", "country": "IT",
            "currency": "EUR", "units": "metric",
        ]
        #expect(try SiteSettings(json).json == json && SiteSettings([:]) == SiteSettings())
    }

    /// LARES_FUZZ raises how many.
    @Test func mutatedFilesArePlannedOrRefused() async throws {
        let home = try await MovingHome.furnished()
        let bytes = Array(try home.transfer.export().text.utf8)
        var random = Mutations(seed: 1_205), planned = 0
        for _ in 0..<Mutations.inputs / 25 {
            guard let file = try? HomeFile(parsing: random.mutate(bytes)) else { continue }
            if (try? home.transfer.plan(file, MovingPolicy(.takeTheirs))) != nil { planned += 1 }
        }
        #expect(planned > Mutations.inputs / 500)
    }
}

/// Sections that others own.
@Suite struct MovingSectionTests {
    /// Words, each by itself, in the settings of `places.db`.
    private struct Words: MovingSection {
        struct Full: Error {}
        let database: any DatabaseWriter
        var fails = false
        var name: String { "words" }
        var isWhole: Bool { true }

        func items(in database: Database) throws -> [MovingItem] {
            try HomeStore.setting("words", in: database).map { [MovingItem("word", .string($0))] } ?? []
        }

        func read(_ json: JSON) throws -> MovingItem { MovingItem("word", json) }

        func write(_ changes: [MovingChange], in database: Database) throws {
            if fails { throw Full() }
            for word in changes.compactMap({ $0.outcome?.text }) { try HomeStore.set("words", to: word, in: database) }
        }
    }

    private func transfer(_ home: MovingHome, _ words: Words) -> HomeTransfer {
        HomeTransfer(HomeTransfer.sections(home.home, home.store, home.automations, nil, []) + [words])
    }

    private let file = HomeFile([.init("areas", [["name": "Hall"]]), .init("words", ["hello"])])

    @Test func aLaterPartAddsASection() async throws {
        let home = try MovingHome()
        let transfer = transfer(home, Words(database: home.store.pool))
        #expect(try transfer.plan(file).unknown.isEmpty)
        _ = try await transfer.apply(file)
        #expect(try transfer.export().section("words") == ["hello"])
        #expect(try await transfer.apply(file).isEmpty)
    }

    @Test func whatCanNotBeWrittenWholeIsNotWrittenAtAll() async throws {
        let home = try MovingHome()
        let transfer = transfer(home, Words(database: home.store.pool, fails: true))
        await #expect(throws: Words.Full.self) { try await transfer.apply(file) }
        #expect(try home.store.areas().isEmpty && home.home.areas().isEmpty)
    }
}
