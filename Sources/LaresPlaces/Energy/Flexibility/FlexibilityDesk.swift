internal import Foundation
internal import GRDB
public import LaresControl
public import LaresJSON
public import LaresThings

/// A city's requests: it publishes them, takes the offers of homes, awards them, and looks whether all homes together follow.
///
/// ```swift
/// let desk = FlexibilityDesk(store: store, telemetry: telemetry)
/// let published = try await desk.publish(request)
/// ```
///
/// Of homes it knows numbers under names that are used once. What all of them did it sees at a meter of its own.
public actor FlexibilityDesk {
    /// Requests that may be open at once.
    public static let mostOpen = 100
    /// Days that a request is kept after its end.
    static let keptDays = 400.0
    /// Days of the same hours that a meter is compared with.
    static let baselineDays = 5

    private let store: EnergyControlStore
    private let telemetry: (any TelemetryStore)?
    private let clock: any TimeSource

    /// The requests as they were left.
    public init(store: EnergyControlStore, telemetry: (any TelemetryStore)?, clock: any TimeSource = SystemTime()) {
        (self.store, self.telemetry, self.clock) = (store, telemetry, clock)
    }

    private var now: Double { clock.now.timeIntervalSince1970 }

    /// Lets time pass until its task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            pass()
            try? await Task.sleep(for: .seconds(2))
        }
    }

    /// Awards what is due.
    package func pass() {
        let due = (try? store.requests(endingAfter: now))?.filter { $0.phase == .open && $0.answerBy <= now } ?? []
        for one in due { _ = try? award(one.request.identifier) }
    }

    /// Publishes a request. One that is published already, by the same name and with the same words, is published once.
    ///
    /// - Returns: The request, and whether it is new.
    /// - Throws: ``EnergyError`` with `conflict` for another by the same name, `badFlexibility` for one too many; an error of the database.
    public func publish(_ request: PublishedRequest) throws -> (request: PublishedRequest, isNew: Bool) {
        if let old = try store.request(request.request.identifier) {
            guard old.request == request.request, old.answerBy == request.answerBy, old.meter == request.meter else {
                throw EnergyError(.conflict, "'\(request.request.identifier)' is another request already: give it another name")
            }
            return (old, false)
        }
        guard try store.requests(endingAfter: now).count < Self.mostOpen else {
            throw EnergyError(.badFlexibility, "\(Self.mostOpen) requests aren't over yet: wait, or take some back")
        }
        try store.save(request)
        try store.forgetRequests(before: now - Self.keptDays * 86_400)
        return (request, true)
    }

    /// The requests that aren't over, the first hour first.
    ///
    /// - Throws: An error of the database.
    public func requests() throws -> [PublishedRequest] { try store.requests(endingAfter: now) }

    /// A request.
    ///
    /// - Throws: ``EnergyError`` with `noRequest`; an error of the database.
    public func request(_ identifier: String) throws -> PublishedRequest {
        guard let found = try store.request(identifier) else {
            throw EnergyError(.noRequest, "there is no request '\(identifier.prefix(64))'")
        }
        return found
    }

    /// Takes an offer. The same once more changes nothing; another by the same name takes its place while offers are taken.
    ///
    /// - Throws: ``EnergyError`` with `noRequest`, `conflict` where offers aren't taken any more; `EnergyControlError` for one that can't be.
    public func take(_ offer: FlexibilityOffer) throws {
        let published = try request(offer.request)
        if let old = try store.offer(offer.request, offer.token), old == offer.change { return }
        guard published.phase == .open, now < published.answerBy else {
            throw EnergyError(.conflict, "'\(offer.request.prefix(64))' takes no offers any more")
        }
        guard ThingID.isPlain(offer.token), offer.token.utf8.count >= 16 else {
            throw EnergyError(.badFlexibility, "the name of an offer must have 16 to 64 letters and digits, made up for it alone")
        }
        var round = FlexibilityRound(published.request)
        try round.take(offer)
        guard try store.offers(offer.request).count < FlexibilityRound.mostOffers else {
            throw EnergyError(.badFlexibility, "'\(offer.request.prefix(64))' has as many offers as it may")
        }
        try store.save(offer)
    }

    /// What became of an offer: whoever knows its name may ask.
    ///
    /// - Throws: ``EnergyError`` with `noRequest` for an offer that isn't there.
    public func answer(_ identifier: String, token: String) throws -> OfferAnswer {
        let published = try request(identifier)
        guard let change = try store.offer(identifier, token) else { throw EnergyError(.noRequest, "there is no such offer") }
        switch published.phase {
        case .open: return .waiting
        case .cancelled: return .none
        case .awarded: return published.share == 0 || change == 0 ? .none : .awarded(change * published.share)
        }
    }

    /// Takes the same part of every offer, so that they come to what is asked for, or to all that there is. Once: later it stays as it is.
    ///
    /// - Throws: ``EnergyError`` with `noRequest`, `conflict` for one that was taken back.
    @discardableResult
    public func award(_ identifier: String) throws -> PublishedRequest {
        var published = try request(identifier)
        guard published.phase != .cancelled else { throw EnergyError(.conflict, "'\(identifier.prefix(64))' was taken back") }
        guard published.phase == .open else { return published }
        let offered = try store.offers(identifier).sum
        published.share = offered == 0 ? 0 : min(1, published.request.change / offered)
        published.phase = .awarded
        try store.save(published)
        return published
    }

    /// Takes a request back; one that was awarded stands.
    ///
    /// - Throws: ``EnergyError`` with `noRequest`, `conflict`.
    @discardableResult
    public func cancel(_ identifier: String) throws -> PublishedRequest {
        var published = try request(identifier)
        guard published.phase != .awarded else {
            throw EnergyError(.conflict, "'\(identifier.prefix(64))' was awarded: homes rely on it")
        }
        published.phase = .cancelled
        try store.save(published)
        return published
    }

    /// What a request came to: how many offers, what they come to, what can be counted on, and what the meter saw.
    ///
    /// - Throws: ``EnergyError`` with `noRequest`; an error of a database.
    public func outcome(_ identifier: String) async throws -> JSON {
        let published = try request(identifier), offers = try store.offers(identifier)
        guard case .object(var members) = published.json else { return .null }
        members["offers"] = .int(offers.count)
        members["offered_kw"] = .round(offers.sum)
        let change = published.request.change
        members["committed_kw"] = .round(change < 0 ? max(change, offers.sum) : min(change, offers.sum))
        members["meter"] = published.meter.map { .string($0) } ?? .null
        if let text = published.meter, let meter = PropertyAddress(text) {
            members["measured"] = .array(try await measured(published.request, meter))
        }
        return .object(members)
    }

    /// Hour by hour what the meter saw, and what it saw on average in the same hours of the days before; null where it saw nothing.
    private func measured(_ request: FlexibilityRequest, _ meter: PropertyAddress) async throws -> [JSON] {
        let key = SeriesKey(meter)
        guard let telemetry, let series = try await telemetry.series(of: key.thing).first(where: { $0.key == key }) else { return [] }
        let first = request.firstHour - 24 * Self.baselineDays
        let range =
            Timestamp(milliseconds: Int64(first) * 3_600_000)..<Timestamp(milliseconds: Int64(request.window.upperBound) * 3_600_000)
        // Watt-hours of a power, kilowatt-hours of a meter that counts them.
        let scale = series.kind == .power ? 0.001 : 1
        var seen: [Int: Double] = [:]
        for one in try await telemetry.statistics(of: series.id, in: range, every: .hour) {
            if let amount = one.amount { seen[Int(one.start.milliseconds / 3_600_000)] = amount * scale }
        }
        let current = Int((now / 3_600).rounded(.down))
        return request.window.map { hour in
            let days = (1...Self.baselineDays).compactMap { seen[hour - 24 * $0] }
            let usual = days.isEmpty ? nil : days.reduce(0, +) / Double(days.count)
            let kilowatts = hour < current ? seen[hour] : nil
            return [
                "from": .string(ISO8601.text(hour * 3_600)), "kw": kilowatts.map { .round($0) } ?? .null,
                "usual_kw": usual.map { .round($0) } ?? .null,
                "change_kw": kilowatts.flatMap { value in usual.map { .round(value - $0) } } ?? .null,
            ]
        }
    }
}

