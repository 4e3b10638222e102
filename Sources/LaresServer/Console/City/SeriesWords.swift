import Foundation
import LaresThings

/// What series are called, and how their values read.
struct SeriesWords: Sendable {
    let home: Home
    let said: ThingWords
    /// Units of series that aren't of things of the home.
    var units: [SeriesKey: LaresThings.Unit] = [:]

    var amount: Amount { said.amount }
    var words: Words { said.words }

    /// "Meter · Power" for a thing of the home, else the name by which the series came.
    func name(_ key: SeriesKey) -> String {
        guard let id = ThingID(key.thing), let thing = home.thing(id)?.thing else { return key.description.printable }
        let property = thing.properties.first { $0.name == key.property }.map { said.label($0) } ?? key.property.printable
        return words("series.name", ["thing": said.name(thing), "property": property])
    }

    /// "21.4 °C".
    func value(_ number: Double, of key: SeriesKey) -> String {
        guard number.isFinite else { return words("unit.none") }
        if let property = PropertyAddress(key.description).flatMap({ home.property($0) }) {
            return said.value(.number(number), of: property)
        }
        guard let unit = units[key] else { return amount.figure(number) }
        return unit == .percent ? amount.figure(number) + "%" : amount.figure(number) + "\u{a0}" + unit.description.printable
    }

    /// A reading, a text among them.
    func value(_ reading: Reading?, of key: SeriesKey) -> String {
        switch reading?.value {
        case nil: words("unit.none")
        case .number(let number): value(number, of: key)
        case .state(let text): text.printable
        }
    }

    /// The unit's symbol; empty where none is known.
    func unit(of key: SeriesKey) -> String {
        (PropertyAddress(key.description).flatMap { home.property($0)?.unit } ?? units[key])?.description.printable ?? ""
    }
}

extension SeriesKey {
    /// The name in the query of an address.
    var queried: String { description.pathEscaped }
}

extension Amount {
    /// "23 Nov", of a day in the place.
    func shortDate(_ date: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        let parts = calendar.dateComponents([.month, .day], from: date)
        return words("date.short", ["day": "\(parts.day ?? 1)", "month": words("month.\(parts.month ?? 1)")])
    }
}
