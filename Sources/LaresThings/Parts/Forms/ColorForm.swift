internal import LaresJSON

/// A colour, its numbers joined by commas.
struct ColorForm: Form {
    let property: Int
    let space: ColorSpace
    /// Where the brightness in an RGB colour belongs; nil: it has a topic of its own.
    var brightness: Int?

    func reports(_ reading: Reading) throws(ThingsError) -> [Report] {
        if reading.isNone { return [Report(property, nil)] }
        guard let text = reading.text else { throw ThingsError(.badValue, "the message is not UTF-8") }
        let parts = text.split(separator: ",", maxSplits: 8, omittingEmptySubsequences: false).map {
            Conversions.number(String($0)) ?? .nan
        }
        guard let color = space.color(parts) else {
            throw ThingsError(.badValue, "\"\(text.prefix(40))\" is not a colour in \(space.rawValue)")
        }
        guard let brightness, space.isLight, let top = parts.max(), top > 0 else { return [Report(property, .color(color))] }
        return [Report(property, .color(color)), Report(brightness, .number(Conversions.rounded(min(top, 255) / 2.55, places: 2)))]
    }
}

/// How a device writes colours.
enum ColorSpace: String, Sendable {
    case hs, xy, rgb, rgbw, rgbww

    /// Whether its numbers are parts of light.
    var isLight: Bool { self == .rgb || self == .rgbw || self == .rgbww }

    /// The names of its numbers, as templates and JSON have them.
    var names: [String] {
        switch self {
        case .hs: ["hue", "sat"]
        case .xy: ["x", "y"]
        case .rgb: ["red", "green", "blue"]
        case .rgbw: ["red", "green", "blue", "white"]
        case .rgbww: ["red", "green", "blue", "cold_white", "warm_white"]
        }
    }

    /// The members of a JSON colour.
    var members: [String] {
        switch self {
        case .hs: ["h", "s"]
        case .xy: ["x", "y"]
        case .rgb: ["r", "g", "b"]
        case .rgbw: ["r", "g", "b", "w"]
        case .rgbww: ["r", "g", "b", "c", "w"]
        }
    }

    /// The colour of so many numbers; nil for others. White is light without colour.
    func color(_ parts: [Double]) -> Color? {
        guard parts.count >= members.count, parts.prefix(members.count).allSatisfy(\.isFinite) else { return nil }
        switch self {
        case .hs: return Color(hue: parts[0], saturation: parts[1])
        case .xy: return Color(x: parts[0], y: parts[1])
        case .rgb, .rgbw, .rgbww:
            let white = parts.dropFirst(3).prefix(members.count - 3).reduce(0, +)
            let light = parts.prefix(3).map { $0 + white }
            guard parts.allSatisfy({ (0...255).contains($0) }), let top = light.max() else { return nil }
            return Color(red: light[0] / max(top, 1), green: light[1] / max(top, 1), blue: light[2] / max(top, 1))
        }
    }

    /// The numbers of a colour at a brightness of 0 to 1.
    func numbers(_ color: Color, brightness: Double = 1) -> [JSON] {
        func light(_ part: Double) -> Int { Int((part * 255 * brightness).rounded()) }
        switch self {
        case .hs: return [.double(Conversions.rounded(color.hue, places: 3)), .double(Conversions.rounded(color.saturation, places: 3))]
        case .xy: return [.double(Conversions.rounded(color.xy.x, places: 3)), .double(Conversions.rounded(color.xy.y, places: 3))]
        case .rgb: return [color.rgb.red, color.rgb.green, color.rgb.blue].map { .int(light($0)) }
        case .rgbw, .rgbww:
            // The white that all three have in common goes to the white channel, the rest is made as bright again (Home Assistant's `color_rgb_to_rgbw`).
            let (red, green, blue) = color.rgb
            let white = self == .rgbw ? min(red, green, blue) : 0
            let rest = [red - white, green - white, blue - white]
            let scale = 1 / max(rest[0], rest[1], rest[2], white, 1e-9)
            let parts = rest.map { JSON.int(light(min(1, $0 * scale))) }
            return self == .rgbw ? parts + [.int(light(min(1, white * scale)))] : parts + [0, 0]
        }
    }
}
