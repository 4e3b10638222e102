/// A property that is in one of several states, over a stretch of time, as a chart of so many pixels needs it: a lane for each state.
public struct StateChart: Hashable, Sendable {
    /// One state, and when it was so.
    public struct Lane: Hashable, Sendable {
        /// The state: "cooling"; "true" and "false" of what is on and off.
        public var state: String
        /// When it was so, earliest first; what lies closer together than a pixel is one.
        public var stretches: [Range<Timestamp>]
        /// How many milliseconds it was so; where readings are put together to statistics, to five minutes.
        public var time: Int64
    }

    /// A state that began.
    public struct Change: Hashable, Sendable {
        /// When.
        public var time: Timestamp
        /// Which.
        public var state: String
    }

    /// The most lanes. States beyond them are in ``others``.
    public static let mostLanes = 5
    /// The most changes that are given by themselves.
    public static let mostChanges = 12

    /// The lanes of the states that lasted longest, longest first.
    public var lanes: [Lane]
    /// All other states together, in a lane without a name; nil: there are none.
    public var others: Lane?
    /// The last changes, newest first; none where readings are put together to statistics.
    public var changes: [Change]
    /// Where nothing was known.
    public var gaps: [Range<Timestamp>]
    /// Whether there are more changes than are looked at, so that the beginning is missing.
    public var isCut: Bool
    /// What it was last; nil: nothing is known.
    public var last: String?
}

/// Puts a chart together from its end to its beginning: so what is missing, where there is too much, is the oldest.
struct StateLine {
    /// States that are told apart at all; a text that is another one each time has no end of them.
    private static let mostStates = 100

    let range: Range<Int64>
    /// Milliseconds of a pixel.
    let pixel: Int64
    /// How long a state is believed after it was reported; nil: until the next one.
    let reach: Int64?
    private var lanes: [String: StateChart.Lane] = [:]
    private var rest = StateChart.Lane(state: "", stretches: [], time: 0)
    private var changes: [StateChart.Change] = []
    private var gaps: [Range<Timestamp>] = []
    private(set) var until: Int64
    private var last: String?

    /// - Precondition: the range isn't empty, and `count` is positive.
    init(_ range: Range<Int64>, atMost count: Int, reach: Int64? = nil) {
        (self.range, self.reach, until) = (range, reach, range.upperBound)
        pixel = max(1, (range.upperBound - range.lowerBound) / Int64(count))
    }

    /// A state that was reported, earlier than all before it; from before the range it holds in it.
    mutating func add(_ time: Int64, _ state: String) {
        let start = max(time, range.lowerBound)
        guard start < until else { return }
        // The last report of a state that is believed for a while only is the only one that can end in silence.
        let end = reach.map { min(until, max(start, time + $0)) } ?? until
        if end < until { gaps.append(Timestamp(milliseconds: end)..<Timestamp(milliseconds: until)) }
        if end > start { hold(state, start..<end, time: end - start) }
        note(time, state, joins: end == until)
        if last == nil { last = state }
        until = start
    }

    /// Something that was in a state for a part of a stretch.
    mutating func hold(_ state: String, _ stretch: Range<Int64>, time: Int64) {
        guard lanes[state] != nil || lanes.count < Self.mostStates else { return Self.extend(&rest, stretch, time, pixel) }
        Self.extend(&lanes[state, default: StateChart.Lane(state: state, stretches: [], time: 0)], stretch, time, pixel)
    }

    /// What it was last, where states are told without the times at which they were reported.
    mutating func end(in state: String) { last = last ?? state }

    /// Nothing is known of a stretch.
    mutating func miss(_ stretch: Range<Int64>) {
        if !stretch.isEmpty { gaps.append(Timestamp(milliseconds: stretch.lowerBound)..<Timestamp(milliseconds: stretch.upperBound)) }
    }

    private mutating func note(_ time: Int64, _ state: String, joins: Bool) {
        // A state that was only said again began earlier.
        if joins, let first = changes.last, first.state == state {
            changes[changes.count - 1].time = Timestamp(milliseconds: time)
        } else if changes.count <= StateChart.mostChanges {
            changes.append(StateChart.Change(time: Timestamp(milliseconds: time), state: state))
        }
    }

    private static func extend(_ lane: inout StateChart.Lane, _ stretch: Range<Int64>, _ time: Int64, _ pixel: Int64) {
        lane.time += time
        let start = Timestamp(milliseconds: stretch.lowerBound), end = Timestamp(milliseconds: stretch.upperBound)
        if let later = lane.stretches.last, later.lowerBound.milliseconds - stretch.upperBound < pixel {
            lane.stretches[lane.stretches.count - 1] = min(start, later.lowerBound)..<max(end, later.upperBound)
        } else {
            lane.stretches.append(start..<end)
        }
    }

    /// - Parameters:
    ///   - isCut: Whether there was more before what came last.
    ///   - known: From when on something was said; nil: since the last that was added.
    func finish(isCut: Bool = false, until known: Int64? = nil) -> StateChart {
        let until = known ?? until
        let beginning = until > range.lowerBound ? [Timestamp(milliseconds: range.lowerBound)..<Timestamp(milliseconds: until)] : []
        var ranked = lanes.values.sorted { ($1.time, $0.state) < ($0.time, $1.state) }
        var others = rest
        if ranked.count > StateChart.mostLanes {
            // By their times, so that those which lie together become one again.
            let parts = ranked[StateChart.mostLanes...].flatMap(\.stretches).sorted { $0.upperBound > $1.upperBound }
            var joined = StateChart.Lane(state: "", stretches: [], time: 0)
            for part in (parts + rest.stretches).sorted(by: { $0.upperBound > $1.upperBound }) {
                Self.extend(&joined, Timestamp.milliseconds(part), 0, pixel)
            }
            joined.time = rest.time + ranked[StateChart.mostLanes...].reduce(0) { $0 + $1.time }
            (others, ranked) = (joined, Array(ranked.prefix(StateChart.mostLanes)))
        }
        for place in ranked.indices { ranked[place].stretches.reverse() }
        others.stretches.reverse()
        return StateChart(
            lanes: ranked, others: others.stretches.isEmpty ? nil : others, changes: Array(changes.prefix(StateChart.mostChanges)),
            gaps: (gaps + beginning).sorted { $0.lowerBound < $1.lowerBound }.filter {
                $0.upperBound.milliseconds - $0.lowerBound.milliseconds >= pixel
            },
            isCut: isCut, last: last)
    }
}
