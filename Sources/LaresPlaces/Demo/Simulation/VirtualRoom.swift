/// A room of the virtual home.
package enum VirtualRoom: Int, Sendable, CaseIterable {
    case living, kitchen, bedroom, study, bathroom, hall

    /// In square metres.
    var area: Double { [32, 16, 18, 12, 7, 9][rawValue] }

    /// In cubic metres.
    var volume: Double { area * 2.5 }

    /// Glass to the outside, in square metres.
    var glass: Double { [5, 2, 2.5, 2, 0.6, 0.4][rawValue] }

    /// Watts that leave through walls and glass for each kelvin.
    var loss: Double { area * 0.55 + glass * 1.1 }

    /// Joules that warm it, with walls and furniture, by a kelvin.
    var capacity: Double { area * 130_000 }

    /// The most that its radiator gives, in watts.
    var radiator: Double { area * 65 }

    /// What its radiator keeps where no thermostat of the home is asked, in degrees Celsius.
    var usual: Double { [20.5, 19.5, 18, 20.5, 21.5, 18.5][rawValue] }
}

/// The air of a room.
struct RoomAir: Sendable, Hashable {
    /// In degrees Celsius.
    var temperature: Double
    /// Grams of water in a cubic metre.
    var vapour: Double
    /// Parts of carbon dioxide in a million.
    var carbon = 520.0
    /// What its radiator gives, in watts.
    var heat = 0.0

    /// Relative humidity, in percent.
    var humidity: Double { min(100, vapour / Vapour.saturation(temperature) * 100) }
}
