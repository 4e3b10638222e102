import Foundation
import LaresTensor

/// Sequences to read, each with all that may rightly be written.
struct Task {
    let name: String
    var learnt: [(source: [String], target: [String])]
    var unseen: [(source: [String], targets: [[String]])]
}

enum TaskError: Error, CustomStringConvertible {
    case unknown(String), unreadable(String)

    var description: String {
        switch self {
        case .unknown(let name): "no task '\(name)': numbers, or g2p with the path of a pronouncing dictionary"
        case .unreadable(let path): "'\(path)' can't be read as CMUdict: lines of a word and its phonemes"
        }
    }
}

extension Task {
    /// Whole numbers below a million, read aloud in English.
    static func numbers(learnt: Int, unseen: Int, seed: UInt64) -> Task {
        var random = SeededRandom(seed: seed), seen: Set<Int> = []
        func draw() -> Int {
            // As many short numbers as long ones.
            let limit = [10, 100, 1000, 10000, 100_000, 1_000_000][Int.random(in: 0..<6, using: &random)]
            return Int.random(in: 0..<limit, using: &random)
        }
        let known = (0..<learnt).map { _ in draw() }
        seen.formUnion(known)
        var rest: [Int] = []
        while rest.count < unseen {
            let number = draw()
            if seen.insert(number).inserted { rest.append(number) }
        }
        func digits(_ number: Int) -> [String] { String(number).map(String.init) }
        return Task(
            name: "numbers", learnt: known.map { (digits($0), words($0)) }, unseen: rest.map { (digits($0), [words($0)]) })
    }

    static func words(_ number: Int) -> [String] {
        let small = """
            zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
            """.split(whereSeparator: \.isWhitespace).map(String.init)
        let tens = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split(separator: " ").map(String.init)
        switch number {
        case ..<20: return [small[number]]
        case ..<100: return [tens[number / 10]] + (number % 10 == 0 ? [] : [small[number % 10]])
        case ..<1000: return [small[number / 100], "hundred"] + (number % 100 == 0 ? [] : ["and"] + words(number % 100))
        default:
            let rest = number % 1000
            return words(number / 1000) + ["thousand"] + (rest == 0 ? [] : (rest < 100 ? ["and"] : []) + words(rest))
        }
    }

    /// Letters to phonemes without stress, from CMUdict; `unseen` words are kept apart with all their pronunciations.
    static func pronunciations(_ path: String, unseen: Int, seed: UInt64) throws -> Task {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { throw TaskError.unreadable(path) }
        var spoken: [String: [[String]]] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix(";;;") {
            let parts = line.prefix { $0 != "#" }.split(separator: " ")
            guard parts.count > 1, let word = parts[0].split(separator: "(").first?.lowercased() else { continue }
            guard word.allSatisfy({ $0.isASCII && $0.isLetter || $0 == "'" }) else { continue }
            let phonemes = parts.dropFirst().map { $0.filter { !$0.isNumber } }
            if spoken[word]?.contains(phonemes) != true { spoken[word, default: []].append(phonemes) }
        }
        guard spoken.count > 2 * unseen else { throw TaskError.unreadable(path) }
        var random = SeededRandom(seed: seed)
        let words = spoken.keys.sorted().shuffled(using: &random)
        func letters(_ word: String) -> [String] { word.map(String.init) }
        return Task(
            name: "g2p", learnt: words.dropFirst(unseen).flatMap { word in spoken[word, default: []].map { (letters(word), $0) } },
            unseen: words.prefix(unseen).map { (letters($0), spoken[$0, default: []]) })
    }
}
