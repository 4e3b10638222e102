import Foundation
import LaresTensor

/// As many words as Yao & Zweig (2015) and those who compare with them take of CMUdict: to learn from, held back, and unseen.
enum PublishedSplit {
    static let learnt = 106_837, held = 2670, unseen = 12000
    static let words = learnt + held + unseen
    /// What was reached with as many words, of the CMUdict of its time.
    static let figures = """
          published: Yao & Zweig 2015, three bidirectional LSTMs: sequence error 23.55%, symbol error 5.45%
          published: Yolchuyeva et al. 2019, Transformer of 4 + 4 layers: sequence error 22.1%, symbol error 5.23%
        """
}

extension Task {
    /// Letters to phonemes without stress, from CMUdict: words of the published split, with all their pronunciations.
    static func pronunciations(_ path: String, seed: UInt64) throws -> Task {
        let spoken = try dictionary(path)
        guard spoken.count >= PublishedSplit.words else { throw TaskError.small(spoken.count) }
        var random = SeededRandom(seed: seed)
        let words = spoken.keys.sorted().shuffled(using: &random)
        let (held, unseen) = (PublishedSplit.held, PublishedSplit.unseen)
        func question(_ word: String) -> Question { Question(source: letters(word), targets: spoken[word] ?? []) }
        return Task(
            name: "g2p",
            learnt: words.dropFirst(held + unseen).prefix(PublishedSplit.learnt).flatMap { word in
                (spoken[word] ?? []).map { (letters(word), $0) }
            },
            held: words.prefix(held).map(question), unseen: words.dropFirst(held).prefix(unseen).map(question))
    }

    /// Words of letters and apostrophes, each with its pronunciations.
    private static func dictionary(_ path: String) throws -> [String: [[String]]] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { throw TaskError.unreadable(path) }
        var spoken: [String: [[String]]] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix(";;;") {
            let parts = line.prefix { $0 != "#" }.split(separator: " ")
            guard parts.count > 1, let word = parts[0].split(separator: "(").first?.lowercased() else { continue }
            guard word.allSatisfy({ $0.isASCII && $0.isLetter || $0 == "'" }) else { continue }
            let phonemes = parts.dropFirst().map { $0.filter { !$0.isNumber } }
            if spoken[word]?.contains(phonemes) != true { spoken[word, default: []].append(phonemes) }
        }
        return spoken
    }
}
