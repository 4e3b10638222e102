public import LaresJSON

extension TariffBook {
    /// Prices lie within a million: there are currencies whose unit buys little.
    static let prices = -1e6...1e6

    /// Reads and checks tariffs; unknown members are errors.
    ///
    /// - Throws: ``EnergyError`` with `badTariff`, which names the place.
    public init(_ json: JSON) throws(EnergyError) {
        do throws(JSONError) {
            var fields = try JSONFields(json)
            let currency = try fields.string("currency") ?? ""
            var tariffs: [Tariff] = []
            for object in try fields.objects("tariffs") ?? [] { tariffs.append(try Tariff(object)) }
            try fields.end()
            guard let book = Self(currency: currency, tariffs) else {
                throw fields.error(
                    "currency",
                    "must have three capital letters, such as \"EUR\", and 'tariffs' at most \(Self.most), each from another day, of \(Self.mostBlocks) blocks"
                )
            }
            self = book
        } catch {
            throw EnergyError(.badTariff, "the tariffs: \(error.message)")
        }
    }

    /// The tariffs as plain data, which ``init(_:)`` reads back.
    public var json: JSON { ["currency": .string(currency), "tariffs": .array(tariffs.map(\.json))] }
}

extension Tariff {
    private enum Kind: String, CaseIterable { case fixed, time_of_use, hourly }

    fileprivate init(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        guard let from = CalendarDay(try fields.string("from") ?? "") else {
            throw fields.error("from", "must be the first day, such as \"2026-01-01\"")
        }
        let price: Price
        switch try fields.choice("kind", of: Kind.self) ?? .fixed {
        case .fixed: price = .fixed(try fields.price("price"))
        case .time_of_use:
            var blocks: [Block] = []
            for object in try fields.objects("blocks") ?? [] { blocks.append(try Block(object)) }
            price = .timeOfUse(blocks, otherwise: try fields.price("otherwise"))
        case .hourly:
            let factor = try fields.double("factor", in: 0...100) ?? 1
            let surcharge = try fields.double("surcharge", in: TariffBook.prices) ?? 0
            price = .hourly(factor: factor, surcharge: surcharge, otherwise: try fields.double("otherwise", in: TariffBook.prices))
        }
        let feedIn = try fields.double("feed_in", in: TariffBook.prices) ?? 0
        let standing = try fields.double("standing", in: TariffBook.prices) ?? 0
        try fields.end()
        self.init(from: from, price: price, feedIn: feedIn, standing: standing)
    }

    fileprivate var json: JSON {
        var members: JSON.Members = ["from": .string("\(from)")]
        switch price {
        case .fixed(let price):
            members["kind"] = .string(Kind.fixed.rawValue)
            members["price"] = .number(price)
        case .timeOfUse(let blocks, let otherwise):
            members["kind"] = .string(Kind.time_of_use.rawValue)
            members["blocks"] = .array(blocks.map(\.json))
            members["otherwise"] = .number(otherwise)
        case .hourly(let factor, let surcharge, let otherwise):
            members["kind"] = .string(Kind.hourly.rawValue)
            members["factor"] = .number(factor)
            members["surcharge"] = .number(surcharge)
            members["otherwise"] = otherwise.map { .number($0) }
        }
        members["feed_in"] = .number(feedIn)
        members["standing"] = .number(standing)
        return .object(members)
    }
}

extension Tariff.Block {
    fileprivate init(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        let (days, from, to) = (try fields.weekdays("days"), try fields.time("from"), try fields.time("to"))
        let holidays = try fields.fields("holidays").map { (inner) throws(JSONError) in try Schedule.HolidayFilter(inner) }
        let price = try fields.price("price")
        try fields.end()
        guard let from, let times = WeeklyBlock(days: days, from: from, to: to),
            let block = Self(times, holidays: holidays, price: price)
        else { throw fields.error("from", "and 'to' must be times such as \"07:00\", in steps of five minutes") }
        self = block
    }

    fileprivate var json: JSON {
        var members: JSON.Members = [
            "days": .array(Weekday.allCases.filter(times.days.contains).map { .string($0.rawValue) }),
            "from": .string("\(times.from)"), "to": times.to.map { .string("\($0)") } ?? .null,
        ]
        members["holidays"] = holidays.map { filter in
            ["days": .string(filter.rule.rawValue), "calendars": .array(filter.calendars.map { .string($0) })]
        }
        members["price"] = .number(price)
        return .object(members)
    }
}

extension JSONFields {
    fileprivate mutating func price(_ key: String) throws(JSONError) -> Double {
        guard let price = try double(key, in: TariffBook.prices) else { throw error(key, "is missing: what a kilowatt-hour costs") }
        return price
    }
}
