import Foundation
import LaresJSON
import LaresNeural
import LaresTensor
import Testing

/// The tutorial "Train a network": its recipe learns, and its Swift is the code below.
@Suite struct TutorialTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The blocks of a language in one of the two texts.
    private static func blocks(_ language: String, _ file: String) throws -> [String] {
        let text = try String(contentsOf: root.appendingPathComponent("docs/tutorials/\(file)"), encoding: .utf8)
        return text.components(separatedBy: "```\(language)\n").dropFirst().map { $0.components(separatedBy: "\n```")[0] }
    }

    /// What the tutorial's awk draws: on at home, while it is cold outside.
    private static func heating() -> String {
        var random = SeededRandom(seed: 1)
        let rows = (0..<3000).map { _ in
            let hour = Int.random(in: 0..<24, using: &random), outside = 30 * random.unit() - 8
            let isFree = random.unit() >= 5 / 7
            let isHome = isFree ? (8..<23).contains(hour) : (6..<9).contains(hour) || (17..<23).contains(hour)
            return "\(hour),\(outside),\(isFree ? "weekend" : "workday"),\(isHome && outside < 15 + 2 * random.unit() ? "on" : "off")"
        }
        return "hour,outside,day,heating\n" + rows.joined(separator: "\n") + "\n"
    }

    @Test(arguments: ["train-a-network.md", "train-a-network.zh-CN.md"]) func theCodeIsTheTestsOwn(_ file: String) throws {
        let source = try String(contentsOf: URL(fileURLWithPath: #filePath), encoding: .utf8)
        for line in try #require(Self.blocks("swift", file).first).split(separator: "\n") where !line.hasPrefix("import") {
            let code = line.components(separatedBy: "  //")[0].replacingOccurrences(of: "heating/", with: "\\(folder.path)/")
            #expect(source.contains(code.trimmingCharacters(in: .whitespaces)), "\(line)")
        }
    }

    @Test func theRecipeLearnsAndTheNetworkAnswers() throws {
        let folder = try RecipeFolder(["heating.csv": Self.heating()])
        let recipe = try JSON(parsing: Array(#require(Self.blocks("json", "train-a-network.md").first).utf8))
        var trainer = try folder.trainer(recipe)
        guard case .finished(let card) = try trainer.run(), case .double(let accuracy)? = card["metrics"]?["test"]?["accuracy"] else {
            Issue.record("it stopped")
            return
        }
        #expect(accuracy > 0.97)

        let network = try Network(contentsOf: "\(folder.path)/network.safetensors")
        let answer = try network([
            "hour": .floats([7, 7], shape: [2, 1]), "outside": .floats([3, 3], shape: [2, 1]),
            "day": .strings(["workday", "weekend"], shape: [2, 1]),
        ])
        if let heating = answer["heating"] { print(heating) }
        #expect(answer["heating"] == .strings(["on", "off"], shape: [2, 1]))
    }
}
