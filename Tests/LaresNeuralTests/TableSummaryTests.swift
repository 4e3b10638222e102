import Foundation
import LaresJSON
import LaresNeural
import Testing

/// What is told of a file of rows before anyone learns from it.
struct TableSummaryTests {
    private func summary(_ text: String, named name: String = "d.csv", limit: Int = TableSummary.mostBytes) throws -> TableSummary {
        let folder = try RecipeFolder([name: text])
        return try TableSummary(contentsOf: folder.path + "/" + name, named: name, limit: limit)
    }

    @Test func columnsAreCountedByWhatIsInThem() throws {
        let summary = try summary("size,colour,note\n1,red,a\n2.5,blue,\n-3,red,b\n")
        #expect(summary.rows == 3 && summary.format == .csv && summary.separator == "," && summary.isWhole)
        #expect(summary.columns.map(\.name) == ["size", "colour", "note"])
        #expect(summary.columns.map(\.isNumeric) == [true, false, false])
        #expect(summary.columns.map(\.distinct) == [3, 2, 2] && summary.columns.map(\.missing) == [0, 0, 1])
        #expect(summary.columns[0].range == -3...2.5 && !summary.columns[0].isWhole)
        #expect(summary.columns[1].examples == ["red", "blue"])
        #expect(summary.missing == [""])
    }

    @Test func textsThatMeanNoValueAreNotValues() throws {
        let summary = try summary("a,b\n1,NA\n?,2\n3,4\n")
        #expect(summary.columns.map(\.isNumeric) == [true, true] && summary.columns.map(\.missing) == [1, 1])
        #expect(summary.missing == ["", "?", "NA"])
    }

    @Test(arguments: [("a;b\n1,5;2\n", ";"), ("a\tb\n1\t2\n", "\t"), ("a,b\n1,2\n", ","), ("a\n1\n", ","), ("\"x;y;z\",b\n1,2\n", ",")])
    func theSeparatorIsFoundInTheFirstLine(text: String, separator: String) throws {
        #expect(try summary(text).separator == separator)
    }

    @Test func objectsAreJSONLWhateverTheirNames() throws {
        let summary = try summary("{\"a\":1}\n\n{\"b\":\"x\",\"a\":null}\n", named: "rows.txt")
        #expect(summary.format == .jsonl && summary.rows == 2)
        #expect(summary.columns.map(\.name) == ["a", "b"] && summary.columns.map(\.missing) == [1, 1])
    }

    @Test(arguments: [
        ("", "is empty"), ("a,b\n", "has no rows"), ("a,b\n1\n", "line 2 has 1 fields, the first line has 2"), ("a,a\n1,2\n", "twice"),
        ("a,b\n1,\u{0}\n", "zero byte"), ("a,b\n1,\"x\n", "ends inside quotes"), ("a,b\n\n1,2\n", "line 2 is empty"),
        ("{\"a\":[1]}\n", "expected a number or a text"), ("{\"a\":1}\n[1]\n", "line 2 is an array"),
    ])
    func whatIsNoTableIsToldWithItsPlace(text: String, reason: String) {
        let error = #expect(throws: RecipeError.self) { try summary(text, named: "d") }
        #expect(error?.message.contains(reason) == true && error?.message.contains("'d'") == true, "\(error?.message ?? "")")
    }

    @Test func aLongFileIsLookedAtFromItsBeginning() throws {
        let summary = try summary("a\n" + String(repeating: "12345\n", count: 1_000), limit: 300)
        #expect(!summary.isWhole && summary.rows == 51)
    }

    @Test func differentValuesAreCountedUpToABound() throws {
        let rows = (0...1_200).map { "t\($0)" }.joined(separator: "\n")
        let column = try summary("a\n" + rows + "\n").columns[0]
        #expect(column.distinct == nil && column.examples == ["t0", "t1", "t2", "t3", "t4"])
    }

    @Test func aSummaryIsReadBackAsItWas() throws {
        let summary = try summary("size;colour;none\n0.1;red;\n1e-3;é,;\n")
        #expect(try TableSummary(JSON(parsing: summary.json.data)) == summary)
    }
}
