import Foundation
import LaresTesting
import LaresThings
import Testing

struct TimestampTests {
    @Test(arguments: 0..<200)
    func itIsWrittenAsFoundationWritesIt(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let milliseconds = Int64.random(in: 0..<Timestamp.end.milliseconds, using: &random)
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        let written = Timestamp(milliseconds: milliseconds).description
        #expect(written.dropLast(4) == Date(timeIntervalSince1970: Double(milliseconds / 1_000)).formatted(style).dropLast(4))
        #expect(written.hasSuffix(String(format: "%03dZ", Int(milliseconds % 1_000))))
    }

    @Test func datesOutsideAreTheNearestTime() {
        #expect(Timestamp(Date.distantFuture) > .end && Timestamp(Date.distantPast) < .earliest)
        #expect(Timestamp(Date(timeIntervalSince1970: 1e300)).milliseconds == .max)
        #expect(Timestamp(Date(timeIntervalSince1970: -1.0005)).milliseconds == -1_001)
        #expect(!Timestamp(milliseconds: .min).description.isEmpty && !Timestamp(milliseconds: .max).description.isEmpty)
    }
}
