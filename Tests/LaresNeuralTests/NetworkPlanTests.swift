import LaresJSON
import LaresNeural
import LaresTensor
import Testing

@Suite struct NetworkPlanTests {
    private static func plan(_ steps: String, shape: String = "[-1,4]", type: String = "FP32", output: String = "y") -> String {
        #"{"inputs":[{"name":"x","type":"\#(type)","shape":\#(shape)}],"steps":[\#(steps)],"outputs":[{"name":"\#(output)"}]}"#
    }

    private static let mistakes: [(String, String)] = [
        ("", "not JSON"), ("[]", "must be an object"), ("{}", "0 inputs"), (#"{"inputs":[],"layers":[]}"#, "'layers' is unknown"),
        (plan(#"{"name":"y","layer":"linear","units":3}"#), "'steps[0].outputs' is missing"),
        (plan(#"{"name":"y","layer":"linear","outputs":3,"units":3}"#), "'steps[0].units' is unknown"),
        (plan(#"{"name":"y","layer":"linaer"}"#), "there are add"),
        (plan(#"{"name":"y","layer":"linear","outputs":0}"#), "between 1 and"),
        (plan(#"{"name":"y","layer":"linear","outputs":1e300}"#), "whole number"),
        (plan(#"{"name":"y","layer":"relu","from":"z"}"#), "no input and no earlier step"),
        (plan(#"{"name":"y","layer":"relu","from":"y"}"#), "no input and no earlier step"),
        (plan(#"{"name":"x","layer":"relu"}"#), "which another has"),
        (plan(#"{"name":"a.b","layer":"relu"}"#), "a dot"),
        (plan(#"{"name":"y","layer":"relu"}"#, output: "z"), "no input and no earlier step"),
        (plan(#"{"name":"y","layer":"lstm","hidden":3}"#), "step 'y' (lstm) takes values of 3 axes"),
        (plan(#"{"name":"y","layer":"transformer","heads":3}"#, shape: "[-1,2,4]"), "don't divide"),
        (plan(#"{"name":"y","layer":"conv2d","outputs":1,"window":9}"#, shape: "[-1,8,8,1]"), "make it smaller"),
        (plan(#"{"name":"y","layer":"flatten"}"#, shape: "[-1,-1,4]"), "needs to know"),
        (plan(#"{"name":"y","layer":"reshape","shape":[3]}"#), "number of elements differs"),
        (plan(#"{"name":"y","layer":"linear","outputs":1048576},{"name":"z","layer":"linear","outputs":1048576}"#), "would learn more"),
        (plan(#"{"name":"y","layer":"embedding","tokens":2,"width":2}"#), "takes integers"),
        (plan(#"{"name":"y","layer":"standardise","mean":[0],"deviation":[0]}"#), "lie between"),
        (plan(#"{"name":"y","layer":"standardise","mean":[0],"deviation":[1]}"#), "1 means"),
        (plan(#"{"name":"y","layer":"label","labels":["a","a"]}"#), "twice"),
        (plan(#"{"name":"y","layer":"label","labels":["a","b"]}"#), "names 2 classes"),
        (plan(#"{"name":"y","layer":"add","from":["x"]}"#), "takes two inputs"),
        (plan(#"{"name":"y","layer":"relu"}"#, shape: "[0]"), "one to five sizes"),
        (plan(#"{"name":"y","layer":"relu"}"#, type: "FLOAT"), "it may be BOOL"),
    ]

    @Test(arguments: mistakes)
    func aPlanWithAMistakeIsRefusedByNameAndPlace(_ text: String, _ reason: String) {
        let error = #expect(throws: NetworkError.self) { try NetworkPlan(parsing: Array(text.utf8)) }
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "no error")")
    }

    @Test func whatIsWrittenReadsTheSame() throws {
        let plan = try NetworkPlan(NetworkTests.simple)
        #expect(try NetworkPlan(parsing: Array(plan.description.utf8)) == plan)
    }

    /// Plans that were changed at random are refused, or build and run: nothing traps.
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func changedPlansAreRefusedOrRun(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let layers = [
            #"{"name":"a","layer":"conv1d","outputs":4,"window":3,"padding":1}"#, #"{"name":"b","layer":"transformer","heads":2}"#,
            #"{"name":"c","layer":"gru","hidden":4,"outputs":"all"}"#, #"{"name":"d","layer":"add","from":["b","c"]}"#,
            #"{"name":"e","layer":"flatten"}"#, #"{"name":"f","layer":"reshape","shape":[4,3,2]}"#,
            #"{"name":"g","layer":"conv2d","outputs":2,"window":[2,2]}"#, #"{"name":"h","layer":"maxpool","window":2}"#,
            #"{"name":"y","layer":"mean_over_time"}"#,
        ]
        let whole = Array(NetworkPlanTests.plan(layers.joined(separator: ","), shape: "[-1,6,4]").utf8)
        let digits = Array("0123456789-1,[]\"".utf8)
        var ran = 0
        for _ in 0..<400 {
            var text = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let at = text.indices.filter { digits.contains(text[$0]) }.randomElement(using: &random) ?? 0
                text[at] = digits.randomElement(using: &random) ?? 48
            }
            guard let plan = try? NetworkPlan(parsing: text), plan.parameterCount < 1_000_000 else { continue }
            let shape = plan.signature.inputs[0].shape.map { $0 ?? 2 }
            guard shape.reduce(1.0, { $0 * Double($1) }) < 1e5 else { continue }
            let value = NetworkValue.floats([Float](repeating: 0.5, count: shape.reduce(1, *)), shape: shape)
            if (try? Network(plan)([plan.signature.inputs[0].name: value])) != nil { ran += 1 }
        }
        #expect(ran > 0, "seed \(seed)")
    }
}
