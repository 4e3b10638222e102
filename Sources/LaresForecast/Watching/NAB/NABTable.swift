import LaresTime

/// A file of comma-separated values whose first column is a time.
struct NABTable {
    let times: [Int64]
    private let names: [ArraySlice<UInt8>]
    private let rows: [[ArraySlice<UInt8>]]
    private let path: String

    init(_ bytes: [UInt8], _ path: String) throws {
        var lines = bytes.split(separator: UInt8(ascii: "\n")).map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }[...]
        guard let head = lines.popFirst() else { throw ForecastError(.badFile, "'\(path)' is empty") }
        let comma = UInt8(ascii: ",")
        names = head.split(separator: comma, omittingEmptySubsequences: false)
        rows = lines.map { $0.split(separator: comma, omittingEmptySubsequences: false) }
        times = try rows.enumerated().map { place, row in
            guard let time = row.first.flatMap(Self.time) else {
                throw ForecastError(.badFile, "row \(place + 2) of '\(path)' doesn't begin with a time such as 2014-04-01 00:00:00")
            }
            return time
        }
        self.path = path
    }

    func column(_ name: String) throws -> [Double] {
        guard let column = names.firstIndex(where: { $0.elementsEqual(name.utf8) }) else {
            throw ForecastError(.badFile, "'\(path)' has no column '\(name)'")
        }
        return try rows.enumerated().map { place, row in
            guard row.count > column, let value = Double(String(decoding: row[column], as: UTF8.self)) else {
                throw ForecastError(.badFile, "row \(place + 2) of '\(path)' has no number in column '\(name)'")
            }
            return value
        }
    }

    /// Milliseconds since 1970-01-01T00:00Z of `2014-04-01 00:00:00`, with or without a fraction.
    static func time(_ text: ArraySlice<UInt8>) -> Int64? {
        let parts = text.split { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let numbers = parts.prefix(6).compactMap { Int(String(decoding: $0, as: UTF8.self)) }
        guard numbers.count == 6, (1900...2200).contains(numbers[0]),
            let day = CivilDay(year: numbers[0], month: numbers[1], day: numbers[2]), numbers[3] < 24, numbers[4] < 60, numbers[5] < 61
        else { return nil }
        let fraction = parts.count > 6 ? Int64(String(decoding: (parts[6] + [48, 48, 48]).prefix(3), as: UTF8.self)) ?? 0 : 0
        let seconds = ((day.number * 24 + numbers[3]) * 60 + numbers[4]) * 60 + numbers[5]
        return Int64(seconds) * 1000 + fraction
    }
}
