import Foundation
import LaresJSON
import LaresPlaces
import LaresThings

/// A tariff as a form describes it: one price, or another one at some hours of each day. Anything more is written as text.
struct TariffForm {
    static let checked = ["currency", "from", "price", "low", "begins", "ends", "feed", "standing", "text"]
    private static let entries = ["kind", "currency", "from", "price", "low", "begins", "ends", "feed", "standing"]

    private var values: [String: String]
    private var text: String
    private var isSimple = true

    /// The tariff that holds last, as far as a form can describe it.
    init(_ book: TariffBook?, currency: String?, today: CalendarDay) {
        values = ["kind": "fixed", "currency": book?.currency ?? currency ?? "EUR", "begins": "22:00", "ends": "06:00"]
        values["from"] = book?.tariffs.last.map { "\($0.from)" } ?? "\(today.parts.year)-01-01"
        text = book.map { $0.json.indented } ?? ""
        guard let last = book?.tariffs.last else { return }
        (values["feed"], values["standing"]) = (Self.text(last.feedIn), Self.text(last.standing))
        switch last.price {
        case .fixed(let price): values["price"] = Self.text(price)
        case .timeOfUse(let blocks, let otherwise):
            values["price"] = Self.text(otherwise)
            guard blocks.count == 1, let block = blocks.first, block.holidays == nil, block.times.days == Set(Weekday.allCases) else {
                isSimple = false
                return
            }
            (values["kind"], values["low"]) = ("two", Self.text(block.price))
            (values["begins"], values["ends"]) = ("\(block.times.from)", block.times.to.map { "\($0)" } ?? "")
        case .hourly: isSimple = false
        }
    }

    /// What a person filled in.
    init(_ form: Form) {
        values = Self.entries.reduce(into: [:]) { $0[$1] = form[$1] }
        text = form.exact("text")
    }

    /// The fields of the form.
    func fields(_ words: Words) -> [String: Any] {
        var fields: [String: Any] = [:]
        for name in Self.entries { fields["\(name)Value"] = values[name] ?? "" }
        fields["kinds"] = ["fixed", "two"].map { (kind: String) -> [String: Any] in
            ["value": kind, "word": words("energy.kind.\(kind)"), "chosen": kind == values["kind"]]
        }
        return fields.merging(["textValue": text, "isSimple": isSimple]) { $1 }
    }

    /// The tariffs with this one in them: in the place of one that begins on the same day.
    ///
    /// - Throws: ``FieldFault`` naming the field that can't be used; `EnergyError`.
    func book(with others: TariffBook?) throws -> TariffBook {
        let currency = (values["currency"] ?? "").uppercased()
        guard TariffBook(currency: currency, []) != nil else { throw FieldFault("currency", "energy.wrong.currency") }
        guard let from = CalendarDay(values["from"] ?? "") else { throw FieldFault("from", "energy.wrong.from") }
        let tariff = Tariff(from: from, price: try price(), feedIn: try number("feed", or: 0), standing: try number("standing", or: 0))
        let rest = (others?.tariffs ?? []).filter { $0.from != from }
        guard let book = TariffBook(currency: currency, rest + [tariff]) else { throw FieldFault("from", "energy.wrong.many") }
        return book
    }

    private func price() throws -> Tariff.Price {
        let usual = try number("price")
        guard values["kind"] == "two" else { return .fixed(usual) }
        let low = try number("low")
        guard let begins = TimeOfDay(values["begins"] ?? ""), begins.seconds % 300 == 0 else {
            throw FieldFault("begins", "energy.wrong.time")
        }
        guard let ends = TimeOfDay(values["ends"] ?? ""), ends != begins,
            let times = WeeklyBlock(days: Set(Weekday.allCases), from: begins, to: ends), let block = Tariff.Block(times, price: low)
        else { throw FieldFault("ends", "energy.wrong.time") }
        return .timeOfUse([block], otherwise: usual)
    }

    private func number(_ name: String, or usual: Double? = nil) throws -> Double {
        let text = (values[name] ?? "").replacing(",", with: ".")
        if text.isEmpty, let usual { return usual }
        guard let number = Double(text), (-1e6...1e6).contains(number) else { throw FieldFault(name, "energy.wrong.number") }
        return number
    }

    /// All tariffs as they are written.
    ///
    /// - Throws: `EnergyError`; `JSONError`.
    func written() throws -> TariffBook { try TariffBook(JSON(parsing: Array(text.utf8))) }

    private static func text(_ number: Double) -> String { number == 0 ? "" : "\(number)" }
}
