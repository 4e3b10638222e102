import Foundation
import LaresJSON
import LaresNeural
import LaresTensor
import Testing

@Suite struct RecipeTests {
    private static let mistakes: [(String, JSON, String)] = [
        ("epoch", 3, "'epoch' is unknown"), ("data", ["file": "a.csv", "kind": "x"], "'data.kind' is unknown"),
        ("data", ["file": "a.csv", "files": [["file": "b.csv"]]], "'data.files' are files of this machine, instead of 'file'"),
        ("data", ["files": [["weight": 2]]], "'data.files[0].file' is missing"),
        ("data", ["files": [["file": "a.csv", "weight": 0]]], "'data.files[0].weight' is 0.0; it must lie between"),
        ("data", ["files": [["file": "a.csv"], ["file": "a.csv"]]], "must be different files of one format"),
        ("data", ["files": [["file": "a.csv"], ["file": "b.jsonl"]]], "must be different files of one format"),
        ("storage", "q8_0", "it may be f32, f16, bf16"),
        ("data", ["path": "a.csv"], "'data.file' is missing"), ("data", ["file": "a.csv", "separator": "::"], "one character"),
        ("columns", [], "1 to 1024 columns"), ("columns", [["name": "a", "kind": "text"]], "it may be number, category"),
        ("columns", [["name": "a"], ["name": "a"]], "each with another name"),
        ("target", ["name": "y", "kind": "number"], "which is no number"),
        ("loss", "squared", "doesn't suit"), ("quantile", 0.5, "is for the loss"), ("delta", 2, "'delta' is for the loss"),
        ("smoothing", 2, "smoothing"),
        ("split", ["validation": 0.9, "test": 0.9], "nothing to learn from"),
        ("split", [:], "needs data to look at"), ("optimizer", ["name": "adam", "momentum": 0.9], "is for sgd"),
        ("optimizer", ["rate": -1], "must lie between"), ("schedule", ["name": "cosinus"], "it may be constant"),
        ("early_stopping", [:], "patience' is missing"), ("batch", 0, "must lie between"),
        ("target", ["name": "y", "labels": ["a"]], "two classes"),
        ("target", ["name": "width"], "'target' is 'width', from which the column 'size' is made too"),
        ("columns", [["name": "a", "on_unknown": "refuse"]], "'columns[0].on_unknown' is for categories"),
        ("columns", [["name": "a", "kind": "category", "on_unknown": "guess"]], "it may be ignore, refuse"),
    ]

    @Test(arguments: mistakes)
    func aMistakeIsNamedWithItsPlace(_ key: String, _ value: JSON, _ reason: String) {
        let recipe = RecipeFolder.flowerRecipe.with(key, value)
        // What a recipe can't know before its data is found with it.
        let found = message {
            _ = try RecipeFolder(["flowers.csv": "length,width,colour,y\n1,2,red,size\n"]).trainer(recipe)
        }
        #expect(found.contains(reason), "\(found)")
    }

    private static let plans: [(JSON, String)] = [
        ([["name": "size", "type": "FP32", "shape": [-1, 3]]], "is floats [any, 3], the column gives floats [any, 2]: change the shape"),
        ([["name": "size", "type": "FP32", "shape": [-1, 7, 2]]], "is floats [any, 7, 2], the column gives floats [any, 2]"),
        ([["name": "size", "type": "INT64", "shape": [-1, 2]]], "is integers [any, 2], the column gives floats [any, 2]"),
        (
            [["name": "size", "type": "FP32", "shape": [-1, 2]], ["name": "age", "type": "FP32", "shape": [-1, 1]]],
            "input 'age' is no column of the recipe: add it to 'columns'"
        ), ([["name": "other", "type": "FP32", "shape": [-1, 2]]], "the plan has no input 'size'"),
    ]

