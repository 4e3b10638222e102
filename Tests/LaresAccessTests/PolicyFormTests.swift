import Foundation
import LaresAccess
import LaresJSON
import Testing

@Suite struct PolicyFormTests {
    @Test func aPolicyReadsAsItWasWritten() throws {
        var policy = HomePolicy()
        policy.set(.pin, to: .opens, of: .guest)
        policy.set(.allow, to: .heats, of: .owner)
        policy.scopes[.guest] = Scope(areas: ["hall"], things: [])
        policy.scopes[.agent] = nil
        policy.keyScopes["kitchen panel"] = Scope(areas: ["kitchen"])
        policy.confirmationSeconds = 30
        let read = try HomePolicy(parsing: policy.text)
        #expect(read.answer(to: .opens, of: .guest) == .pin)
        #expect(read.scopes[.guest] == policy.scopes[.guest] && read.keyScopes == policy.keyScopes)
        #expect(try HomePolicy(parsing: read.text) == read)
    }

    @Test func whatIsLeftOutIsAsUsual() throws {
        #expect(try HomePolicy(parsing: #"{"version": 1}"#) == HomePolicy())
        #expect(try HomePolicy(parsing: HomePolicy().text) == HomePolicy())
    }

    @Test func whatWasExposedToModelsIsHiddenOnlyIfSaid() throws {
        var policy = HomePolicy()
        policy.scopes[.agent] = nil
        #expect(try HomePolicy(parsing: policy.text) == policy)
    }

    @Test(arguments: [
        #"{}"#, #"[]"#, #"{"version": 2}"#, #"{"version": 1, "version": 1}"#, #"{"version": 1, "hazard": {}}"#,
        #"{"version": 1, "hazards": {"explodes": {}}}"#, #"{"version": 1, "hazards": {"unknown": {"owner": "allow"}}}"#,
        #"{"version": 1, "hazards": {"opens": {"ownr": "pin"}}}"#, #"{"version": 1, "hazards": {"opens": {"viewer": "allow"}}}"#,
        #"{"version": 1, "hazards": {"opens": {"owner": "PIN"}}}"#, #"{"version": 1, "hazards": {"opens": {"owner": true}}}"#,
        #"{"version": 1, "hazards": {"opens": {"agent": "allow"}}}"#, #"{"version": 1, "scopes": {"guest": {"area": ["hall"]}}}"#,
        #"{"version": 1, "scopes": {"guest": {"areas": "hall"}}}"#, #"{"version": 1, "scopes": {"guest": {"areas": [""]}}}"#,
        #"{"version": 1, "scopes": {"nobody": {}}}"#, #"{"version": 1, "keys": []}"#, #"{"version": 1, "keys": {"": {}}}"#,
        #"{"version": 1, "keys": {"a": {}, "a": {}}}"#, #"{"version": 1, "confirmation_seconds": 9}"#,
        #"{"version": 1, "confirmation_seconds": 601}"#, #"{"version": 1} "x""#,
    ])
    func whatIsMisspeltIsRefused(text: String) {
        let error = #expect(throws: AccessError.self) { try HomePolicy(parsing: text) }
        #expect(error?.code == .badPolicy)
    }

    @Test func aPolicyIsBounded() {
        let words = #"{"version": 1, "scopes": {"guest": {"areas": ["# + String(repeating: #""a","#, count: 1000) + #""a"]}}}"#
        let keys = #"{"version": 1, "keys": {"# + (0...1000).map { "\"\($0)\": {}" }.joined(separator: ",") + "}}"
        for text in [words, keys, String(repeating: " ", count: HomePolicy.largest + 1)] {
            #expect(throws: AccessError.self) { try HomePolicy(parsing: text) }
        }
    }

    @Test func noDamagedTextGetsAnythingPastAPerson() {
        print("PolicyFormTests: seed \(SeededRandom.seed)")
        var random = SeededRandom(SeededRandom.seed), read = 0
        let seeds = [HomePolicy().text, Self.whole].map { Array($0.utf8) }
        for _ in 0..<SeededRandom.count(20_000) {
            let text = String(decoding: Self.damage(seeds.randomElement(using: &random) ?? [], &random), as: UTF8.self)
            guard let policy = try? HomePolicy(parsing: text) else { continue }
            read += 1
            let agent = Deed.unlocking(by: Principal(name: "bot", roles: [.agent]), .api)
            let viewer = Deed.lighting(by: Principal(name: "eye", roles: [.viewer]))
            guard (try? HomePolicy(parsing: policy.text)) == policy, policy.decision(on: agent, hasPIN: false) != .allowed,
                policy.decision(on: viewer, hasPIN: false) == .refused(.looksOnly)
            else { return #expect(Bool(false), "\(text)") }
        }
        #expect(read > 100)
    }

    private static let whole = """
        {"version": 1, "hazards": {"opens": {"owner": "pin", "resident": "pin_if_set", "guest": "confirm", "child": "refuse",
        "agent": "confirm"}, "heats": {"owner": "allow"}}, "scopes": {"guest": {"areas": ["hall"], "categories": ["light"],
        "things": ["hall/lamp"]}}, "keys": {"kitchen panel": {"areas": []}}, "confirmation_seconds": 60}
        """

    private static let pieces = [
        "\"", ",", ":", "{", "}", "[", "]", "null", "true", "1e999", "-1", "9223372036854775808", "\u{202E}", "\\u0000", "allow", "agent",
        "\"agent\": \"allow\",", "viewer", "汉", "0",
    ].map { Array($0.utf8) }

    private static func damage(_ text: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var bytes = text
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let at = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0 where at < bytes.count: bytes[at] = UInt8.random(in: .min ... .max, using: &random)
            case 1: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...8, using: &random)))
            case 2 where at < bytes.count: bytes[at] = UInt8.random(in: 0x30...0x39, using: &random)
            default: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: at)
            }
        }
        return bytes
    }
}
