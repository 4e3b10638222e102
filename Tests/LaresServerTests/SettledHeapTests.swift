import LaresServer
import Testing

/// When memory is given back.
struct SettledHeapTests {
    private let mega = 1 << 20

    /// What becomes of a process whose size is read every half second; the times at which it was trimmed.
    private func trims(_ sizes: [Int], to rest: (Int) -> Int = { $0 * 7 / 10 }) -> [Double] {
        var (heap, times) = (SettledHeap(), [Double]())
        for (place, size) in sizes.enumerated() {
            let time = Double(place) / 2
            guard heap.shouldTrim(size * mega, at: time) else { continue }
            heap.trimmed(to: rest(size * mega), at: time)
            times.append(time)
        }
        return times
    }

    @Test func theFirstTimeIsWhenTheStartIsOver() {
        #expect(trims([10, 30, 50, 50, 50, 50]) == [2])
        #expect(trims((0..<20).map { $0 * 5 }).isEmpty, "what grows is left alone")
    }

    @Test func whatDoesNotGrowIsNotTrimmedAgain() {
        #expect(trims([50, 50, 50] + Array(repeating: 36, count: 100)) == [1])
    }

    @Test func growthThatSettlesIsGivenBack() {
        let sizes = [50, 50, 50] + Array(repeating: 36, count: 10) + [60, 80] + Array(repeating: 80, count: 5)
        #expect(trims(sizes) == [1, 8])
    }

    @Test func whatGrowsAgainAtOnceIsTrimmedEverMoreSeldom() {
        let times = trims(Array(repeating: 50, count: 2_400))
        #expect((3...12).contains(times.count), "\(times)")
        #expect(zip(times, times.dropFirst()).map { $1 - $0 }.max() ?? 0 >= 250)
    }
}
