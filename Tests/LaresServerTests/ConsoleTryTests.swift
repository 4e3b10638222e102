import HTTPTypes
import HummingbirdTesting
import LaresJSON
import LaresNeural
import LaresServer
import LaresServing
import Testing

/// Forms made from signatures, what they send, and answers that people can read.
struct ConsoleTryTests {
    @Test func aFormAsksForWhatTheNetworkTakesAndStartsWithAUsualSample() async throws {
        try await withLearning { client, learning in
            try learning.publishFlowers()
            let page = try await client.get("/networks/flowers/try").text
            #expect(page.contains("<legend>size</legend>") && page.contains("mostly 4 to 6") && page.contains("mostly 0.4 to 0.6"))
            #expect(page.contains("name=\"i0-0\" type=\"number\" step=\"any\" value=\"5\" required aria-describedby=\"i0-0-h\""))
            #expect(page.contains("<option value=\"red\" selected>red</option><option value=\"deep &lt;blue&gt;\">"))
            #expect(page.contains("The answer appears here.") && page.contains("/v2/models/flowers/infer"))
            #expect(page.contains("&quot;data&quot;:[5.0,0.5]") || page.contains("&quot;data&quot;:[5,0.5]"))
        }
    }

    @Test func theAnswerHasNamesAndBarsAndTheSameForPrograms() async throws {
        try await withLearning { client, learning in
            for seed in 1...2 { try learning.publishFlowers(seed: UInt64(seed)) }
            let sample: KeyValuePairs = ["version": "1", "i0-0": "6.25", "i0-1": "0.4", "i1": "deep <blue>"]
            let page = try await client.form("/networks/flowers/try", sample).text
            let kind = try #require(page.firstMatch(of: /<p class="big">(\w+)<\/p>/)).output.1
            let bars = page.matches(of: /<span>(\w+)<\/span><b class="num">([\d.]+)%<\/b><svg class="meter"/).map(\.output)
            #expect(Set(bars.map(\.1)) == ["rose", "iris", "viola"] && bars.first?.1 == kind, "the likeliest comes first")
            #expect(abs(bars.reduce(0) { $0 + (Double($1.2) ?? 0) } - 100) < 0.2)
            #expect(page.contains("value=\"6.25\"") && page.contains("&lt;blue&gt;\" selected>") && page.contains("Version 1, "))
            #expect(page.contains("/v2/models/flowers/versions/1/infer"))
            let body = try #require(page.firstMatch(of: /-d &#39;(.*)&#39;<\/code>/)).output.1
                .replacing("&quot;", with: "\"").replacing("&lt;", with: "<").replacing("&gt;", with: ">")
            let answer = try await client.post("/v2/models/flowers/versions/1/infer", String(body)).json()
            #expect(answer["outputs"]?.elements?.first?["data"]?.elements?.first?.text == String(kind), "the example gives the same answer")
        }
    }

    private static let wrong: [(KeyValuePairs<String, String>, String, String)] = [
        (["i0-0": "", "i0-1": "1", "i1": "red"], "i0-0", "size needs a number"),
        (["i0-0": "1", "i0-1": "x", "i1": "red"], "i0-1", "size needs a number"), (["i0-0": "1e39", "i0-1": "1"], "i0-0", "size needs"),
        (["i0-0": "nan", "i0-1": "1"], "i0-0", "size needs a number"), ([:], "i0-0", "size needs a number"),
    ]

    @Test(arguments: wrong)
    func whatIsNoSampleIsToldAtItsField(fields: KeyValuePairs<String, String>, field: String, said: String) async throws {
        try await withLearning { client, learning in
            try learning.publishFlowers()
            let page = try await client.form("/networks/flowers/try", fields)
            #expect(page.status == .badRequest && page.text.contains("<a href=\"#\(field)\">\(said)"), "\(page.text)")
            #expect(page.text.contains("id=\"\(field)-wrong\"") && page.text.contains("\(field)-wrong\" aria-invalid=\"true\""))
        }
    }

