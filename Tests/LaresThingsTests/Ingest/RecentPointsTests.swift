import LaresThings
import Testing

/// The memory of points, shares, and rates.
struct RecentPointsTests {
    @Test func whatComesAgainIsKnown() {
        var recent = RecentPoints(places: 64)
        #expect(recent.note(1, at: 5, 100, isNewest: true) == .new)
        #expect(recent.note(1, at: 5, 100, isNewest: false) == .same)
        #expect(recent.note(1, at: 5, 101, isNewest: false) == .changed)
        #expect(recent.note(1, at: 5, 101, isNewest: false) == .same)
        #expect(recent.note(2, at: 5, 100, isNewest: true) == .new)
        recent.forget()
        #expect(recent.note(1, at: 5, 101, isNewest: false) == .new)
    }

    @Test func aQuarterOfThePlacesIsRememberedForCertain() {
        var recent = RecentPoints(places: 1_024)
        for time in 0..<10_000 {
            #expect(recent.note(3, at: Int64(time), 7, isNewest: true) == .new)
            if time >= 256 { #expect(recent.note(3, at: Int64(time - 256), 7, isNewest: false) == .same) }
        }
    }

    @Test func twoPointsAreNeverTakenForEachOther() {
        var recent = RecentPoints(places: 1 << 12)
        for slot in 0..<Int32(40) {
            for time in 0..<Int64(40) {
                #expect(recent.note(slot, at: time << 20, UInt64(time), isNewest: false) == .new, "\(slot) \(time)")
            }
        }
        // What lies outside is new each time.
        #expect(recent.note(1 << 21, at: 0, 0, isNewest: false) == .new && recent.note(1 << 21, at: 0, 0, isNewest: false) == .new)
        #expect(recent.note(0, at: -1, 0, isNewest: false) == .new && recent.note(0, at: -1, 0, isNewest: false) == .new)
    }

    @Test(arguments: [(20_000, 1), (1, 20_000), (200, 100)])
    func aPointIsFoundWhereTheSearchBegins(_ series: Int, _ times: Int) throws {
        var (recent, looked) = (RecentPoints(), 0)
        for slot in 0..<Int32(series) {
            for time in 0..<times {
                let time = 1_795_910_400_000 + Int64(time) * 1_000
                #expect(recent.note(slot, at: time, 1, isNewest: true) == .new)
                looked += try #require(recent.places(to: slot, at: time))
            }
        }
        #expect(Double(looked) / Double(series * times) < 2)
    }

    @Test func lookingAtAPointNotesNothing() {
        var recent = RecentPoints(places: 64)
        #expect(recent.sighting(1, at: 5, 100) == .new)
        #expect(recent.note(1, at: 5, 100, isNewest: true) == .new)
        #expect(recent.sighting(1, at: 5, 100) == .same && recent.sighting(1, at: 5, 101) == .changed)
        // In the table that still answers while another is filled.
        for time in Int64(6)..<40 { _ = recent.note(1, at: time, 0, isNewest: true) }
        #expect(recent.sighting(1, at: 5, 100) == .same && recent.sighting(1, at: 5, 101) == .changed)
    }

    @Test func aShareIsSpentAndComesBack() {
        var share = Allowance(rate: 100)
        #expect(share.take(1_000, at: 0) == nil)
        #expect(share.take(50, at: 0) == 0.5)
        #expect(share.take(50, at: 0.5) == nil)
        // More than a burst is taken from a full bucket and has to be made up for.
        #expect(share.take(3_000, at: 100) == nil)
        #expect(share.take(100, at: 101) == 20)
        // A clock that is set back gives nothing.
        #expect(share.take(1, at: 0) != nil)
        var free = Allowance(rate: nil)
        #expect(free.take(.max, at: 0) == nil)
    }

    @Test func ratesForgetWhatIsOld() {
        var meter = RateMeter()
        for second in 100..<120 { meter.add(50, at: Int64(second)) }
        #expect(meter.perSecond(over: 10, at: 120) == 50)
        #expect(meter.perSecond(over: 10, at: 125) == 25)
        #expect(meter.perSecond(over: 59, at: 300) == 0)
        meter.add(5, at: 10)
        #expect(meter.perSecond(over: 10, at: 11) == 0.5)
    }
}
