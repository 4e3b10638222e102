import LaresLanguage
import LaresNeural
import LaresServing

/// What a network answered, as people read it.
struct TryAnswer {
    let answer: InferenceAnswer
    /// What is known of each output.
    let hints: [String: TensorHint]
    let time: Duration
    /// The words nearest to one that was asked for, the nearest first; empty where words have no vectors.
    var neighbours: [WordVectors.Neighbour] = []

    private static let mostBars = 10
    private static let mostNumbers = 64

    /// The fields of the answer's part of the template `try`.
    func fields(_ amount: Amount) -> [String: Any] {
        let milliseconds = amount.figure(time / .milliseconds(1))
        return [
            "by": amount.words("try.by", ["version": "\(answer.version.number)", "time": milliseconds]),
            "outputs": nearest(amount)
                + answer.version.signature.outputs.compactMap { output in
                    answer.outputs[output.name].map { fields(output, $0, amount) }
                },
        ]
    }

    private func nearest(_ amount: Amount) -> [[String: Any]] {
        guard !neighbours.isEmpty else { return [] }
        let bars: [[String: Any]] = neighbours.map { word in
            ["class": word.word, "amount": amount.figure(Double(word.similarity)), "width": Self.width(Double(word.similarity))]
        }
        return [["output": amount.words("try.nearest"), "single": false, "bars": bars, "list": false, "more": false]]
    }

    /// How far a bar reaches, in thousands, for a part of one.
    private static func width(_ part: Double) -> String { "\(Int((min(1, max(0, part)) * 1_000).rounded()))" }

    private func fields(_ output: TensorSignature, _ value: NetworkValue, _ amount: Amount) -> [String: Any] {
        var fields: [String: Any] = ["output": output.name, "single": false, "bars": false, "list": false, "more": false]
        let hint = hints[output.name] ?? TensorHint(), numbers = value.numbers
        if value.count == 1 {
            fields["single"] = value.texts(output.datatype, amount).first ?? ""
        } else if let numbers, hint.names.count == numbers.count {
            let order = numbers.indices.sorted { (numbers[$1], $0) < (numbers[$0], $1) }.prefix(Self.mostBars)
            fields["bars"] = order.map { bar(hint.names[$0], numbers[$0], hint, amount) }
            fields["more"] = more(numbers.count - order.count, amount)
        } else {
            let texts = value.texts(output.datatype, amount)
            fields["list"] = texts.prefix(Self.mostNumbers).joined(separator: "  ")
            fields["more"] = more(texts.count - Self.mostNumbers, amount)
        }
        return fields
    }

    private func bar(_ name: String, _ number: Double, _ hint: TensorHint, _ amount: Amount) -> [String: Any] {
        [
            "class": name, "amount": hint.areProbabilities ? amount.percent(number) : amount.figure(number),
            "width": hint.areProbabilities ? Self.width(number) : false,
        ]
    }

    private func more(_ count: Int, _ amount: Amount) -> Any {
        count > 0 ? amount.words("try.more", ["count": amount.whole(count)]) : false
    }
}

extension NetworkValue {
    fileprivate var numbers: [Double]? {
        switch self {
        case .floats(let values, _): values.map { Double($0) }
        case .integers(let values, _): values.map { Double($0) }
        case .strings: nil
        }
    }

    fileprivate func texts(_ type: SignatureType, _ amount: Amount) -> [String] {
        switch self {
        case .floats(let values, _): values.map { amount.figure(Double($0)) }
        case .integers(let values, _) where type == .bool: values.map { amount.words($0 == 0 ? "try.no" : "try.yes") }
        case .integers(let values, _): values.map { String($0) }
        case .strings(let values, _): values
        }
    }
}