    @Test(arguments: plans)
    func aPlanThatDoesNotFitTheColumnsIsRefused(_ inputs: JSON, _ reason: String) throws {
        let name = inputs.elements?.first?["name"] ?? .null
        let flat: JSON = ["name": "f", "layer": "flatten", "from": name], last: JSON = ["name": "y", "layer": "linear", "outputs": 2]
        let whole: JSON = ["name": "w", "layer": "one_hot", "from": name, "size": 2]
        let isWhole = inputs.elements?.first?["type"] == "INT64"
        let recipe: JSON = [
            "data": ["file": "f.csv"], "columns": [["name": "size", "from": ["length", "width"]]], "target": ["name": "species"],
            "network": [
                "plan": [
                    "inputs": inputs, "steps": isWhole ? [whole, ["name": "f", "layer": "flatten"], last] : [flat, last],
                    "outputs": [["name": "y"]],
                ], "learn": "y",
            ],
        ]
        let text = "length,width,species\n1,2,a\n3,4,b\n"
        let found = message { _ = try RecipeFolder(["f.csv": text]).trainer(recipe) }
        #expect(found.contains(reason), "\(found)")
    }

    private static let data: [(String, String)] = [
        ("", "is empty"), ("length,width,colour,species\n", "has no rows"), ("length,width,colour\n1,2,red\n", "no column 'species'"),
        ("length,width,colour,species\n1,2,red,a\n1,2,red\n", "line 3 has 3 fields, the first line has 4"),
        ("length,width,colour,species\n1,2,red,a\n\n1,2,red,b\n", "line 3 is empty"),
        ("length,width,colour,species\n1,x,red,a\n", "line 2, column 'width' is \"x\", which is no number"),
        ("length,width,colour,species\n1,nan,red,a\n", "line 2, column 'width' is \"nan\": every number must be finite"),
        ("length,width,colour,species\n1,1e99,red,a\n", "every number must be finite"),
        ("length,width,colour,species\n1,-inf,red,a\n", "line 2, column 'width' is \"-inf\": every number must be finite"),
        ("length,width,colour,species\n1,,red,a\n1,2,red,b\n", "line 2, column 'width' has no value: fill it in"),
        ("length,width,colour,species\n1,2,red,\n1,2,red,b\n", "line 2, column 'species' has no value: fill it in"),
        ("length,width,colour,species\n1,,red,a\n1,,red,b\n", "column 'width' has no value in any row; fill it in, or take it out"),
        (
            "length,width,color,species\n1,2,red,a\n",
            "no column 'colour'; its first line names length, width, color, species: did you mean 'color'?"
        ),
        ("length,width,colour,species\n1,2,red,a\n1,2,red,a\n", "has one label only"),
        ("length,width,colour,species\n1,2,\"red,a\n", "ends inside quotes"),
        ("length,width,colour,species\n1,2,r\"d,a\n", "quote inside a field"),
        ("length,width,colour,species\n1,2,\"r\"d,a\n", "behind closing quotes"),
        ("length,width,colour,species\r1,2,r,a\n", "carriage return"),
        ("length,length,colour,species\n1,2,r,a\n", "names the column 'length' twice"), ("length\0,b\n", "zero byte"),
    ]

    @Test(arguments: data)
    func dataThatIsBrokenIsNamedByLineAndColumn(_ text: String, _ reason: String) throws {
        let found = message { _ = try RecipeFolder(["flowers.csv": text]).trainer(.object(RecipeFolder.flowerRecipe)) }
        #expect(found.contains(reason), "\(found)")
    }

    @Test func aLabelThatIsNotInTheListIsNamedByLine() throws {
        let recipe = RecipeFolder.flowerRecipe.with("target", ["name": "species", "labels": ["a", "b"]])
        let found = message {
            _ = try RecipeFolder(["flowers.csv": "length,width,colour,species\n1,2,red,a\n1,2,red,c\n"]).trainer(recipe)
        }
        #expect(found.contains("line 3, column 'species' is \"c\", which is none of the 2 labels"), "\(found)")
    }

    @Test(arguments: [("drop", "2"), ("fill", "3")])
    func missingValuesAreDroppedOrFilled(_ policy: String, _ rows: String) throws {
        let text = "length,width,colour,species\n1,2,red,a\n2,?,blue,b\n3,4,red,b\n"
        let recipe: JSON = [
            "data": ["file": "f.csv", "missing": ["?"], "on_missing": .string(policy)],
            "columns": [["name": "size", "from": ["length", "width"]]], "target": ["name": "species"], "epochs": 1,
        ]
        let folder = try RecipeFolder(["f.csv": text])
        var trainer = try folder.trainer(recipe)
        guard case .finished(let card) = try trainer.run() else { return }
        #expect(card["data"]?["rows"]?["training"]?.serialized == rows)
    }

