import LaresTensor

/// Questions "a is to b as c is to d" in sections, such as Google's (Mikolov et al. 2013).
public struct AnalogyTest: Sendable {
    /// Right answers of a section.
    public struct Result: Sendable, Hashable {
        /// Its name.
        public let section: String
        /// Questions answered by the right word.
        public let correct: Int
        /// Questions whose four words all have vectors.
        public let questions: Int
    }

    private let sections: [(name: String, questions: [[String]])]

    /// Reads lines of four words; a line `: name` begins a section.
    public init(contentsOf path: String) throws {
        var sections: [(name: String, questions: [[String]])] = []
        var number = 0
        try LineReader(path: path).forEachLine { line, _ in
            number += 1
            let text = String(decoding: line, as: UTF8.self)
            let fields = text.split { $0.isWhitespace }.map(String.init)
            if fields.first == ":" { return sections.append((fields.dropFirst().joined(separator: " "), [])) }
            guard !fields.isEmpty, !text.hasPrefix("#") else { return }
            guard fields.count == 4 else { throw WordVectorError(.malformed, "'\(path)', line \(number): \(fields.count) words, not four") }
            if sections.isEmpty { sections.append(("", [])) }
            sections[sections.count - 1].questions.append(fields)
        }
        guard sections.contains(where: { !$0.questions.isEmpty }) else {
            throw WordVectorError(.malformed, "'\(path)' has no line of four words")
        }
        self.sections = sections
    }

    /// Answers with the nearest of the `most` first words to b − a + c, the three left out (3CosAdd). Words are looked for as they stand
    /// and in lower case.
    public func evaluate(_ vectors: WordVectors, most: Int = 300_000) -> [Result] {
        let count = min(most, vectors.words.count)
        let units = vectors.units(count)
        let columns = units.transposed()
        return sections.map { section in
            let known = section.questions.compactMap { question -> [Int]? in
                let numbers = question.compactMap { vectors.known($0).flatMap(vectors.number) }
                return numbers.count == 4 && numbers.allSatisfy { $0 < count } ? numbers : nil
            }
            let correct = stride(from: 0, to: known.count, by: 64).reduce(0) { sum, from in
                sum + AnalogyTest.correct(Array(known[from..<min(from + 64, known.count)]), vectors, units, columns)
            }
            return Result(section: section.name, correct: correct, questions: known.count)
        }
    }

    private static func correct(_ questions: [[Int]], _ vectors: WordVectors, _ units: Tensor, _ columns: Tensor) -> Int {
        let wanted = questions.map { ask in (units.at(ask[1]) - units.at(ask[0]) + units.at(ask[2])).reshaped([1, vectors.dimensions]) }
        let scores = matmul(concatenated(wanted), columns)
        return questions.enumerated().count { index, ask in
            let row = scores.at(index).array
            return WordVectors.highest(row, 4).first { !ask[..<3].contains($0) } == ask[3]
        }
    }
}

extension WordVectors {
    /// The first `count` vectors at length one.
    fileprivate func units(_ count: Int) -> Tensor {
        var values: [Float] = []
        values.reserveCapacity(count * dimensions)
        let all = matrix.array
        for word in 0..<count {
            let scale = 1 / max(lengths[word], .leastNormalMagnitude)
            for x in all[(word * dimensions)..<((word + 1) * dimensions)] { values.append(x * scale) }
        }
        return Tensor(values, [count, dimensions])
    }
}
