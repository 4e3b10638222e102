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
    var times: [Int64] = []
    /// Not a number where the next of `texts` stands.
    var numbers: [Double] = []
    var texts: [String] = []
    /// Which line each is from, for the sender to know.
    var origins: [Int32] = []
    /// Flags to be stored beside: place of the flags, time, 0 to 2. They count as nothing.
    var flags: [(slot: Int32, time: Int64, value: Double)] = []

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
    }

    /// Decides what of some points is stored, and notes that they came; ``forget()`` takes that back.
    ///
    /// - Parameters:
    ///   - now: milliseconds since 1970; points without a time are of now.
    ///   - keptFrom: from when on the store still takes readings of a series.
    mutating func plan(_ points: PlacedPoints, now: Int64, keptFrom: (SeriesID) -> Timestamp) -> Plan {
        var plan = Plan()
        plan.readings.reserveCapacity(points.count + points.flags.count)
        var texts = points.texts.makeIterator()
        let latest = now + Int64(settings.ahead) * 1_000
        for place in 0..<points.count {
            let number = points.numbers[place]
            let text = number.isNaN ? texts.next() : nil
            let time = points.times[place] == PointBatch.untimed ? now : points.times[place]
            do throws(PointFault) {
                try check(points.slots[place], time, number, text, latest)
                // A day at least is kept of everything: the store is asked for what is older only.
                if time < now - 86_400_000 { try check(points.slots[place], time, keptFrom) }
                take(points.slots[place], time, number, text, &plan)
            } catch {
                plan.faults.append((points.origins[place], error))
            }
        }
        for flag in points.flags {
            let time = flag.time == PointBatch.untimed ? now : flag.time
            guard time >= 0, time <= latest, time < Timestamp.end.milliseconds else { continue }
            plan.readings.append(Reading(entries[Int(flag.slot)].id, at: Timestamp(milliseconds: time), .number(flag.value)))
            if flag.value > 0 { entries[Int(flag.slot)].marks.flagged &+= 1 }
        }
        return plan
    }

    private func check(_ slot: Int32, _ time: Int64, _ number: Double, _ text: String?, _ latest: Int64) throws(PointFault) {
        // Field by field: a copy of the whole entry counts references, once for each point.
        let isText = entries[Int(slot)].isText
        guard isText == (text != nil) else {
            throw PointFault(
                .wrongKind, "'\(entries[Int(slot)].key)' has \(isText ? "texts" : "numbers"): send such, or call this field otherwise")
        }
        guard time >= 0, time < Timestamp.end.milliseconds else {
            throw PointFault(.badTime, "the time \(Timestamp(milliseconds: time)) is not from 1970 to 2199: check its precision")
        }
        guard time <= latest else {
            throw PointFault(
                .clockAhead,
                "the time \(Timestamp(milliseconds: time)) is more than \(settings.ahead) s ahead: set the sender's clock, or its precision"
            )
        }
        guard text != nil || abs(number) <= 1e200 else {
            throw PointFault(.badValue, "\(number) is out of range: numbers are from −1e200 to 1e200")
        }
        if let text, text.utf8.count > settings.textBytes {
            throw PointFault(.badValue, "a text has \(text.utf8.count) bytes, it may have \(settings.textBytes)")
        }
    }

    private func check(_ slot: Int32, _ time: Int64, _ keptFrom: (SeriesID) -> Timestamp) throws(PointFault) {
        let first = keptFrom(entries[Int(slot)].id)
        guard time >= first.milliseconds else {
            throw PointFault(
                .tooOld,
                "the readings of '\(entries[Int(slot)].key)' before \(first) were deleted, and none are taken: send newer ones, or call it otherwise"
            )
        }
    }

    private mutating func take(_ slot: Int32, _ time: Int64, _ number: Double, _ text: String?, _ plan: inout Plan) {
        let newest = entries[Int(slot)].newest
        let sighting = recent.note(
            slot, at: time, text.map { UInt64(bitPattern: Int64($0.hashValue)) } ?? number.bitPattern, isNewest: time > newest)
        if sighting == .same {
            plan.counts.duplicates += 1
            entries[Int(slot)].marks.duplicates &+= 1
            // Of texts only a hash was compared: the store takes the same one twice.
            guard text != nil else { return }
        } else {
            plan.counts.stored += 1
            if sighting == .changed {
                plan.counts.replaced += 1
                entries[Int(slot)].marks.replaced &+= 1
            }
            if time < newest {
                plan.counts.late += 1
                entries[Int(slot)].marks.late &+= 1
            } else {
                entries[Int(slot)].newest = time
            }
        }
        let value = text.map(ReadingValue.state) ?? .number(number)
        plan.readings.append(Reading(entries[Int(slot)].id, at: Timestamp(milliseconds: time), value))
    }
}