    @Test func whateverTheBytesTheyAreReadOrRefused() throws {
        var random = SeededRandom(seed: 31)
        let whole = Array(RecipeFolder.flowers(12).utf8), odd: [UInt8] = [0, 10, 13, 34, 44, 45, 49, 0xEF, 0xBB, 0xBF, 0xFF, 101]
        let folder = try RecipeFolder()
        let file = URL(fileURLWithPath: folder.path + "/flowers.csv")
        var (read, refused) = (0, 0)
        for _ in 0..<400 {
            var bytes = whole
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = odd.randomElement(using: &random) ?? 0
            }
            try Data(bytes).write(to: file)
            if (try? folder.trainer(.object(RecipeFolder.flowerRecipe))) == nil { refused += 1 } else { read += 1 }
        }
        #expect(read > 20 && refused > 20)
    }

    /// A name that no row has would be a number that never changes, or nothing at all.
    @Test(arguments: ["refuse", "drop", "fill"], [("length", "lenght"), ("colour", "color"), ("species", "Species")])
    func aMisspeltNameOfJSONIsRefusedWhateverMayBeMissing(_ policy: String, _ names: (String, String)) throws {
        let (right, wrong) = names
        let row = #"{"length":1,"width":2.5,"colour":"red","species":"a"}"#.replacing(right, with: wrong)
        let text = row + "\n" + row.replacing("\"a\"", with: "\"b\"")
        let recipe = RecipeFolder.flowerRecipe.with("data", ["file": "flowers.jsonl", "on_missing": .string(policy)])
        let found = message { _ = try RecipeFolder(["flowers.jsonl": text]).trainer(recipe) }
        #expect(found.contains("column '\(right)' has no value in any row; the first rows have"), "\(found)")
        #expect(found.contains("did you mean '\(wrong)'?"), "\(found)")
    }

    @Test(arguments: ["drop", "fill"]) func aColumnOfCSVThatIsEmptyThroughoutIsRefused(_ policy: String) throws {
        let text = "length,width,colour,species\n1,,red,a\n2,,blue,b\n"
        let recipe = RecipeFolder.flowerRecipe.with("data", ["file": "flowers.csv", "on_missing": .string(policy)])
        let found = message { _ = try RecipeFolder(["flowers.csv": text]).trainer(recipe) }
        #expect(found.contains("column 'width' has no value in any row; fill it in, or take it out of the recipe"), "\(found)")
    }

    @Test func aTestFileWithoutAColumnIsRefusedToo() throws {
        let row = #"{"length":1,"width":2.5,"colour":"red","species":"a"}"#, second = row.replacing("\"a\"", with: "\"b\"")
        let folder = try RecipeFolder(["flowers.jsonl": row + "\n" + second, "test.jsonl": row.replacing("width", with: "widths")])
        var recipe = RecipeFolder.flowerRecipe
        recipe["data"] = ["file": "flowers.jsonl", "on_missing": "fill"]
        recipe["split"] = ["validation": 0.5, "test_file": "test.jsonl"]
        let found = message { _ = try folder.trainer(.object(recipe)) }
        #expect(found.contains("test.jsonl': column 'width' has no value in any row"), "\(found)")
        #expect(found.contains("did you mean 'widths'?"), "\(found)")
    }

    @Test func rowsOfJSONAreCheckedTheSame() throws {
        let recipe = RecipeFolder.flowerRecipe.with("data", ["file": "flowers.jsonl"])
        let good = #"{"length":1,"width":2.5,"colour":"red","species":"a"}"#
        let cases = [
            ("", "has no rows"), (good.replacing("2.5", with: "1e99"), "is \"1e+99\": every number must be finite"),
            ("{", "line 1 is not JSON"), (good + "\n[1]", "line 2 is an array"),
            (#"{"length":1}"# + "\n" + good, "line 1, column 'width' has no value: fill it in"),
            (#"{"length":[1],"width":2,"colour":"r","species":"a"}"#, "expected a number or a text"),
            (#"{"length":true,"width":2,"colour":"r","species":"a"}"#, "is no number"),
        ]
        for (text, reason) in cases {
            let found = message { _ = try RecipeFolder(["flowers.jsonl": text]).trainer(recipe) }
            #expect(found.contains(reason), "\(found)")
        }
    }
}
