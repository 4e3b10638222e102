import Foundation
package import LaresNeural

extension TryInput {
    /// What a form said, as the network takes it.
    ///
    /// - Parameter text: What stands in a field; empty where there is none.
    /// - Throws: ``FieldFault`` naming the field.
    package func value(_ text: (String) -> String) throws(FieldFault) -> NetworkValue {
        switch kind {
        case .choice, .text: return try strings([text(id)])
        case .flag: return try integers([text(id)], field: { _ in id })
        case .numbers(let count):
            let texts = (0..<count).map { text(field($0)) }
            return signature.datatype.integers == nil ? try floats(texts, field: field) : try integers(texts, field: field)
        case .list: return try list(text(id))
        case .none: throw fault(id, "try.wrong.shape")
        }
    }

    private func list(_ text: String) throws(FieldFault) -> NetworkValue {
        if signature.datatype == .bytes { return try strings(text.isEmpty ? [] : text.components(separatedBy: "\n")) }
        let texts = text.split { " \t\n\r,;[]".contains($0) }.map(String.init)
        return signature.datatype.integers == nil ? try floats(texts) { _ in id } : try integers(texts) { _ in id }
    }

    private func shape(_ count: Int) throws(FieldFault) -> [Int] {
        if let shape = shape(of: count) { return shape }
        if case .list(let wanted?) = kind { throw fault(id, "try.wrong.count", ["count": "\(count)", "wanted": "\(wanted)"]) }
        throw fault(id, "try.wrong.empty")
    }

    private func fault(_ field: String, _ key: String, _ values: [String: String] = [:]) -> FieldFault {
        FieldFault(field, key, values.merging(["field": signature.name]) { $1 })
    }

    private func strings(_ texts: [String]) throws(FieldFault) -> NetworkValue { .strings(texts, shape: try shape(texts.count)) }

    private func floats(_ texts: [String], field: (Int) -> String) throws(FieldFault) -> NetworkValue {
        var numbers: [Float] = []
        for (place, text) in texts.enumerated() {
            let plain = text.trimmingSpaces()
            // What may be missing is left empty; in a box of many, "-" stands for it.
            if hint.mayBeMissing, plain.isEmpty || plain == "-" {
                numbers.append(.nan)
                continue
            }
            guard let number = Float(plain), number.isFinite else {
                throw fault(field(place), "try.wrong.number")
            }
            numbers.append(number)
        }
        return .floats(numbers, shape: try shape(numbers.count))
    }

    private func integers(_ texts: [String], field: (Int) -> String) throws(FieldFault) -> NetworkValue {
        let bounds = bounds ?? Int64.min...Int64.max
        var numbers: [Int64] = []
        for (place, text) in texts.enumerated() {
            guard let number = Int64(text.trimmingSpaces()), bounds.contains(number) else {
                throw fault(field(place), "try.wrong.whole", ["low": "\(bounds.lowerBound)", "high": "\(bounds.upperBound)"])
            }
            numbers.append(number)
        }
        return .integers(numbers, shape: try shape(numbers.count))
    }

    /// What stands in the fields before anyone has filled them in: a usual sample, where the plan knows one.
    package func usual(_ field: String) -> String {
        switch kind {
        case .choice(let names): names.first ?? ""
        case .flag: "0"
        case .text, .none: ""
        case .numbers(let count): (0..<count).first { self.field($0) == field }.flatMap { mean($0) ?? least } ?? ""
        case .list(let count): rows(of: (0..<(count ?? 0)).compactMap { mean($0) }, count)
        }
    }

    /// The least number of a small range; nil where a sample could be anything.
    private var least: String? { hint.range.map { "\($0.lowerBound)" } }

    private func rows(of texts: [String], _ count: Int?) -> String {
        guard texts.count == count else { return "" }
        return stride(from: 0, to: texts.count, by: rowLength).map { texts[$0..<min(texts.count, $0 + rowLength)].joined(separator: " ") }
            .joined(separator: "\n")
    }

    private func mean(_ element: Int) -> String? {
        guard element < hint.means.count, element < hint.deviations.count else { return nil }
        return Self.text(Double(hint.means[element]), spread: Double(hint.deviations[element]))
    }

    /// Where most of an element's values lie: "4.98 to 6.61"; nil where nobody knows.
    func usualRange(_ element: Int) -> (low: String, high: String)? {
        guard element < hint.means.count, element < hint.deviations.count else { return nil }
        let (mean, spread) = (Double(hint.means[element]), Double(hint.deviations[element]))
        return (Self.text(mean - spread, spread: spread), Self.text(mean + spread, spread: spread))
    }

    /// As many digits as the spread gives a meaning to: two of its own.
    private static func text(_ number: Double, spread: Double) -> String {
        guard number.isFinite, spread > 0, spread.isFinite else { return "0" }
        let decimals = min(6, max(0, 1 - Int(log10(spread).rounded(.down))))
        let text = String(format: "%.\(decimals)f", number)
        let short = text.contains(".") ? String(text.reversed().drop { $0 == "0" }.drop { $0 == "." }.reversed()) : text
        return short == "-0" ? "0" : short
    }
}
