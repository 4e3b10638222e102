/// What an ingest knows of its series, and what is to be done with points of them. A plain value without a clock or a disk.
struct IngestBook: Sendable {
    /// What is known of a series.
    struct Entry: Sendable {
        let key: SeriesKey
        let id: SeriesID
        let isText: Bool
        /// The unit of what is stored.
        var unit: Unit?
        /// The latest time that came.
        var newest = Int64.min
        /// What was noticed of what came.
        var marks = SeriesMarks()
    }

    private(set) var entries: [Entry] = []
    private var slots: [SeriesKey: Int32] = [:]
    private var recent: RecentPoints
    /// Series of each tenant, by its prefix.
    private(set) var counts: [String: Int] = [:]
    /// Changes whenever slots no longer mean what they did.
    private(set) var epoch = 1
    let settings: IngestSettings

    init(settings: IngestSettings) {
        self.settings = settings
        recent = RecentPoints(places: settings.remembered)
    }

    func slot(of key: SeriesKey) -> Int32? { slots[key] }

    /// Adds a series; one that is known stays as it is.
    mutating func add(_ key: SeriesKey, _ id: SeriesID, isText: Bool, unit: Unit?) {
        guard slots[key] == nil else { return }
        slots[key] = Int32(truncatingIfNeeded: entries.count)
        entries.append(Entry(key: key, id: id, isText: isText, unit: unit))
        counts[Tenant.split(thing: key.thing).tenant, default: 0] += 1
    }

    /// The first unit that is said of a series is the one it has.
    mutating func settle(_ unit: Unit, of slot: Int32) { entries[Int(slot)].unit = unit }

    /// Forgets all series: the store has others.
    mutating func clear() {
        let next = epoch + 1
        self = IngestBook(settings: settings)
        epoch = next
    }

    /// What was noticed of a series, with the flags that stand in a series of their own; nothing of one that nothing came for.
    func marks(of key: SeriesKey) -> SeriesMarks {
        var marks = slot(of: key).map { entries[Int($0)].marks } ?? SeriesMarks()
        if let flags = slot(of: key.quality) { marks.flagged = entries[Int(flags)].marks.flagged }
        return marks
    }

    /// Forgets what was noted of points that may not have been stored.
    mutating func forget() { recent.forget() }
}

/// Points whose series are known, in columns.
struct PlacedPoints: Sendable {
    /// The book's state that the slots are of.
    var epoch = 0
    var slots: [Int32] = []
    /// Milliseconds since 1970; of a point that said none, when it came.
    var times: [Int64] = []
    /// Places of points that said no time, in order.
    var untimed: [Int] = []
    /// Whether those come with the same time when they come again.
    var keepsTime = false
    /// Not a number where the next of `texts` stands.
    var numbers: [Double] = []
    var texts: [String] = []
    /// Which line each is from, for the sender to know.
    var origins: [Int32] = []
    /// Flags to be stored beside, in order: place of the point, place of the flags in the book, 0 to 2. They count as nothing.
    var flags: [(point: Int, slot: Int32, value: Double)] = []

    var count: Int { slots.count }

    mutating func add(_ slot: Int32, _ time: Int64, _ number: Double, origin: Int32) {
        slots.append(slot)
        times.append(time)
        numbers.append(number)
        origins.append(origin)
    }
}

extension IngestBook {
    /// What is to be stored, and what is said of it.
    struct Plan: Sendable {
        var readings: [Reading] = []
        var counts = IngestCounts()
        /// Points that can't be stored: the line they are from, and why.
        var faults: [(origin: Int32, fault: PointFault)] = []
        /// The last time that was found for points of a series that said none.
        fileprivate var moments: [Int32: Int64] = [:]
    }

    /// A point whose time may be still to be found.
    private struct Candidate {
        let slot: Int32
        var time: Int64
        let number: Double
        let text: String?

        /// What is compared with others of its time; of a text only its hash.
        var bits: UInt64 { text.map { UInt64(bitPattern: Int64($0.hashValue)) } ?? number.bitPattern }
    }

    /// Decides what of some points is stored, and notes that they came; ``forget()`` takes that back.
    ///
    /// - Parameters:
    ///   - now: milliseconds since 1970.
    ///   - keptFrom: from when on the store still takes readings of a series.
    mutating func plan(_ points: PlacedPoints, now: Int64, keptFrom: (SeriesID) -> Timestamp) -> Plan {
        var plan = Plan()
        plan.readings.reserveCapacity(points.count + points.flags.count)
        var (untimed, flag, texts) = (0, 0, points.texts.makeIterator())
        for place in 0..<points.count {
            let number = points.numbers[place]
            var point = Candidate(
                slot: points.slots[place], time: points.times[place], number: number, text: number.isNaN ? texts.next() : nil)
            let isUntimed = untimed < points.untimed.count && points.untimed[untimed] == place
            if isUntimed { untimed += 1 }
            let isFlagged = flag < points.flags.count && points.flags[flag].point == place
            if isFlagged { flag += 1 }
            do throws(PointFault) {
                try check(point, now)
                // A day at least is kept of everything: the store is asked for what is older only.
                if point.time < now - 86_400_000 { try check(point, keptFrom) }
                if isUntimed { point.time = try moment(of: point, points.keepsTime, &plan) }
                take(point, &plan)
                if isFlagged { note(points.flags[flag - 1].slot, points.flags[flag - 1].value, at: point.time, &plan) }
            } catch {
                plan.faults.append((points.origins[place], error))
            }
        }
        return plan
    }

