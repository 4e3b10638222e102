/// The events of an iCalendar text.
struct CalendarEvents {
    private(set) var events: [CalendarEvent] = []
    private var event: CalendarEvent?
    /// The components that have begun and not ended, outermost first.
    private var open: [String] = []

    /// How long a line may be once it is unfolded, in bytes.
    private static let longestLine = 65_536

    /// Throws ``ScheduleError`` with `badCalendar`.
    init(parsing bytes: [UInt8]) throws(ScheduleError) {
        guard bytes.count <= HolidayCalendar.largestText else {
            throw ScheduleError(.badCalendar, "the calendar has more than \(HolidayCalendar.largestText >> 20) MiB")
        }
        var (line, number, first) = ([UInt8](), 0, 1)
        for raw in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            let content = raw.last == 0x0D ? raw.dropLast() : raw
            if let space = content.first, space == 0x20 || space == 0x09 {
                line += content.dropFirst()
                guard line.count <= Self.longestLine else { throw Self.error(number, "is too long") }
            } else {
                try take(line, first)
                (line, first) = (Array(content), number)
            }
        }
        try take(line, first)
        guard open.isEmpty, number > 1 else { throw Self.error(number, "is the last, and \(open.last ?? "VCALENDAR") hasn't ended") }
    }

    private static func error(_ line: Int, _ what: String) -> ScheduleError {
        ScheduleError(.badCalendar, "the calendar's line \(line) \(what): export the calendar again")
    }

    private mutating func take(_ line: [UInt8], _ number: Int) throws(ScheduleError) {
        let bytes = number == 1 && line.starts(with: [0xEF, 0xBB, 0xBF]) ? line.dropFirst(3) : line[...]
        if bytes.isEmpty { return }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Self.error(number, "is not UTF-8") }
        guard let property = CalendarProperty(text, line: number) else { throw Self.error(number, "is not a property") }
        switch property.name {
        case "BEGIN": try begin(property)
        case "END": try end(property)
        default:
            if open.isEmpty { throw Self.error(number, "stands outside VCALENDAR") }
            if open.last == "VEVENT" { try event?.set(property) }
        }
    }

    private mutating func begin(_ property: CalendarProperty) throws(ScheduleError) {
        let component = property.value.uppercased()
        guard open.isEmpty == (component == "VCALENDAR"), open.count < 8 else {
            throw Self.error(property.line, "begins \(component.prefix(40)) where it can't be")
        }
        open.append(component)
        guard component == "VEVENT" else { return }
        guard event == nil else { throw Self.error(property.line, "begins an event inside another") }
        guard events.count < HolidayCalendar.mostEvents else {
            throw Self.error(property.line, "begins more than \(HolidayCalendar.mostEvents) events")
        }
        event = CalendarEvent(line: property.line)
    }

    private mutating func end(_ property: CalendarProperty) throws(ScheduleError) {
        guard let component = open.popLast(), component == property.value.uppercased() else {
            throw Self.error(property.line, "ends \(property.value.prefix(40)), which hasn't begun")
        }
        guard component == "VEVENT", let event else { return }
        events.append(event)
        self.event = nil
    }
}
