import Foundation
import LaresJSON
import LaresNeural
import LaresServer
import Testing

/// What people fill in, and the recipe that it becomes.
struct RecipeFormTests {
    private func summary(_ text: String, named name: String = "d.csv") throws -> TableSummary {
        let file = FileManager.default.temporaryDirectory.appending(path: "lares-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(text.utf8).write(to: file)
        return try TableSummary(contentsOf: file.path, named: name)
    }

    private func form(_ text: String, _ fields: String? = nil, file: String = "My Flowers 2.csv") throws -> RecipeForm {
        let summary = try summary(text)
        return try fields.map { RecipeForm(file: file, summary: summary, try Form($0)) } ?? RecipeForm(file: file, summary: summary)
    }

    private static let flowers = "id,length,colour,note,kind\n1,1.5,red,a,rose\n2,2.5,blue,,iris\n3,0.5,red,c,rose\n"

    @Test func aFormThatNobodyChangedIsAGoodBeginning() throws {
        let form = try form(Self.flowers)
        #expect(form.target == "kind" && form.isClass && form.name == "my-flowers-2" && form.missing == .drop)
        #expect(form.uses == [.out, .number, .category, .category, .category])
        let recipe = try form.recipe()
        #expect(throws: Never.self) { try Recipe(recipe) }
        #expect(recipe["columns"] == [["name": "length"], ["name": "colour", "kind": "category"], ["name": "note", "kind": "category"]])
        #expect(recipe["target"] == ["name": "kind", "kind": "class"] && recipe["early_stopping"]?["patience"] == 10)
        #expect(recipe["data"] == ["file": "My Flowers 2.csv", "format": "csv", "on_missing": "drop"])
    }

    private static let changed =
        "target=length&task=auto&name=a&epochs=7&size=none&missing=drop&validation=0&test=20&rate=0.5&batch=8&patience=3"
        + "&use0=out&use1=number&use2=category&use3=out&use4=category"

    @Test func whatWasFilledInIsInTheRecipe() throws {
        let recipe = try form(Self.flowers, Self.changed).recipe()
        #expect(throws: Never.self) { try Recipe(recipe) }
        #expect(recipe["target"] == ["name": "length", "kind": "number"] && recipe["name"] == "a" && recipe["epochs"] == 7)
        #expect(recipe["columns"] == [["name": "colour", "kind": "category"], ["name": "kind", "kind": "category"]])
        #expect(recipe["early_stopping"] == nil && recipe["network"] == ["layers": []] && recipe["batch"] == 8)
        #expect(recipe["split"] == ["validation": 0.0, "test": 0.2] && recipe["optimizer"]?["rate"] == 0.5)
    }

    @Test(arguments: [
        ("target=nothing", "target"), ("target=kind&task=number", "task"), ("target=kind&use1=out&use2=out&use3=out", "use0"),
        ("target=kind&use2=number", "use2"), ("target=note&missing=fill", "missing"), ("target=kind&epochs=0", "epochs"),
        ("target=kind&epochs=x", "epochs"), ("target=kind&batch=1e9", "batch"), ("target=kind&rate=-1", "rate"),
        ("target=kind&rate=nan", "rate"), ("target=kind&validation=60&test=60", "validation"),
        ("target=kind&validation=0&stops=1", "validation"), ("target=kind&validation=10&stops=1&patience=", "patience"),
        ("target=kind&test=91", "test"),
    ])
    func whatCanNotBeTrainedIsToldAtItsField(fields: String, field: String) throws {
        let whole = try Form(Self.changed + "&" + fields)
        let form = RecipeForm(file: "d.csv", summary: try summary(Self.flowers), whole)
        let fault = #expect(throws: FieldFault.self) { try form.recipe() }
        #expect(fault?.field == field)
    }

    @Test func aTargetThatIsAlwaysTheSameOrEverywhereDifferentIsRefused() throws {
        let same = try form("x,y\n1,a\n2,a\n")
        #expect(throws: FieldFault.self) { try same.recipe() }
        let rows = (0..<1_100).map { "\($0),t\($0)" }.joined(separator: "\n")
        let many = try form("x,y\n" + rows + "\n")
        let fault = #expect(throws: FieldFault.self) { try many.recipe() }
        #expect(fault?.field == "target")
    }

    @Test func aWideTableBecomesOneInputAndOddNamesGetOthers() throws {
        let names = (0..<64).map { "p\($0)" } + ["values", ""]
        let rows = (0..<4).map { row in (0..<66).map { "\($0 * row)" }.joined(separator: ",") + ",\(row % 2)" }
        let recipe = try form(names.joined(separator: ",") + ",digit\n" + rows.joined(separator: "\n") + "\n").recipe()
        #expect(recipe["columns"]?.elements?.count == 1)
        // The first column is always 0, and the one without a name only counts the rows: they tell nothing.
        #expect(recipe["columns"]?.elements?.first?["from"]?.elements?.count == 64)
        #expect(throws: Never.self) { try Recipe(recipe) }
        let odd = try form(",y\n1.5,a\n2.5,b\n").recipe()
        #expect(odd["columns"] == [["name": "column 1", "from": [""]]])
        #expect(throws: Never.self) { try Recipe(odd) }
    }

    @Test func separatorsAndTextsThatMeanNoValueAreTold() throws {
        let recipe = try form("x;y\n1;a\n?;b\n2;a\n").recipe()
        #expect(recipe["data"]?["separator"] == ";" && recipe["data"]?["missing"] == ["", "?"] && recipe["data"]?["on_missing"] == "drop")
    }

    @Test(arguments: [("a.csv", "a"), ("/x/Heizung-Küche.csv", "heizung-k-che"), ("__.csv", ""), ("데이터.csv", ""), ("...", "")])
    func aNameIsSuggestedByTheFile(file: String, name: String) throws {
        #expect(try form("x,y\n1,a\n2,b\n", file: file).name == name)
    }

    @Test func aRecipeIsWrittenForPeople() throws {
        let text = try form("x,y\n1,a\n2,b\n").recipe().indented
        #expect(text.contains("{\n  \"name\": \"my-flowers-2\",\n  \"data\": {\n"))
        #expect(text.contains("  \"columns\": [\n    {\"name\": \"x\"}\n  ],\n"))
        #expect(try JSON(parsing: Array(text.utf8)) == form("x,y\n1,a\n2,b\n").recipe())
    }
}
