import LaresJSON
import LaresNeural
import Testing

/// What a recipe asks of its data that can't be meant, told before anything is learned.
@Suite struct RecipeRefusalTests {
    private func found(_ rows: [String], _ target: JSON, split: JSON = [:], layers: JSON = []) throws -> String {
        let folder = try RecipeFolder(["d.csv": "x,y\n" + rows.joined(separator: "\n") + "\n"])
        return message {
            _ = try folder.trainer([
                "data": ["file": "d.csv"], "columns": [["name": "x"]], "target": target, "split": split, "network": ["layers": layers],
            ])
        }
    }

    @Test func manyDifferentNumbersAreNoClassesUnlessThatIsSaid() throws {
        let rows = (0..<21).map { "\($0),\($0).5" }
        let refused = try found(rows, ["name": "y"])
        #expect(refused.contains("'y' has 21 different labels, all of them numbers: say \"kind\": \"number\""), "\(refused)")
        for target in [["name": "y", "kind": "class"], ["name": "y", "kind": "number"]] as [JSON] {
            let said = try found(rows, target)
            #expect(said == "no error")
        }
        let few = try found(Array(rows.dropLast()), ["name": "y"])
        let words = try found(rows + ["1,other"], ["name": "y"])
        #expect(few == "no error" && words == "no error")
    }

    @Test(arguments: [(";", "';'", ";"), ("\t", "tabs", "\\t")])
    func anotherSeparatorIsGuessedFromTheFirstLine(_ separator: String, _ named: String, _ set: String) throws {
        let folder = try RecipeFolder(["d.csv": "x\(separator)y\n1\(separator)a\n2\(separator)b\n"])
        let refused = message {
            _ = try folder.trainer(["data": ["file": "d.csv"], "columns": [["name": "x"]], "target": ["name": "y"]])
        }
        #expect(refused.contains("separated by \(named), set 'data.separator' to \"\(set)\""), "\(refused)")
    }

    @Test(arguments: ["validation", "test"])
    func aPartWithoutRowsIsRefused(_ part: String) throws {
        let rows = ["1,a", "2,b", "3,a", "4,b"]
        let refused = try found(rows, ["name": "y"], split: [part: 0.1])
        #expect(refused.contains("'split.\(part)' is 0.1, which is none of 4 rows"), "\(refused)")
        let taken = try found(rows, ["name": "y"], split: [part: 0.25])
        #expect(taken == "no error")
    }

    @Test func numbersBeyondTheScaleOfPlansAreNamedByColumn() throws {
        let rows = ["1e38,1", "-1e38,2", "3e38,3"]
        let refused = try found(rows, ["name": "y"])
        #expect(refused.contains("column 'x' has a mean of") && refused.contains("larger unit"), "\(refused)")
        let target = try found(["1,1e38", "2,-1e38"], ["name": "y", "kind": "number"])
        #expect(target.contains("column 'y' has a mean of"), "\(target)")
    }

    @Test func layersAreCountedAsTheRecipeCountsThem() throws {
        let rows = ["1,a", "2,b"]
        let incomplete = try found(rows, ["name": "y"], layers: [["layer": "linear"]])
        #expect(incomplete.contains("'network.layers[0].outputs' is missing"), "\(incomplete)")
        let wrong = try found(rows, ["name": "y"], layers: [["layer": "linear", "outputs": 4], ["layer": "lstm", "hidden": 3]])
        #expect(wrong.contains("network.layers[1] (lstm)") && !wrong.contains("step2"), "\(wrong)")
    }

    /// A place may name another file than the recipe's, and then there is nothing to mix.
    @Test func dataOfThePlaceTakeTheTurnOfTheRecipesFiles() throws {
        let folder = try RecipeFolder(["rows": "x,y\n1,a\n2,b\n3,a\n"])
        let files: JSON = [["file": "none.csv", "weight": 2], ["file": "neither.csv"]]
        let recipe = try Recipe(["data": ["files": files], "columns": [["name": "x"]], "target": ["name": "y"], "epochs": 1])
        let place = TrainingPlace(data: folder.path + "/rows", base: folder.path, folder: folder.path, dataDigest: "d", code: "0")
        var trainer = try Trainer(recipe, at: place)
        guard case .finished(let card) = try trainer.run() else {
            Issue.record("it stopped")
            return
        }
        #expect(card["data"]?["rows"]?["training"] == 3)
    }

    @Test func dataThatComeAlongNeedNoName() throws {
        let folder = try RecipeFolder(["rows": "x,y\n1,a\n2,b\n3,a\n"])
        let json: JSON = ["columns": [["name": "x"]], "target": ["name": "y"], "epochs": 1]
        #expect(message { _ = try Recipe(json) }.contains("'data' is missing"))
        let place = TrainingPlace(
            data: folder.path + "/rows", base: folder.path, folder: folder.path, dataDigest: "d", code: "0")
        var trainer = try Trainer(try Recipe(json, dataComeAlong: true), at: place)
        guard case .finished(let card) = try trainer.run() else {
            Issue.record("it stopped")
            return
        }
        #expect(card["data"]?["file"] == .null && card["data"]?["sha256"] == "d")
        let options: JSON = ["separator": ";"]
        #expect(throws: Never.self) { try Recipe(RecipeFolder.flowerRecipe.with("data", options), dataComeAlong: true) }
    }
}
