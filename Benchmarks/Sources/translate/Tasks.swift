import Foundation
import LaresTensor

/// Sequences to read, and what to write for them.
struct Task {
    /// A source with all that may rightly be written for it.
    struct Question {
        let source: [String]
        let targets: [[String]]
    }

    let name: String
    var learnt: [(source: [String], target: [String])]
    /// Looked at after every epoch.
    var held: [Question] = []
    /// Looked at once, at the end.
    var unseen: [Question]
}

enum TaskError: Error, CustomStringConvertible {
    case task(String), cell(String), unreadable(String), small(Int), least(String), missed(String, Double, Double)

    var description: String {
        switch self {
        case .task(let name): "no task '\(name)': numbers, dates, or g2p with the path of a pronouncing dictionary"
        case .cell(let name): "no cell '\(name)': lstm, gru or transformer"
        case .unreadable(let path): "'\(path)' can't be read: CMUdict has lines of a word and its phonemes"
        case .least(let text): "'--least \(text)': a share of the unseen in percent, from 0 to 100"
        case .missed(let name, let exact, let least):
            "\(name): \(String(format: "%.2f", exact))% of the unseen are exact, at least \(least)% must be"
        case .small(let words): "a dictionary of \(words) words; the published split takes \(PublishedSplit.words)"
        }
    }
}

/// The words of a text as characters.
func letters(_ text: some StringProtocol) -> [String] { text.map(String.init) }

extension Task {
    /// Whole numbers below a million, read aloud in English; none of those kept apart is learnt from.
    static func numbers(learnt: Int, unseen: Int, seed: UInt64) -> Task {
        var random = SeededRandom(seed: seed)
        func draw() -> Int {
            // As many short numbers as long ones.
            let limit = [10, 100, 1000, 10000, 100_000, 1_000_000][Int.random(in: 0..<6, using: &random)]
            return Int.random(in: 0..<limit, using: &random)
        }
        let known = (0..<learnt).map { _ in draw() }
        var seen = Set(known), rest: [Int] = []
        while rest.count < unseen {
            let number = draw()
            if seen.insert(number).inserted { rest.append(number) }
        }
        return Task(
            name: "numbers", learnt: known.map { (letters(String($0)), spoken($0)) },
            unseen: rest.map { Question(source: letters(String($0)), targets: [spoken($0)]) })
    }

    /// Days of two centuries in many forms, to be written as ISO 8601 has them; the days kept apart are learnt from in no form.
    static func dates(learnt: Int, unseen: Int, seed: UInt64) -> Task {
        var random = SeededRandom(seed: seed)
        let days = (0..<Day.count).shuffled(using: &random), apart = days.prefix(Day.count / 10), known = days.dropFirst(apart.count)
        func example(of days: ArraySlice<Int>) -> (source: [String], target: [String]) {
            let day = Day(days[Int.random(in: days.indices, using: &random)])
            return (letters(day.written(using: &random)), letters(day.iso))
        }
        let examples = (0..<learnt).map { _ in example(of: known) }
        let questions = (0..<unseen).map { _ in example(of: apart) }
        return Task(name: "dates", learnt: examples, unseen: questions.map { Question(source: $0.source, targets: [$0.target]) })
    }
}
