internal import Foundation

/// Takes readings from elsewhere into the histories of things that are here: the lines that ``TelemetryStore/csv(of:in:)`` writes.
///
/// ```swift
/// var importing = HistoryImport(into: telemetry) { home.property($0) }
/// for line in lines { try await importing.take(line) }
/// try await importing.finish()
/// ```
public struct HistoryImport: Sendable {
    /// A line that wasn't taken.
    public struct Refusal: Hashable, Sendable {
        /// Its number, from 1.
        public let line: Int
        /// Why.
        public let reason: String
    }

    /// Readings that were taken.
    public private(set) var added = 0
    /// Lines that weren't.
    public private(set) var refused = 0
    /// The first of them.
    public private(set) var refusals: [Refusal] = []

    private let telemetry: any TelemetryStore
    private let property: @Sendable (PropertyAddress) -> Property?
    private var line = 0
    private var series: [PropertyAddress: (id: SeriesID, kind: SeriesKind)] = [:]
    private var waiting: [Reading] = []
    private static let batch = 20_000

    /// Into a store; what a property is says `property`, nil for one that isn't here.
    public init(into telemetry: any TelemetryStore, property: @escaping @Sendable (PropertyAddress) -> Property?) {
        (self.telemetry, self.property) = (telemetry, property)
    }

    /// Takes a line in: `time,thing,property,value`, with quotes where a text needs them. The first may be the heading.
    ///
    /// - Throws: ``TelemetryError`` when nothing more can be stored.
    public mutating func take(_ text: String) async throws {
        line += 1
        guard !text.isEmpty, !(line == 1 && text.hasPrefix("time,")) else { return }
        do throws(Fault) { waiting.append(try await reading(text)) } catch { return try refuse(error) }
        if waiting.count >= Self.batch { try await finish() }
    }

    /// Stores what was taken.
    ///
    /// - Throws: ``TelemetryError``.
    public mutating func finish() async throws {
        guard !waiting.isEmpty else { return }
        try await telemetry.append(waiting)
        added += waiting.count
        waiting = []
    }

    private enum Fault: Error {
        case line(String)
        case store(any Error)
    }

    private mutating func refuse(_ fault: Fault) throws {
        switch fault {
        case .store(let error): throw error
        case .line(let reason):
            refused += 1
            if refusals.count < 20 { refusals.append(Refusal(line: line, reason: reason)) }
        }
    }

    private mutating func reading(_ text: String) async throws(Fault) -> Reading {
        guard let fields = Self.fields(text), fields.count == 4 else { throw .line("it must have a time, a thing, a property and a value") }
        guard let time = Self.time(fields[0]) else { throw .line("'\(fields[0].prefix(40))' is no time such as 2026-11-30T07:00:00Z") }
        guard let address = PropertyAddress(fields[1] + "/" + fields[2]), let property = property(address), let kind = property.seriesKind
        else { throw .line("there is no '\(fields[1].prefix(60))/\(fields[2].prefix(60))' here that has a history") }
        guard let value = Self.value(fields[3], kind) else { throw .line("'\(fields[3].prefix(40))' is no number") }
        return Reading(try await series(address, kind), at: time, value)
    }

    private mutating func series(_ address: PropertyAddress, _ kind: SeriesKind) async throws(Fault) -> SeriesID {
        if let known = series[address] { return known.id }
        do {
            let id = try await telemetry.declare([SeriesDeclaration(SeriesKey(address), kind)])[0]
            series[address] = (id, kind)
            return id
        } catch {
            throw .store(error)
        }
    }

    private static func value(_ text: String, _ kind: SeriesKind) -> ReadingValue? {
        guard kind != .state else { return text.utf8.count <= 4_000 ? .state(text) : nil }
        if text == "true" || text == "false" { return .number(text == "true" ? 1 : 0) }
        return Double(text).flatMap { $0.isFinite && abs($0) <= 1e200 ? .number($0) : nil }
    }

    private static func time(_ text: String) -> Timestamp? {
        if let seconds = Double(text), (0..<7_258_118_400).contains(seconds) { return Self.time(seconds) }
        let date =
            (try? Date(text, strategy: .iso8601)) ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
        guard let date, (0..<7_258_118_400).contains(date.timeIntervalSince1970) else { return nil }
        return Self.time(date.timeIntervalSince1970)
    }

    /// The nearest millisecond: no double is exactly a thousandth.
    private static func time(_ seconds: Double) -> Timestamp { Timestamp(milliseconds: Int64((seconds * 1_000).rounded())) }

    /// The fields of a line (RFC 4180); nil for quotes that don't end.
    static func fields(_ line: String) -> [String]? {
        guard line.utf8.contains(0x22) else { return line.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        var (fields, field, isQuoted, wasQuote): ([String], String, Bool, Bool) = ([], "", false, false)
        for character in line {
            if isQuoted, character == "\"" {
                (isQuoted, wasQuote) = (false, true)
            } else if character == "\"", wasQuote || field.isEmpty {
                if wasQuote { field.append("\"") }
                (isQuoted, wasQuote) = (true, false)
            } else if character == ",", !isQuoted {
                fields.append(field)
                (field, wasQuote) = ("", false)
            } else {
                field.append(character)
                wasQuote = false
            }
        }
        return isQuoted ? nil : fields + [field]
    }
}
