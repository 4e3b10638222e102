internal import Foundation
public import LaresControl
internal import LaresJSON
public import LaresThings

/// Has a home's battery, cars and heat pumps follow a plan, hour by hour, as far as the plan is trusted.
///
/// ```swift
/// let control = try EnergyControl(port: HomeEnergyPort(home), book: orders.book, store: store, telemetry: telemetry) { surroundings }
/// async let end: Void = control.run()                 // until its task is cancelled
/// try await control.set(settings, by: "anna")
/// ```
///
/// What it knows and decides is in `energy.db` before anything is ordered: whoever is killed goes on where it stood, and orders nothing twice.
/// An order counts for its hour alone and is never sent in another; each try of it is an order of the book (``OrderBook``). The first of them idles whatever it was that something is wrong with.
public actor EnergyControl {
    /// Where the home is, what energy costs and which things there are, as they are now.
    public typealias Surroundings = @Sendable () throws -> (site: Site, store: EnergyStore, things: [Thing])
    /// Makes a forecaster that has seen nothing yet.
    public typealias MakeForecaster = @Sendable () -> any EnergyForecaster

    /// Hours that are planned, days of the past that a forecaster learns from after a restart, and seconds after the hour until meters have told.
    static let horizon = 30, pastDays = 90, patience = 20.0
    /// How often an order is tried, and how often a day somebody else may change what was ordered before the controller steps aside.
    static let tries = 5, contests = 3

    let port: any EnergyPort
    let book: OrderBook
    let store: EnergyControlStore
    let telemetry: any TelemetryStore
    let surroundings: Surroundings
    let clock: any TimeSource
    let makeForecaster: MakeForecaster
    /// What is controlled.
    public internal(set) var settings: EnergyControlSettings
    /// What people allow a city to have, and where it is.
    public internal(set) var flexibility: FlexibilitySettings
    var state: EnergyControlState
    /// Counts what people change, so that what was begun before isn't finished after it.
    var revision = 0
    var forecaster: (any EnergyForecaster)?
    /// The last hour that the forecaster has seen, and the last that a meter counted.
    var taken: Int?, lastCounted: Int?
    var last: SeenHour?
    var watch: BatteryWatch?
    /// The home that can answer a city, as it was planned this hour.
    var flexible: FlexibleHome?
    /// The hour for which planning failed, so that it isn't tried all the time.
    private var retry = -Double.infinity

    /// As it was left.
    ///
    /// - Throws: An error of the database.
    public init(
        port: any EnergyPort, book: OrderBook, store: EnergyControlStore, telemetry: any TelemetryStore,
        clock: any TimeSource = SystemTime(), makeForecaster: @escaping MakeForecaster = { LearntForecaster() },
        surroundings: @escaping Surroundings
    ) throws {
        (self.port, self.book, self.store, self.telemetry, self.clock) = (port, book, store, telemetry, clock)
        (self.makeForecaster, self.surroundings) = (makeForecaster, surroundings)
        settings = try store.settings()
        flexibility = try store.flexibility()
        state = try store.state()
    }

    /// Lets time pass until its task is cancelled. Things should have had a moment to report.
    public func run() async {
        try? await Task.sleep(for: .seconds(3))
        while !Task.isCancelled {
            await pass()
            try? await Task.sleep(for: .seconds(1))
        }
    }

    /// Does what is due.
    package func pass() async {
        await lookAtHands()
        let now = clock.now.timeIntervalSince1970
        guard settings.isEnabled else { return }
        let hour = Int((now / 3_600).rounded(.down))
        let isSettled = now - Double(hour) * 3_600 >= Self.patience || state.hour == nil
        if state.hour != hour, isSettled, now >= retry {
            retry = now + 60
            await decide(hour)
            if state.hour == hour { retry = -.infinity }
        } else if state.hour == hour, flexible == nil, flexibility.limits.isWilling, state.trust.stage == .active, now >= retry {
            retry = now + 300
            await planAgain(hour)
        }
        await tend(now)
    }

    /// Keeps where it stands, with what happened.
    func save(_ entries: [EnergyEntry] = []) {
        let now = clock.now.timeIntervalSince1970
        do { try store.save(state, entries.map { (now, $0) }) } catch { note(fault: "store.failed") }
    }

    /// Something is wrong that wasn't.
    func note(fault: String) { if !state.faults.contains(fault) { state.faults.append(fault) } }

    /// The hours of the home, as meters and tariffs are now.
    func hours() throws -> EnergyHours {
        let around = try surroundings()
        return try EnergyHours(around.site, store: around.store, things: around.things, apart: settings.things)
    }
}
