import Foundation
import LaresJSON
import LaresPlaces
import Testing

/// What the documentation shows of rules and schedules is read as it stands there.
@Suite struct DocumentedRuleTests {
    private static let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The blocks of a document between "```json" or "```yaml" and "```".
    private func blocks(_ document: String, _ language: String) throws -> [String] {
        let text = try String(contentsOf: Self.root.appending(path: document), encoding: .utf8)
        return text.components(separatedBy: "```\(language)\n").dropFirst().map { $0.components(separatedBy: "\n```")[0] }
    }

    /// The objects with the members of a rule in a value.
    private func rules(_ json: JSON) -> [JSON] {
        if json["when"] != nil, json["then"] != nil { return [json] }
        if let elements = json.elements { return elements.flatMap(rules) }
        guard case .object(let members) = json else { return [] }
        return members.flatMap { rules($0.value) }
    }

    @Test(arguments: ["docs/rules.md", "docs/schedules.md", "docs/home.md", "README.md", "README.zh-CN.md"])
    func everyRuleIsRead(_ document: String) throws {
        for block in try blocks(document, "json") {
            for rule in rules(try JSON(parsing: Array(block.utf8))) {
                #expect(throws: Never.self, "\(document): \(block)") { try Rule(rule) }
            }
        }
        for block in try blocks(document, "yaml") where block.contains("when:") {
            #expect(throws: Never.self, "\(document): \(block)") { try Rule(parsingYAML: Array(block.utf8)) }
        }
    }

    @Test func theyShowSome() throws {
        let shown = try blocks("docs/rules.md", "json").count, triggers = try blocks("docs/schedules.md", "json").count
        #expect(shown >= 1 && triggers >= 1)
    }

    /// A block of docs/schedules.md that is a list has triggers in it.
    @Test func everyTriggerIsRead() throws {
        for block in try blocks("docs/schedules.md", "json") {
            for trigger in try JSON(parsing: Array(block.utf8)).elements ?? [] {
                let rule: JSON = ["name": "r", "when": [["time": trigger]], "then": [["notify": "x"]]]
                #expect(throws: Never.self, "\(trigger.serialized)") { try Rule(rule) }
            }
        }
    }
}
