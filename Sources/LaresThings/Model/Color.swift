internal import Foundation

/// A colour without its brightness, which is a property of its own.
public struct Color: Hashable, Sendable {
    /// In degrees, 0 to below 360; 0 is red, 120 green, 240 blue.
    public let hue: Double
    /// In percent; 0 is white.
    public let saturation: Double

    /// A colour. Nil unless the hue is finite and the saturation between 0 and 100; a hue beyond the circle is brought onto it.
    public init?(hue: Double, saturation: Double) {
        guard hue.isFinite, abs(hue) <= 1e6, (0...100).contains(saturation) else { return nil }
        let turned = hue.truncatingRemainder(dividingBy: 360)
        self.hue = turned < 0 ? turned + 360 : turned
        self.saturation = saturation
    }
}

extension Color {
    /// The colour of three parts of light, each from 0 to 1; nil for anything else. Black has no colour and becomes white.
    public init?(red: Double, green: Double, blue: Double) {
        guard [red, green, blue].allSatisfy((0...1).contains) else { return nil }
        let (high, low) = (max(red, green, blue), min(red, green, blue))
        guard high > low else {
            self.init(hue: 0, saturation: 0)
            return
        }
        let span = high - low
        let hue = high == red ? (green - blue) / span : high == green ? 2 + (blue - red) / span : 4 + (red - green) / span
        self.init(hue: 60 * hue, saturation: 100 * span / high)
    }

    /// Its parts of light, the greatest 1.
    public var rgb: (red: Double, green: Double, blue: Double) {
        func part(_ offset: Double) -> Double {
            let place = (offset + hue / 60).truncatingRemainder(dividingBy: 6)
            return 1 - saturation / 100 * max(0, min(place, 4 - place, 1))
        }
        return (part(5), part(3), part(1))
    }
}

/// CIE 1931 chromaticity, by the sRGB primaries (IEC 61966-2-1), as lamps and their hubs do.
extension Color {
    /// The colour at a point of the chromaticity diagram, brought into what sRGB can show; nil outside 0...1 and for y = 0.
    public init?(x: Double, y: Double) {
        guard (0...1).contains(x), (1e-6...1).contains(y) else { return nil }
        let (bigX, bigZ) = (x / y, (1 - x - y) / y)
        let linear = [
            3.2406 * bigX - 1.5372 - 0.4986 * bigZ, -0.9689 * bigX + 1.8758 + 0.0415 * bigZ, 0.0557 * bigX - 0.2040 + 1.0570 * bigZ,
        ].map { max(0, $0) }
        let top = max(linear[0], linear[1], linear[2], 1e-9)
        let parts = linear.map { Self.compressed($0 / top) }
        self.init(red: parts[0], green: parts[1], blue: parts[2])
    }

    /// Its point in the chromaticity diagram.
    public var xy: (x: Double, y: Double) {
        let (red, green, blue) = rgb
        let (r, g, b) = (Self.linear(red), Self.linear(green), Self.linear(blue))
        let (x, y, z) = (
            0.4124 * r + 0.3576 * g + 0.1805 * b, 0.2126 * r + 0.7152 * g + 0.0722 * b, 0.0193 * r + 0.1192 * g + 0.9505 * b
        )
        return (x / (x + y + z), y / (x + y + z))
    }

    private static func linear(_ part: Double) -> Double { part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4) }

    private static func compressed(_ part: Double) -> Double {
        min(1, max(0, part <= 0.0031308 ? 12.92 * part : 1.055 * pow(part, 1 / 2.4) - 0.055))
    }
}
