import LaresTensor
import LaresTime

/// A table of comma-separated values with names in its first line, as public data sets come: read strictly, and bounded.
///
/// Fields have no quotes and no commas inside; every line has as many as the first.
public struct TableFile: Sendable {
    /// The names of the first line.
    public let names: [String]
    /// How many lines follow it.
    public let count: Int
    private let path: String
    private let columns: [[Substring]]

    /// How large a file may be, in bytes, and how many columns it may have.
    public static let mostBytes = 256 << 20, mostColumns = 1_000

    /// Reads a file.
    ///
    /// - Throws: `ForecastError.badFile` for a file that can't be read, is too large, isn't UTF-8, has no lines, quotes, or a line with another
    ///   number of fields than the first.
    public init(contentsOf path: String) throws {
        let text = try TableFile.text(path)
        var columns: [[Substring]] = []
        var (names, line) = ([String](), 0)
        for row in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            line += 1
            if row.isEmpty, row.endIndex == text.utf8.endIndex { break }
            let fields = row.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { Substring($0) }
            if line == 1 {
                guard fields.count <= TableFile.mostColumns, Set(fields).count == fields.count else {
                    throw ForecastError(
                        .badFile, "'\(path)' line 1 names \(fields.count) columns: there may be \(TableFile.mostColumns), each named once")
                }
                names = fields.map(String.init)
                columns = fields.map { _ in [] }
                continue
            }
            guard fields.count == names.count else {
                throw ForecastError(.badFile, "'\(path)' line \(line) has \(fields.count) fields, the first line has \(names.count)")
            }
            for (column, field) in fields.enumerated() { columns[column].append(field) }
        }
        guard let first = columns.first, !first.isEmpty else {
            throw ForecastError(.badFile, "'\(path)' has no lines of values: its first line names the columns, values follow")
        }
        (self.path, self.names, self.columns, count) = (path, names, columns, first.count)
    }

    private static func text(_ path: String) throws -> String {
        do {
            let file = try MappedFile(path: path)
            guard file.bytes.count <= mostBytes else {
                throw ForecastError(.badFile, "'\(path)' has \(file.bytes.count) bytes: a table has \(mostBytes) at most")
            }
            // Carriage returns only stand before line feeds.
            guard !file.bytes.contains(UInt8(ascii: "\"")),
                let text = String(validating: file.bytes.lazy.filter { $0 != 0x0D }, as: UTF8.self)
            else {
                throw ForecastError(.badFile, "'\(path)' has quotes or isn't UTF-8: save it without quotes, as UTF-8")
            }
            return text
        } catch let error as FileError {
            throw ForecastError(.badFile, error.message)
        }
    }

    /// The texts of a column.
    ///
    /// - Throws: `ForecastError.badFile` when no column has that name.
    public func texts(_ name: String) throws -> [Substring] {
        guard let place = names.firstIndex(of: name) else {
            throw ForecastError(.badFile, "'\(path)' has no column '\(name)': its first line names \(names.joined(separator: ", "))")
        }
        return columns[place]
    }

    /// The numbers of a column.
    ///
    /// - Throws: `ForecastError.badFile` when no column has that name, or a field is no finite number.
    public func numbers(_ name: String) throws -> [Double] {
        try texts(name).enumerated().map { row, text in
            guard let number = Double(text), number.isFinite else {
                throw ForecastError(.badFile, "'\(path)' line \(row + 2): '\(name)' is '\(text.prefix(40))', which is no number")
            }
            return number
        }
    }

    /// The times of a column, as in `2016-07-01 00:00:00` or `2011-12-31T13:00:00Z`, in milliseconds since 1970; each so long after the one before.
    ///
    /// - Throws: `ForecastError.badFile` when no column has that name, a field is no such time, or the step between lines changes.
    public func times(_ name: String) throws -> (start: Int64, step: Int64) {
        let texts = try texts(name)
        let times = try texts.enumerated().map { row, text in
            guard let time = TableFile.time(text) else {
                throw ForecastError(.badFile, "'\(path)' line \(row + 2): '\(name)' is '\(text.prefix(40))', which is no time")
            }
            return time
        }
        let step = times.count > 1 ? times[1] - times[0] : 1
        guard step > 0, let start = times.first else { throw ForecastError(.badFile, "'\(path)' line 3: the times don't go on") }
        for row in times.indices.dropFirst() where times[row] - times[row - 1] != step {
            throw ForecastError(.badFile, "'\(path)' line \(row + 2): it doesn't come \(step) ms after the line before")
        }
        return (start, step)
    }

    /// Years 1 to 9999, in UTC.
    static func time(_ text: Substring) -> Int64? {
        let parts = text.split { "-T: Z".contains($0) }
        let numbers = parts.compactMap { $0.utf8.allSatisfy { (48...57).contains($0) } && $0.utf8.count <= 4 ? Int($0) : nil }
        guard parts.count == numbers.count, numbers.count == 3 || numbers.count == 6, numbers[0] >= 1,
            let day = CivilDay(year: numbers[0], month: numbers[1], day: numbers[2])
        else { return nil }
        guard numbers.count == 6 else { return Int64(day.number) * LocalMoment.dayLength }
        guard numbers[3] < 24, numbers[4] < 60, numbers[5] < 60 else { return nil }
        return Int64(day.number) * LocalMoment.dayLength + Int64(numbers[3] * 3600 + numbers[4] * 60 + numbers[5]) * 1000
    }
}