    @Test func aNumberThatMayBeMissingIsLeftEmptyAndNullForPrograms() async throws {
        let plan: JSON = [
            "inputs": [["name": "size", "type": "FP32", "shape": [-1, 2]]],
            "steps": [["name": "filled", "layer": "fill", "values": [5, 0.5]], ["name": "y", "layer": "linear", "outputs": 1]],
            "outputs": [["name": "y"]],
        ]
        try await withLearning { client, learning in
            try learning.publish(plan, as: "gaps")
            let page = try await client.form("/networks/gaps/try", ["i0-0": "", "i0-1": "0.5"])
            #expect(page.status == .ok && page.text.contains("may be left empty") && !page.text.contains("value=\"\" required"))
            #expect(page.text.contains("&quot;data&quot;:[null,0.5]"))
            func answer(_ name: String, _ first: String) async throws -> TestResponse {
                try await client.post(
                    "/v2/models/\(name)/infer",
                    #"{"inputs":[{"name":"size","shape":[1,2],"datatype":"FP32","data":[\#(first),0.5]}]}"#)
            }
            let missing = try await answer("gaps", "null").json()["outputs"], mean = try await answer("gaps", "5").json()["outputs"]
            #expect(missing == mean && missing != nil)
            let whole: JSON = [
                "inputs": [["name": "size", "type": "FP32", "shape": [-1, 2]]], "steps": [["name": "y", "layer": "linear", "outputs": 1]],
                "outputs": [["name": "y"]],
            ]
            try learning.publish(whole, as: "whole")
            let refused = try await answer("whole", "null")
            #expect(refused.status == .badRequest && refused.text.contains("every number must be finite"))
        }
    }

    @Test func aCategoryThatIsUnknownIsANetworksBusiness() async throws {
        try await withLearning { client, learning in
            try learning.publishFlowers()
            let page = try await client.form("/networks/flowers/try", ["i0-0": "1", "i0-1": "1", "i1": "<script>"])
            #expect(page.status == .ok && !page.text.contains("<script>"))
        }
    }

    @Test func aPictureIsABoxOfNumbersAndTheNumbersOfItsClassesAreListed() async throws {
        let plan: JSON = [
            "inputs": [["name": "pixels", "type": "FP32", "shape": [-1, 64]]],
            "steps": [["name": "y", "layer": "linear", "outputs": 70]], "outputs": [["name": "y"]],
        ]
        try await withLearning { client, learning in
            try learning.publish(plan, as: "digits")
            let page = try await client.get("/networks/digits/try").text
            #expect(page.contains("data-grid=\"8 8 1\"") && page.contains("64 numbers, 8 in a row."))
            let picture = Array(repeating: "0 1 2 3 4 5 6 7", count: 8).joined(separator: "\r\n")
            let answer = try await client.form("/networks/digits/try", ["i0": picture]).text
            #expect(answer.contains("And 6 more") && answer.contains("<p class=\"mono\">"))
            let few = try await client.form("/networks/digits/try", ["i0": "1, 2; [3]"]).text
            #expect(few.contains("pixels has 3 numbers and needs 64."))
        }
    }

    private func input(_ type: SignatureType, _ shape: [Int?], _ change: (inout TensorHint) -> Void = { _ in }) -> TryInput {
        var hint = TensorHint()
        change(&hint)
        return TryInput(TensorSignature(name: "x", datatype: type, shape: shape), hint, place: 0)
    }

    @Test func everyKindOfInputIsRead() throws {
        func read(_ input: TryInput, _ fields: [String: String]) throws -> NetworkValue { try input.value { fields[$0] ?? "" } }
        #expect(try read(input(.fp32, [nil, 1]), ["i0": " 2.5 "]) == .floats([2.5], shape: [1, 1]))
        #expect(try read(input(.fp64, [3]), ["i0-0": "1", "i0-1": "2", "i0-2": "-3"]) == .floats([1, 2, -3], shape: [3]))
        #expect(try read(input(.bool, [nil, 1]), ["i0": "1"]) == .integers([1], shape: [1, 1]))
        #expect(try read(input(.bytes, [nil, 1]), ["i0": " a b "]) == .strings([" a b "], shape: [1, 1]))
        #expect(try read(input(.bytes, [nil, 2]), ["i0": "a\nb"]) == .strings(["a", "b"], shape: [1, 2]))
        #expect(try read(input(.int64, [nil, nil]), ["i0": "1 2\t3"]) == .integers([1, 2, 3], shape: [1, 3]))
        #expect(try read(input(.fp32, [nil, nil, 2]), ["i0": "1 2 3 4"]) == .floats([1, 2, 3, 4], shape: [1, 2, 2]))
        #expect(try read(input(.uint8, [nil, 1]), ["i0": "255"]) == .integers([255], shape: [1, 1]))
    }

    @Test(arguments: [
        (SignatureType.uint8, [1] as [Int?], "256"), (.int8, [1], "-129"), (.int64, [1], "1.5"), (.int64, [1], ""), (.fp32, [1], "inf"),
        (.fp32, [nil, nil, 2], "1 2 3"), (.fp32, [nil, nil], ""), (.fp32, [nil, nil, nil], "1"), (.uint64, [1], "-1"), (.fp16, [17], "1 x"),
        (.fp32, [1 << 20, 1 << 20, 1 << 20, 1 << 20], "1"),
    ])
    func whatDoesNotFitIsAFault(type: SignatureType, shape: [Int?], text: String) {
        #expect(throws: FieldFault.self) { try input(type, shape).value { _ in text } }
    }

    @Test func aBoundedNumberSaysItsBounds() {
        let input = input(.int64, [nil, 1]) { $0.range = 0...6 }
        #expect(throws: FieldFault.self) { try input.value { _ in "7" } }
        #expect(input.usual("i0") == "0")
    }

    @Test(arguments: [(5.84, 0.83, "5.84"), (0.000123, 0.00002, "0.000123"), (1013.25, 10, "1013"), (-0.001, 1, "0"), (3, 1e30, "3")])
    func aUsualValueHasTheDigitsItsSpreadGivesAMeaning(mean: Double, spread: Double, text: String) {
        let input = input(.fp32, [nil, 1]) { ($0.means, $0.deviations) = ([Float(mean)], [Float(spread)]) }
        #expect(input.usual("i0") == text)
    }
}
