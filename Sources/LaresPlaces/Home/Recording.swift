internal import Foundation
internal import LaresThings

/// What one series tells of a time, event by event, earliest first. A page of readings is in memory at a time.
struct Recording {
    private enum Subject {
        case property(PropertyAddress, Property)
        case thing(ThingID)
    }

    /// What a property was when the time began; nil: unknown.
    private(set) var before: PropertyState?
    /// Whether a thing could be reached when the time began; nil: unknown.
    private(set) var reach: Availability?
    /// From when on readings are kept; nil: there never was one.
    private(set) var keptFrom: Timestamp?
    /// Readings that were read.
    private(set) var count = 0

    private let subject: Subject
    private var last: PropertyValue?
    private var pages: ReadingPages.Iterator?
    private var page: ArraySlice<Reading> = []
    private var causes: RecordedCauses?
    /// Readings before the time that are looked at for when it became what it was: pulses of three days.
    private static let earlier = 1_000

    /// What a property became.
    init(_ address: PropertyAddress, over range: Range<Timestamp>, in telemetry: any TelemetryStore, property: Property) async throws {
        subject = .property(address, property)
        let all = try await telemetry.series(of: address.thing.description), key = SeriesKey(address)
        guard let series = all.first(where: { $0.key == key }) else { return }
        let cause = all.first { $0.key == key.cause }
        keptFrom = telemetry.keptFrom(of: series.id)
        causes = cause.map { RecordedCauses($0.id, over: range, in: telemetry) }
        pages = telemetry.pages(of: series.id, in: range).makeAsyncIterator()
        let earlier = try await telemetry.readings(
            of: series.id, in: .earliest..<range.lowerBound, order: .newestFirst, limit: Self.earlier)
        guard let latest = earlier.first, let value = PropertyValue(latest.value, property.kind) else { return }
        let change = earlier.prefix { $0.value == latest.value }.last ?? latest
        var state = PropertyState()
        (state.reported, state.reportedAt, state.changedAt) = (value, latest.time.date, change.time.date)
        state.cause = .device
        if let cause { state.cause = try await RecordedCauses.cause(at: change.time, of: cause.id, in: telemetry) }
        (before, last) = (state, value)
    }

    /// When a thing could be reached, and when it couldn't.
    init(_ thing: ThingID, over range: Range<Timestamp>, in telemetry: any TelemetryStore) async throws {
        subject = .thing(thing)
        let key = SeriesKey.availability(of: thing)
        guard let series = try await telemetry.series(of: key.thing).first(where: { $0.key == key }) else { return }
        keptFrom = telemetry.keptFrom(of: series.id)
        pages = telemetry.pages(of: series.id, in: range).makeAsyncIterator()
        let earlier = try await telemetry.readings(of: series.id, in: .earliest..<range.lowerBound, order: .newestFirst, limit: 1)
        reach = earlier.first.flatMap { Availability($0.value) }
        guard reach == nil, let first = try await read() else { return }
        page.insert(first, at: page.startIndex)
        // Nothing is kept of a thing before it can't be reached for the first time.
        reach = Availability(first.value) == .offline ? .online : .unknown
    }

    /// What happened next; nil: nothing more, or more than so many readings.
    ///
    /// - Throws: ``TelemetryError``.
    mutating func next(atMost most: Int) async throws -> RuleReplay.Recorded? {
        while count <= most, let reading = try await read() {
            switch subject {
            case .thing(let thing):
                guard let reach = Availability(reading.value) else { continue }
                return RuleReplay.Recorded(reading.time.date, .availability(thing, reach))
            case .property(let address, let property):
                // A reading that says the same again is a pulse.
                guard let value = PropertyValue(reading.value, property.kind), value != last || property.isEvent else { continue }
                let cause = try await causes?.cause(at: reading.time) ?? .device
                let change = Change(address, from: last, to: value, at: reading.time.date, by: cause)
                last = value
                return RuleReplay.Recorded(reading.time.date, .changed(change))
            }
        }
        return nil
    }

    private mutating func read() async throws -> Reading? {
        if page.isEmpty { page = try await pages?.next().map { $0[...] } ?? [] }
        guard let reading = page.popFirst() else { return nil }
        count += 1
        return reading
    }
}

/// Who brought about what a property became, beside its readings.
struct RecordedCauses {
    private var pages: ReadingPages.Iterator
    private var page: ArraySlice<Reading> = []

    init(_ series: SeriesID, over range: Range<Timestamp>, in telemetry: any TelemetryStore) {
        pages = telemetry.pages(of: series, in: range).makeAsyncIterator()
    }

    /// Whose doing the reading of a time was; asked in the order of time.
    mutating func cause(at time: Timestamp) async throws -> Cause {
        while true {
            if page.isEmpty { page = try await pages.next().map { $0[...] } ?? [] }
            guard let next = page.first, next.time <= time else { return .device }
            page.removeFirst()
            if next.time == time { return Cause(next.value) ?? .device }
        }
    }

    /// Whose doing one reading was.
    static func cause(at time: Timestamp, of series: SeriesID, in telemetry: any TelemetryStore) async throws -> Cause {
        let range = time..<Timestamp(milliseconds: time.milliseconds + 1)
        return try await telemetry.readings(of: series, in: range, order: .oldestFirst, limit: 1).first.flatMap { Cause($0.value) }
            ?? .device
    }
}
