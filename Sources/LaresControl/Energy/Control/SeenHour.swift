/// An hour that is over, as meters and markets told of it.
public struct SeenHour: Hashable, Sendable {
    /// What each home used in it without what is controlled, in kWh.
    public let load: [Double]
    /// What each home's panels made in it, in kWh.
    public let solar: [Double]
    /// What a kWh from the grid emitted in it, in kg of CO₂.
    public let emission: Double
    /// What is known of it by calendar and contract.
    public let known: KnownHour

    /// An hour.
    public init(load: [Double], solar: [Double], emission: Double, known: KnownHour) {
        (self.load, self.solar, self.emission, self.known) = (load, solar, emission, known)
    }
}

/// What is known of an hour beforehand: the tariff is a contract, the calendar is one too.
public struct KnownHour: Hashable, Sendable {
    /// What a kWh costs, and what it earns.
    public let buying: Double, selling: Double
    /// The time of day, 0 to 23.
    public let hour: Int
    /// The kind of day, 0 for Monday to 6 for Sunday, 7 for a holiday.
    public let day: Int

    /// An hour to come.
    public init(buying: Double, selling: Double = 0, hour: Int, day: Int) {
        (self.buying, self.selling, self.hour, self.day) = (buying, selling, hour, day)
    }
}

extension DistrictRecord {
    /// What is known beforehand of an hour.
    public func known(_ hour: Int) -> KnownHour {
        KnownHour(buying: price[hour], selling: selling[hour], hour: hours[hour], day: days[hour])
    }

    /// An hour of it, as it is seen when it is over.
    public func seen(_ hour: Int) -> SeenHour {
        SeenHour(
            load: homes.map { $0.load[hour] }, solar: homes.map { $0.solar[hour] }, emission: emission[hour], known: known(hour))
    }

    /// What is known beforehand of the hours from one on, `count` at most.
    public func ahead(from first: Int, _ count: Int) -> [KnownHour] { (first..<max(first, min(self.count, first + count))).map(known) }
}