    private func check(_ point: Candidate, _ now: Int64) throws(PointFault) {
        // Field by field: a copy of the whole entry counts references, once for each point.
        let isText = entries[Int(point.slot)].isText
        guard isText == (point.text != nil) else {
            throw PointFault(.wrongKind, "'\(key(point))' has \(isText ? "texts" : "numbers"): send such, or call this field otherwise")
        }
        guard point.time >= 0, point.time < Timestamp.end.milliseconds else {
            throw PointFault(.badTime, "the time \(Timestamp(milliseconds: point.time)) is not from 1970 to 2199: check its precision")
        }
        // What somebody expects lies ahead; only what does is asked for by name.
        guard point.time <= now + Int64(settings.ahead) * 1_000 || isExpected(point, now) else {
            let time = Timestamp(milliseconds: point.time)
            throw PointFault(
                .clockAhead, "the time \(time) is more than \(settings.ahead) s ahead: set the sender's clock, or its precision")
        }
        guard point.text != nil || abs(point.number) <= 1e200 else {
            throw PointFault(.badValue, "\(point.number) is out of range: numbers are from −1e200 to 1e200")
        }
        if let text = point.text, text.utf8.count > settings.textBytes {
            throw PointFault(.badValue, "a text has \(text.utf8.count) bytes, it may have \(settings.textBytes)")
        }
    }

    private func check(_ point: Candidate, _ keptFrom: (SeriesID) -> Timestamp) throws(PointFault) {
        let first = keptFrom(entries[Int(point.slot)].id)
        guard point.time >= first.milliseconds else {
            throw PointFault(
                .tooOld,
                "what '\(key(point))' had before \(first) was deleted, and nothing is taken of then: send what is newer, or call it otherwise"
            )
        }
    }

    private func isExpected(_ point: Candidate, _ now: Int64) -> Bool {
        key(point).isExpectation && point.time <= now + Int64(settings.foresight) * 1_000
    }

    private func key(_ point: Candidate) -> SeriesKey { entries[Int(point.slot)].key }

    /// The time of a point that said none: when it came, or the first millisecond behind that its series has nothing at.
    ///
    /// Points of one plan never share one, equal or not. Where times are kept, what is there already with the same value is the point itself: it
    /// was delivered before.
    private func moment(of point: Candidate, _ keepsTime: Bool, _ plan: inout Plan) throws(PointFault) -> Int64 {
        let possible = point.time..<point.time + Self.crowd, newest = entries[Int(point.slot)].newest, bits = point.bits
        var time = point.time
        if let last = plan.moments[point.slot], possible.contains(last) { time = last + 1 }
        while time < possible.upperBound {
            let sighting = time > newest ? .new : recent.sighting(point.slot, at: time, bits)
            if sighting == .new || (sighting == .same && keepsTime) {
                plan.moments[point.slot] = time
                return time
            }
            time += 1
        }
        throw PointFault(.badTime, "\(Self.crowd) points of '\(key(point))' came at one moment without a time: send each with its own")
    }

    /// A point without a time is stored at most so many milliseconds behind its arrival: who sends more at once has to say when they were.
    private static let crowd: Int64 = 1_000

    private mutating func take(_ point: Candidate, _ plan: inout Plan) {
        let (slot, time) = (Int(point.slot), point.time), newest = entries[slot].newest
        let sighting = recent.note(point.slot, at: time, point.bits, isNewest: time > newest)
        if sighting == .same {
            plan.counts.duplicates += 1
            entries[slot].marks.duplicates &+= 1
            // Of texts only a hash was compared: the store takes the same one twice.
            guard point.text != nil else { return }
        } else {
            plan.counts.stored += 1
            if sighting == .changed {
                plan.counts.replaced += 1
                entries[slot].marks.replaced &+= 1
            }
            if time < newest {
                plan.counts.late += 1
                entries[slot].marks.late &+= 1
            } else {
                entries[slot].newest = time
            }
        }
        let value = point.text.map(ReadingValue.state) ?? .number(point.number)
        plan.readings.append(Reading(entries[slot].id, at: Timestamp(milliseconds: time), value))
    }

    private mutating func note(_ flags: Int32, _ value: Double, at time: Int64, _ plan: inout Plan) {
        plan.readings.append(Reading(entries[Int(flags)].id, at: Timestamp(milliseconds: time), .number(value)))
        if value > 0 { entries[Int(flags)].marks.flagged &+= 1 }
    }
}
