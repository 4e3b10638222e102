import Foundation
import LaresLanguage

/// Reads instances of schemas token by token under their masks: `maskbench MODEL.gguf`, with the cases on its input. One thread.
@main
struct MaskBench {
    private let tokenizer: any Tokenizer
    private let vocabulary: GrammarVocabulary
    private var words: [UInt32]
    private var findings = Findings()

    static func main() throws {
        guard CommandLine.arguments.count == 2 else {
            FileHandle.standardError.write(Data("usage: python Benchmarks/maskbench.py FOLDER | maskbench MODEL.gguf\n".utf8))
            exit(2)
        }
        var bench = MaskBench(try makeTokenizer(from: GGUFFile(contentsOf: CommandLine.arguments[1]).metadata))
        for item in try SchemaCase.all(from: .standardInput) { bench.measure(item) }
        bench.findings.report()
    }

    private init(_ tokenizer: any Tokenizer) {
        self.tokenizer = tokenizer
        let tokens = (0..<Token(tokenizer.vocabularySize)).map { tokenizer.isControl($0) ? nil : tokenizer.bytes(of: $0) }
        let start = ContinuousClock.now
        vocabulary = GrammarVocabulary(tokens: tokens, endTokens: tokenizer.endTokens.sorted())
        print("vocabulary of \(tokens.count) tokens, arranged in \(Int(microseconds(since: start) / 1_000)) ms")
        words = Array(repeating: 0, count: vocabulary.maskWords)
    }

    /// Compiles a schema and reads all its instances; nothing is known from other schemas.
    private mutating func measure(_ item: SchemaCase) {
        findings.schemas += 1
        let start = ContinuousClock.now
        do {
            let grammar = try Grammar(jsonSchema: item.schema)
            findings.compileTimes.append(microseconds(since: start))
            check(item, GrammarMasks(grammar, vocabulary))
        } catch {
            findings.compileTimes.append(microseconds(since: start))
            findings.refusals[error.keyword ?? error.code.name, default: 0] += 1
        }
    }

    private mutating func check(_ item: SchemaCase, _ masks: GrammarMasks) {
        var passes = true, passesAsGiven = true, rejects = false
        for (isValid, text) in item.instances {
            let readsAsGiven = reads(text, GrammarMatcher(masks))
            let reads = readsAsGiven || OrderSearch.finds(text, GrammarMatcher(masks))
            passesAsGiven = passesAsGiven && readsAsGiven == isValid
            passes = passes && reads == isValid
            rejects = rejects || isValid && !reads
            if isValid {
                findings.valid += 1
                findings.rejected += reads ? 0 : 1
                findings.rejectedAsGiven += readsAsGiven ? 0 : 1
            } else {
                findings.invalid += 1
                findings.accepted += reads ? 1 : 0
            }
        }
        findings.passing += passes ? 1 : 0
        findings.passingAsGiven += passesAsGiven ? 1 : 0
        findings.rejecting += rejects ? 1 : 0
    }

    /// Whether an instance is taken, token by token; the mask before each of them is made and timed.
    private mutating func reads(_ text: String, _ start: GrammarMatcher) -> Bool {
        var matcher = start
        for token in tokenizer.encode(text, addSpecial: false, parseSpecial: false) {
            let begin = ContinuousClock.now
            words.withUnsafeMutableBufferPointer { _ = matcher.allowed(into: $0) }
            findings.maskTimes.append(microseconds(since: begin))
            findings.tokens += 1
            let isAllowed = words[Int(token) >> 5] >> UInt32(token & 31) & 1 == 1
            let isTaken = matcher.accept(token)
            findings.disagreements += isAllowed == isTaken ? 0 : 1
            if !isTaken { return false }
        }
        return matcher.isComplete
    }
}

private func microseconds(since start: ContinuousClock.Instant) -> Double { (ContinuousClock.now - start) / .microseconds(1) }
