/// Sizes, rates and times as people read them.
enum Amounts {
    /// "103 MB".
    static func bytes(_ count: Int) -> String { bytes(Double(count)) }

    /// "103 MB".
    static func bytes(_ count: Double) -> String {
        let units = ["B", "kB", "MB", "GB", "TB"]
        var value = max(0, count)
        var unit = 0
        while value >= 999.5, unit < units.count - 1 {
            value /= 1_000
            unit += 1
        }
        return (unit == 0 || value >= 99.5 ? "\(Int(value.rounded()))" : decimal(value, 1)) + " " + units[unit]
    }

    /// "41.2".
    static func decimal(_ value: Double, _ places: Int) -> String {
        guard value.isFinite else { return "–" }
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let digits = String(Int((value.magnitude * scale).rounded()))
        guard places > 0 else { return (value < 0 ? "-" : "") + digits }
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        return (value < 0 ? "-" : "") + padded.dropLast(places) + "." + padded.suffix(places)
    }

    /// "2:05" or "1:02:05".
    static func clock(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 360_000 else { return "–" }
        let whole = Int(seconds.rounded(.up))
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let (hours, minutes) = (whole / 3_600, whole / 60 % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(whole % 60))" : "\(minutes):\(two(whole % 60))"
    }

    /// "135 M", "1.5 B", as model names have it.
    static func parameters(_ count: Int) -> String {
        let value = Double(count)
        if value >= 999.5e6 { return decimal(value / 1e9, 1) + " B" }
        return decimal(value / 1e6, value < 10e6 ? 1 : 0) + " M"
    }
}
