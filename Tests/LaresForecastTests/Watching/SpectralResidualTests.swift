import Foundation
import LaresForecast
import Testing

@Suite struct SpectralResidualTests {
    @Test(arguments: [4, 8, 16, 128]) func aSpectrumIsTheSumsOfItsDefinition(_ length: Int) {
        var dice = Dice(7)
        let values = (0..<length).map { _ in dice.normal() }
        var transform = RealTransform(length)
        for (place, value) in values.enumerated() { transform[place] = value }
        transform.forward()
        for bin in 0...length / 2 {
            let turns = (0..<length).map { 2 * Double.pi * Double(bin * $0 % length) / Double(length) }
            let (real, imaginary) = (zip(values, turns).map { $0 * cos($1) }, zip(values, turns).map { -$0 * sin($1) })
            #expect(abs(transform.real[bin] - real.reduce(0, +)) < 1e-12 * Double(length))
            #expect(abs(transform.imaginary[bin] - imaginary.reduce(0, +)) < 1e-12 * Double(length))
        }
        transform.inverse()
        for (place, value) in values.enumerated() { #expect(abs(transform[place] - value) < 1e-13 * Double(length)) }
    }

    /// A wave of `period` values, a part of 288, with noise.
    private static func waves(_ count: Int, _ period: (Int) -> Int) -> Stream {
        var stream = Stream(count)
        stream.values = stream.values.enumerated().map { step, value in
            value - 20 * Stream.wave(step) + 20 * Stream.wave(288 / period(step) * step)
        }
        return stream
    }

    @Test(arguments: [(12, 24), (24, 12), (24, 36)]) func aNewRhythmIsSeenThoughNoValueIsUnusual(_ before: Int, _ after: Int) throws {
        // Both waves are at the same place at 2,016.
        let scores = try Self.waves(2_300) { $0 < 2_016 ? before : after }.scores(SpectralResidual.self)
        #expect(scores[..<2_016].allSatisfy { $0 < 0.5 })
        let first = try #require(scores.firstIndex { $0 >= 0.5 })
        #expect(first < 2_016 + 128, "seen at \(first)")
    }

    @Test func aSpikeWithinTheUsualRangeIsSeen() throws {
        // At the wave's lowest place the spike reaches no further than its highest.
        var stream = Self.waves(2_100) { _ in 24 }
        stream.values[2_004] += 30
        let scores = try stream.scores(SpectralResidual.self)
        #expect(scores[2_004] >= 0.5 && scores[..<2_004].allSatisfy { $0 < 0.5 })
    }

    @Test(arguments: [12, 24, 96, 288]) func aRegularSeasonIsNeverOdd(_ period: Int) throws {
        #expect(try Self.waves(4_000) { _ in period }.scores(SpectralResidual.self).allSatisfy { $0 < 0.5 })
    }

    @Test func whatStandsOutEachDayBecomesUsual() throws {
        var stream = Stream(6_000)
        stream.values = stream.values.enumerated().map { $1 - 20 * Stream.wave($0) + ($0 % 96 == 50 ? 40 : 0) }
        // Of 47.
        #expect(try stream.scores(SpectralResidual.self)[1_500...].count { $0 >= 0.5 } <= 2)
    }

    @Test func theSameReadingsHaveTheSameScores() throws {
        let stream = Self.waves(2_000) { $0 < 1_500 ? 24 : 12 }
        #expect(try stream.scores(SpectralResidual.self) == stream.scores(SpectralResidual.self))
    }
}
