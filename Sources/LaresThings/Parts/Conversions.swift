internal import Foundation
internal import LaresJSON

/// Python's conversions, as Home Assistant's filters use them.
enum Conversions {
    /// `float(value)`; nil where Python refuses, and for what isn't finite.
    static func number(_ value: JSON) -> Double? {
        switch value {
        case .int(let whole): Double(whole)
        case .double(let number): number
        case .bool(let flag): flag ? 1 : 0
        case .string(let text): number(text)
        case .null, .array, .object: nil
        }
    }

    /// `float(text)`.
    static func number(_ text: String) -> Double? {
        var text = text
        return text.withUTF8 { NumberText.number($0) }
    }

    /// Jinja's `int`: through `float` where a text is no whole number.
    static func whole(_ value: JSON) -> Int? {
        switch value {
        case .int(let whole): whole
        case .string(let text): Int(text.trimmed) ?? number(text).flatMap { Int(exactly: $0.rounded(.towardZero)) }
        default: number(value).flatMap { Int(exactly: $0.rounded(.towardZero)) }
        }
    }

    private static let powers: [Double] = (0...12).map { pow(10, Double($0)) }

    /// Python's `round` to so many places, at most 12: decided on the exact value, halves to the even neighbour.
    static func rounded(_ number: Double, places: Int) -> Double {
        guard places > 0 else { return number.rounded(.toNearestOrEven) }
        let scaled = number * powers[places]
        guard abs(scaled) < 1e15 else { return number }
        // Only where the product lies near a half may its own rounding have decided; the digits of the exact value settle that.
        if abs(abs(scaled - scaled.rounded(.down)) - 0.5) < 1e-6 * max(1, abs(scaled)) * 1e-6 {
            return Double(String(format: "%.\(places)f", number)) ?? number
        }
        return scaled.rounded(.toNearestOrEven) / powers[places]
    }

    /// Home Assistant's `cv.boolean`.
    static func boolean(_ value: JSON) -> Bool? {
        switch value {
        case .bool(let flag): return flag
        case .int(let whole): return whole != 0
        case .double(let number): return number != 0
        case .string(let text):
            switch text.trimmed.lowercased() {
            case "1", "true", "yes", "on", "enable": return true
            case "0", "false", "no", "off", "disable": return false
            default: return nil
            }
        default: return nil
        }
    }
}
