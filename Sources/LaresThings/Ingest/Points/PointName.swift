/// What a point says it belongs to: a series, and with it the unit and the flag that stand beside the name.
struct PointName: Hashable, Sendable {
    /// The series, without a tenant.
    let series: SeriesKey
    /// The unit of the values; nil: not said.
    let unit: Unit?
    /// The flag; nil: not said, which is good.
    let quality: Quality?

    /// Bytes of a thing or property, as a store may have them, with room for a tenant before and an ending behind.
    static let longest = 440

    /// A name of parts that were read.
    ///
    /// - Parameters:
    ///   - head: measurement and tags; a tag `unit` with a known symbol and a tag `quality` with one of its words are taken out.
    ///   - property: the name of the field.
    ///   - unit: the unit, where it has a place of its own; empty: none.
    ///   - quality: the flag, where it has a place of its own; empty: none.
    /// - Throws: ``PointFault``.
    init(head: [UInt8], property: String, unit: [UInt8], quality: [UInt8]) throws(PointFault) {
        let name = try TaggedName(head: head)
        let flag = name.tags.first { $0.key == "quality" }.flatMap { Quality(word: $0.value) }
        let symbol = name.tags.first { $0.key == "unit" && Unit($0.value).isUsual }
        let tags = name.tags.filter { !($0.key == "quality" && flag != nil) && $0 != symbol }
        let thing = try TaggedName(name.measurement, tags: tags).description
        guard !property.isEmpty, thing.utf8.count <= Self.longest, property.utf8.count <= Self.longest else {
            throw PointFault(.badName, "the names of a series are empty or have more than \(Self.longest) bytes: use shorter ones")
        }
        guard !property.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw PointFault(.badName, "the name of a field has a control character: leave it out")
        }
        series = SeriesKey(thing: thing, property: property)
        guard !series.isReserved else {
            throw PointFault(.badName, "'\(property)' ends as the names of flags or of the intervals of forecasts do: call it otherwise")
        }
        self.unit = try Self.unit(unit) ?? symbol.map { Unit($0.value) }
        self.quality = try Self.quality(quality) ?? flag
    }

    private static func unit(_ bytes: [UInt8]) throws(PointFault) -> Unit? {
        guard !bytes.isEmpty else { return nil }
        guard bytes.count <= 32, let symbol = String(validating: bytes, as: UTF8.self), !bytes.contains(where: { $0 < 0x20 }) else {
            throw PointFault(.badUnit, "a unit is no symbol of up to 32 bytes, such as °C")
        }
        return Unit(symbol)
    }

    private static func quality(_ bytes: [UInt8]) throws(PointFault) -> Quality? {
        guard !bytes.isEmpty else { return nil }
        let word = String(decoding: bytes, as: UTF8.self)
        guard let quality = Quality(word: word) else {
            throw PointFault(.badQuality, "the quality '\(word.prefix(40))' is none of good, suspect and bad")
        }
        return quality
    }
}

extension Unit {
    /// Whether it is certainly a unit, and not some other tag of that name: one that converts, or one of these.
    package var isUsual: Bool { Self.alone.contains(description) || convert(0, toAnyOf: Self.firsts) }

    private func convert(_ number: Double, toAnyOf units: [Unit]) -> Bool { units.contains { convert(number, to: $0) != nil } }

    /// One of each kind that ``convert(_:to:)`` knows.
    private static let firsts = ["W", "Wh", "Pa", "m", "m/s", "L", "V", "A", "s", "kg", "K"].map { Unit($0) }

    private static let alone: Set<String> = [
        "%", "lx", "Hz", "dB", "dBA", "dBm", "ppm", "ppb", "µg/m³", "ug/m3", "mg/m³", "VA", "var", "varh", "°", "W/m²", "mm/h", "pH",
        "m³/h", "L/s", "L/min", "µS/cm", "NTU", "veh/h",
    ]
}
