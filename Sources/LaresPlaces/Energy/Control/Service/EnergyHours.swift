internal import Foundation
internal import LaresControl
internal import LaresThings

/// The hours of a home as a controller sees them: what its meters counted, what its tariff says.
struct EnergyHours: Sendable {
    private let site: Site
    private let account: EnergyAccount
    private let pricing: EnergyPricing
    /// Things whose use is controlled.
    private let apart: Set<ThingID>
    /// Whether there is a meter at the grid, on the roof or at any device.
    let isMetered: Bool

    /// - Throws: ``EnergyError`` with `noCalendar`; an error of the database.
    init(_ site: Site, store: EnergyStore, things: [Thing], apart: Set<ThingID>) throws {
        let meters = try store.meters().meters(of: things), tariffs = try store.tariffs(), prices = try store.prices()
        (self.site, self.apart) = (site, apart)
        account = try EnergyAccount(site: site, meters: meters, tariffs: tariffs, prices: prices)
        pricing = try EnergyPricing(tariffs, prices, at: site)
        isMetered = meters.contains { $0.role != .uncounted }
    }

    /// The time of day and the kind of day of an hour, and its price; nil: nobody knows what it costs.
    func known(_ hour: Int) -> KnownHour? {
        guard let prices = prices(hour) else { return nil }
        return calendar(hour, buying: prices.buying, selling: prices.selling)
    }

    /// The same, free of charge where nobody knows.
    func calendar(_ hour: Int, buying: Double = 0, selling: Double = 0) -> KnownHour {
        let wall = site.zone.wall(at: hour * 3_600), day = CalendarDay(ordinal: wall.day)
        let isHoliday = site.holidays.values.contains { $0.days[day] != nil }
        return KnownHour(
            buying: buying, selling: selling, hour: wall.seconds / 3_600,
            day: isHoliday ? 7 : Weekday.allCases.firstIndex(of: day.weekday) ?? 0)
    }

    /// What is known of hours to come, until the first whose price nobody knows.
    func ahead(from first: Int, _ count: Int) -> [KnownHour] {
        var hours: [KnownHour] = []
        for hour in first..<(first + count) {
            guard let known = known(hour) else { break }
            hours.append(known)
        }
        return hours
    }

    // Prices change at whole five minutes.
    private func prices(_ hour: Int) -> (buying: Double, selling: Double)? {
        var (buying, selling) = (0.0, 0.0)
        for part in 0..<12 {
            let start = hour * 3_600 + part * 300, wall = site.zone.wall(at: start), day = CalendarDay(ordinal: wall.day)
            let tariff = pricing.tariffs?.tariff(on: day)
            let slot = EnergySlot(
                start: start, end: start + 300, day: day, seconds: wall.seconds, offset: site.zone.offset(at: start.date))
            guard let price = pricing.price(in: slot, by: tariff) else { return nil }
            buying += price / 12
            selling += (tariff?.feedIn ?? 0) / 12
        }
        return (buying, selling)
    }

    /// The hours that are over, from one on, as meters counted them; what none counted is no number.
    ///
    /// - Throws: ``EnergyError`` with `tooMuch`; `TelemetryError`.
    func seen(_ hours: Range<Int>, from telemetry: any TelemetryStore) async throws -> [SeenHour] {
        guard !hours.isEmpty else { return [] }
        let first = CalendarDay(ordinal: site.zone.wall(at: hours.lowerBound * 3_600).day)
        let last = CalendarDay(ordinal: site.zone.wall(at: hours.upperBound * 3_600 - 1).day)
        let periods = try await account.report(first...last, by: .hour, from: telemetry).periods
        var counted: [Int: (load: Double, solar: Double)] = [:]
        for period in periods where isSeen(period) {
            let hour = Instant(flooring: period.start).flooredDivision(by: 3_600).quotient
            let other = period.devices.reduce(0) { $0 + (apart.contains($1.key.thing) ? $1.value : 0) }
            let sum = counted[hour] ?? (0, 0)
            // What is told what to do isn't what the home uses by itself.
            counted[hour] = (sum.load + max(0, period.consumption - other), sum.solar + max(0, period.solar))
        }
        return hours.map { hour in
            let (load, solar) = counted[hour] ?? (.nan, .nan), prices = prices(hour)
            return SeenHour(
                load: [load], solar: [solar], emission: 0,
                known: calendar(hour, buying: prices?.buying ?? 0, selling: prices?.selling ?? 0))
        }
    }

    // A home in which nothing flows for an hour has lost its meters: even a router takes power.
    private func isSeen(_ period: EnergyPeriod) -> Bool {
        period.consumption > 0 || period.solar > 0 || period.gridExport > 0
    }

    /// The day that clocks show at the beginning of an hour.
    func day(of hour: Int) -> Int { site.zone.wall(at: hour * 3_600).day }

    /// The seconds that clocks show at the beginning of an hour.
    func seconds(of hour: Int) -> Int { site.zone.wall(at: hour * 3_600).seconds }

    /// Clocks.
    var zone: TimeZoneRules { site.zone }
}
