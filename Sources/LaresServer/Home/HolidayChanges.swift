import Foundation
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings
import Logging

/// Calendars of holidays as people see and change them, over the API and in the console.
struct HolidayChanges: Sendable {
    let automations: Automations
    let services: HomeServices
    let audit: AuditLog?
    let caller: Caller
    let logger: Logger

    /// A calendar, and its next days.
    struct Shown {
        let name: String
        /// Whether it came with Lares.
        let isBuiltIn: Bool
        let days: Int
        /// Events that were left out because they have a time of day or were cancelled.
        let skipped: Int
        let next: [(day: CalendarDay, name: String)]

        var json: JSON {
            [
                "name": .string(name), "built_in": .bool(isBuiltIn), "days": .int(days), "skipped": .int(skipped),
                "next": .array(next.map { ["date": .string($0.day.description), "name": .string($0.name)] }),
            ]
        }
    }

    /// All calendars, by name.
    func all() -> [Shown] {
        let site = automations.site
        let today = CalendarDay(ordinal: site.zone.wall(at: Int(Date().timeIntervalSince1970)).day)
        return site.holidays.sorted { $0.key < $1.key }.map { shown($0.key, $0.value, today) }
    }

    private func shown(_ name: String, _ calendar: HolidayCalendar, _ today: CalendarDay) -> Shown {
        Shown(
            name: name, isBuiltIn: HolidayCalendar.builtIn[name] == calendar, days: calendar.days.count, skipped: calendar.skipped,
            next: calendar.next(from: today, count: 5))
    }

    /// Takes in an iCalendar text, new or in the place of another.
    ///
    /// - Throws: ``ScheduleError`` with `badCalendar`, `full`.
    func set(_ text: [UInt8], as name: String) async throws {
        let calendar = try await offTheThreads { try HolidayCalendar(iCalendar: text) }
        try await automations.set(text, calendar, as: name)
        audit.note(.homeChanged, "holidays/" + name, by: caller, logger)
    }

    /// Takes a calendar away that was added.
    ///
    /// - Returns: Whether there was one.
    /// - Throws: ``ScheduleError`` with `inUse` when a rule or a tariff needs it.
    func remove(_ name: String) async throws -> Bool {
        try checkTariffs(without: name)
        guard try await automations.removeHolidays(name) else { return false }
        audit.note(.homeChanged, "holidays/" + name, by: caller, logger)
        return true
    }

    private func checkTariffs(without name: String) throws {
        guard HolidayCalendar.builtIn[name] == nil, automations.site.holidays[name] != nil,
            let tariffs = try EnergyStore(services.store).tariffs()
        else { return }
        let site = automations.site
        guard (try? EnergyAccount(site: site, meters: [], tariffs: tariffs)) != nil else { return }
        let rest = Site(zone: site.zone, position: site.position, holidays: site.holidays.filter { $0.key != name })
        do { _ = try EnergyAccount(site: rest, meters: [], tariffs: tariffs) } catch {
            throw ScheduleError(.inUse, "a tariff needs the calendar '\(name)': change the tariff first")
        }
    }
}
