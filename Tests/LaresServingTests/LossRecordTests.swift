import LaresJSON
import LaresServing
import Testing

/// The losses of a training, however long it is.
struct LossRecordTests {
    @Test func aLongTrainingKeepsItsSpikesInFewParts() {
        var record = LossRecord()
        for epoch in 1...100_000 { record.append(epoch, loss: epoch == 54_321 ? 99 : 1 / Float(epoch), validation: 2) }
        #expect(record.parts.count <= 512 && record.parts.last?.epoch == 100_000)
        #expect(record.parts.map(\.loss.upperBound).max() == 99)
        #expect(record.parts.allSatisfy { $0.validation == 2...2 })
        #expect(record.parts.dropLast().allSatisfy { $0.epoch.isMultiple(of: record.epochsPerPart) })
    }

    @Test func whatIsKnownOrNotFiniteChangesNothing() {
        var record = LossRecord()
        record.append(1, loss: 1, validation: .nan)
        record.append(1, loss: 5, validation: nil)
        record.append(2, loss: .infinity, validation: 1)
        record.append(0, loss: 1, validation: 1)
        #expect(record.parts.map(\.epoch) == [1] && record.parts[0].loss == 1...1 && record.parts[0].validation == nil)
    }

    @Test func epochsThatNobodyHeardOfAreLeftOut() {
        var record = LossRecord()
        for epoch in [1, 5, 6] { record.append(epoch, loss: Float(epoch), validation: nil) }
        #expect(record.parts.map(\.epoch) == [1, 5, 6])
    }

    @Test(arguments: [10, 600, 3_000])
    func aRecordIsReadBackAsItWasAndGoesOn(epochs: Int) throws {
        var record = LossRecord()
        for epoch in 1...epochs { record.append(epoch, loss: 0.1 * Float(epoch), validation: epoch % 2 == 0 ? nil : 0.3) }
        var read = LossRecord(try JSON(parsing: record.json.data))
        #expect(read == record)
        read.append(epochs + 1, loss: 1, validation: nil)
        record.append(epochs + 1, loss: 1, validation: nil)
        #expect(read == record)
    }

    @Test(arguments: [
        "null", "[]", #"{"parts":[1,{},{"epoch":1,"loss":[2,1]},{"epoch":1e300,"loss":[1,1]}],"epochs_per_part":0}"#,
    ])
    func whatIsNoRecordIsAnEmptyOne(text: String) throws {
        #expect(LossRecord(try JSON(parsing: Array(text.utf8))) == LossRecord())
    }

    @Test func theSpeedFollowsWhatHappensNow() {
        var pace = Pace()
        let start = ContinuousClock.now
        for tenth in 0...100 { pace.look(tenth * 10, at: start + .milliseconds(100 * tenth)) }
        #expect(abs((pace.stepsPerSecond ?? 0) - 100) < 1)
        for tenth in 1...300 { pace.look(1_000 + tenth, at: start + .seconds(10) + .milliseconds(100 * tenth)) }
        #expect(abs((pace.stepsPerSecond ?? 0) - 10) < 1, "the speed of long ago is forgotten")
    }
}
