/// Durations as OData writes them: "P1DT12H30M5.5S". Months and years have no fixed length and are refused.
enum STADuration {
    /// A duration in milliseconds; nil for anything else, and for more than ten thousand years.
    static func milliseconds(_ text: some StringProtocol) -> Int64? {
        var rest = Substring(text)
        let isNegative = rest.hasPrefix("-")
        if isNegative || rest.hasPrefix("+") { rest.removeFirst() }
        guard rest.hasPrefix("P"), rest.count > 1, rest.utf8.count <= 64 else { return nil }
        rest.removeFirst()
        let parts = rest.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        guard let days = sum(parts[0], ["W": 604_800_000, "D": 86_400_000]) else { return nil }
        let clock = parts.count == 1 ? 0 : sum(parts[1], ["H": 3_600_000, "M": 60_000, "S": 1_000])
        guard let clock, parts.count == 1 || !parts[1].isEmpty else { return nil }
        let total = (isNegative ? -1 : 1) * (days + clock)
        return abs(total) <= 315_576_000_000_000 ? Int64(total.rounded()) : nil
    }

    private static func sum(_ text: Substring, _ units: [Character: Double]) -> Double? {
        var (total, number) = (0.0, "")
        for character in text {
            if character.isASCII, character.isNumber || character == "." {
                number.append(character)
            } else {
                guard let unit = units[character], let value = Double(number) else { return nil }
                total += value * unit
                number = ""
            }
        }
        return number.isEmpty ? total : nil
    }
}
