import LaresJSON

/// Something at a place on the map. Its shape says how it is, too; a list on the page says the same in words.
struct MapMark: Sendable, Hashable {
    /// What can be shown and hidden together.
    enum Layer: String, Sendable, CaseIterable {
        case traffic, energy, alarms, places
    }

    /// Names it for good: "junction/A1".
    let id: String
    let layer: Layer
    /// Degrees east and north, or metres where the network has no place on Earth.
    let x: Double, y: Double
    /// ok, info, warn, bad, off, power or dot.
    let look: String
    let name: String
    /// What of it is worth knowing at once; empty: nothing.
    let line: String
    /// The address of the map with its panel.
    let href: String

    /// As the script takes it: y before x.
    var json: JSON {
        [
            "id": .string(id), "layer": .string(layer.rawValue), "at": [.double(Self.short(y)), .double(Self.short(x))],
            "look": .string(look),
            "name": .string(name), "line": .string(line), "href": .string(href),
        ]
    }

    /// A tenth of a metre is near enough.
    private static func short(_ number: Double) -> Double { (number * 1e6).rounded() / 1e6 }
}
