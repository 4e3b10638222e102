import LaresJSON
import LaresServing
import Testing

/// Cards as people and trainings write them.
struct ModelCardTests {
    @Test func theCardOfATrainingTellsMetricsDataAndCode() throws {
        let (card, lineage) = try ModelCard.reading([
            "format": "lares model card 1", "code": "lares 0.1.0",
            "data": ["file": "iris.csv", "sha256": "ab12", "rows": ["training": 100]], "parameters": 67, "epochs": 3,
            "metrics": ["training": ["accuracy": 1], "test": ["accuracy": 0.5, "log_loss": 0.25]], "curve": [], "recipe": ["seed": 1],
        ])
        #expect(card.metrics == ["training accuracy": 1, "test accuracy": 0.5, "test log_loss": 0.25])
        #expect(card.data == "iris.csv" && card.codeVersion == "lares 0.1.0" && card.summary == nil)
        #expect(lineage == Lineage(dataHash: "ab12"))
    }

    @Test func aCardThatSomeoneWroteIsTakenAsItIs() throws {
        let (card, lineage) = try ModelCard.reading([
            "summary": "s", "data": "d", "metrics": ["accuracy": 0.5], "code_version": "c", "licence": "MIT", "parents": ["a:1"],
        ])
        let wanted = ModelCard(
            summary: "s", data: "d", metrics: ["accuracy": 0.5], codeVersion: "c", licence: "MIT", parents: ["a:1"])
        #expect(card == wanted && lineage == Lineage())
        #expect(try ModelCard.reading([:]).card == ModelCard())
    }

    private static let mistakes: [(JSON, String)] = [
        (["accuracy": 1], "'accuracy' is unknown; there may be code_version, data, licence, metrics, parents, summary"),
        (["metrics": ["accuracy": "good"]], "'metrics.accuracy' must be a number"), (["metrics": [1]], "'metrics' must be an object"),
        (["data": ["file": "x"]], "'data' must be a string"), (["parents": "a"], "'parents' must be an array"), ([1], "must be an object"),
    ]

    @Test(arguments: mistakes)
    func whatNoCardHasIsRefused(_ json: JSON, _ reason: String) {
        let error = #expect(throws: RegistryError.self) { try ModelCard.reading(json) }
        #expect(error?.code == .badCard && error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }
}
