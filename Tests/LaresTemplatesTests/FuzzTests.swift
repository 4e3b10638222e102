import Foundation
import LaresTemplates
import LaresTesting
import Testing

@Suite struct FuzzTests {
    /// The seed is fixed, so that a failure can be repeated; LARES_FUZZ raises the number of inputs.
    private static let seed: UInt64 = 0x1A2E5
    private static let inputs = ProcessInfo.processInfo.environment["LARES_FUZZ"].flatMap(Int.init) ?? 100_000

    @Test func mutatedTemplatesNeverTrapAndStayBounded() throws {
        let corpus = try Golden.cases().cases.compactMap { $0["template"]?.text }.map { [UInt8]($0.utf8) }
        let real = try Golden.models().templates.map { [UInt8]($0.source.utf8) }
        let pieces = corpus.filter { $0.count < 60 }
        var random = SplitMix(seed: Self.seed)
        let context = try fuzzContext()
        var limits = TemplateLimits()
        limits.steps = 200_000
        let clock = ContinuousClock()
        var slowest = Duration.zero
        var rendered = 0
        for number in 0..<Self.inputs {
            // Real templates are long, so one in sixteen is taken from them.
            var source = random.below(16) == 0 ? real[random.below(real.count)] : corpus[random.below(corpus.count)]
            for _ in 0...random.below(4) { mutate(&source, pieces, &random) }
            let start = clock.now
            if let text = try? Template(String(decoding: source, as: UTF8.self), limits: limits).render(context, now: .distantPast) {
                #expect(text.utf8.count <= limits.outputBytes, "seed \(Self.seed), input \(number)")
                rendered += 1
            }
            slowest = max(slowest, clock.now - start)
        }
        #expect(rendered > Self.inputs / 20)
        #expect(slowest < .seconds(2), "seed \(Self.seed): one input took \(slowest)")
    }

    private func fuzzContext() throws -> [String: TemplateValue] {
        let golden = try Golden.cases().cases.map { $0["context"]?.context ?? [:] }
        return golden.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
    }

    private func mutate(_ source: inout [UInt8], _ pieces: [[UInt8]], _ random: inout SplitMix) {
        let place = random.below(source.count + 1)
        switch random.below(6) {
        case 0: source.insert(contentsOf: pieces[random.below(pieces.count)], at: place)
        case 1: source.insert(UInt8(random.below(256)), at: place)
        case 2: source.removeSubrange(place..<min(source.count, place + random.below(12)))
        case 3:
            let end = min(source.count, place + random.below(24))
            source.insert(contentsOf: source[place..<end], at: random.below(source.count + 1))
        case 4: source.insert(contentsOf: "(){}[]|.,:'\"%-~*/<=>#\n0123456789".utf8.shuffled(using: &random).prefix(2), at: place)
        default: if place < source.count { source[place] ^= 1 << UInt8(random.below(8)) }
        }
    }
}