extension EnergyControlStore {
    func save(_ request: PublishedRequest) throws {
        let body = String(decoding: try JSONEncoder().encode(request), as: UTF8.self)
        try pool.write {
            try $0.execute(
                sql: "INSERT OR REPLACE INTO requests VALUES (?, ?, ?)", arguments: [request.request.identifier, request.ends, body])
        }
    }

    func request(_ identifier: String) throws -> PublishedRequest? {
        let body = try pool.read { try String.fetchOne($0, sql: "SELECT body FROM requests WHERE id = ?", arguments: [identifier]) }
        return body.flatMap { try? JSONDecoder().decode(PublishedRequest.self, from: Data($0.utf8)) }
    }

    func requests(endingAfter time: Double) throws -> [PublishedRequest] {
        try pool.read { try String.fetchAll($0, sql: "SELECT body FROM requests WHERE ends > ? ORDER BY ends, id", arguments: [time]) }
            .compactMap { try? JSONDecoder().decode(PublishedRequest.self, from: Data($0.utf8)) }
    }

    func forgetRequests(before time: Double) throws {
        try pool.write { database in
            try database.execute(
                sql: "DELETE FROM offers WHERE request IN (SELECT id FROM requests WHERE ends < ?)", arguments: [time])
            try database.execute(sql: "DELETE FROM requests WHERE ends < ?", arguments: [time])
        }
    }

    func save(_ offer: FlexibilityOffer) throws {
        try pool.write {
            try $0.execute(
                sql: "INSERT OR REPLACE INTO offers VALUES (?, ?, ?)", arguments: [offer.request, offer.token, offer.change])
        }
    }

    func offer(_ request: String, _ token: String) throws -> Double? {
        try pool.read {
            try Double.fetchOne($0, sql: "SELECT change FROM offers WHERE request = ? AND token = ?", arguments: [request, token])
        }
    }

    /// How many offers a request has, and what they come to, in kW.
    func offers(_ request: String) throws -> (count: Int, sum: Double) {
        try pool.read { database in
            let row = try Row.fetchOne(
                database, sql: "SELECT count(*) AS n, total(change) AS kw FROM offers WHERE request = ?", arguments: [request])
            return (row?["n"] ?? 0, row?["kw"] ?? 0)
        }
    }
}
