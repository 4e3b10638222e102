extension TelemetryStore {
    /// The readings of a series in order of time, page by page, however many there are.
    ///
    /// Every page is one question, so a slow reader holds nothing up; what is appended meanwhile may be in the later ones.
    ///
    /// - Parameters:
    ///   - series: which one.
    ///   - range: from when, until before when.
    ///   - size: readings in a page.
    public func pages(of series: SeriesID, in range: Range<Timestamp>, size: Int = 10_000) -> ReadingPages {
        ReadingPages(store: self, series: series, range: range, size: size)
    }

    /// Series as CSV (RFC 4180): a heading, then `time,thing,property,value` line by line, one series after the other, in order of time.
    ///
    ///     for try await text in store.csv(of: series, in: year) { try await writer.write(text) }
    ///
    /// Times are ISO 8601 in UTC with milliseconds, numbers are as short as they can be without losing anything.
    ///
    /// - Parameters:
    ///   - series: which ones, as the store gave them.
    ///   - range: from when, until before when.
    public func csv(of series: [Series], in range: Range<Timestamp>) -> TelemetryCSV {
        TelemetryCSV(series: series) { pages(of: $0, in: range) }
    }
}

/// The readings of a series, page by page.
public struct ReadingPages: AsyncSequence, Sendable {
    let store: any TelemetryStore
    let series: SeriesID
    let range: Range<Timestamp>
    let size: Int

    /// Gives one page after the other.
    public struct Iterator: AsyncIteratorProtocol {
        let pages: ReadingPages
        var from: Timestamp?

        /// The next page, never empty; nil after the last.
        ///
        /// - Throws: ``TelemetryError``.
        public mutating func next() async throws -> [Reading]? {
            guard let from, from < pages.range.upperBound else { return nil }
            let page = try await pages.store.readings(
                of: pages.series, in: from..<pages.range.upperBound, order: .oldestFirst, limit: pages.size)
            self.from = page.count < pages.size ? nil : page.last.map { Timestamp(milliseconds: $0.time.milliseconds + 1) }
            return page.isEmpty ? nil : page
        }
    }

    /// Begins with the first page.
    public func makeAsyncIterator() -> Iterator { Iterator(pages: self, from: range.lowerBound) }
}

/// Series as the lines of a CSV file, in pieces.
public struct TelemetryCSV: AsyncSequence, Sendable {
    let series: [Series]
    let pages: @Sendable (SeriesID) -> ReadingPages

    /// Gives one piece of text after the other.
    public struct Iterator: AsyncIteratorProtocol {
        var rest: ArraySlice<Series>
        let pages: @Sendable (SeriesID) -> ReadingPages
        var hasHeading = false
        var current: (series: Series, pages: ReadingPages.Iterator)?

        /// The next lines; nil after the last.
        ///
        /// - Throws: ``TelemetryError``.
        public mutating func next() async throws -> String? {
            guard hasHeading else {
                hasHeading = true
                return "time,thing,property,value\r\n"
            }
            while true {
                if let series = current?.series, let page = try await current?.pages.next() { return Self.lines(page, series.key) }
                guard let next = rest.popFirst() else { return nil }
                current = (next, pages(next.id).makeAsyncIterator())
            }
        }

        private static func lines(_ readings: [Reading], _ key: SeriesKey) -> String {
            let names = ",\(quoted(key.thing)),\(quoted(key.property)),"
            return readings.reduce(into: "") { text, reading in
                text += reading.time.description
                text += names
                switch reading.value {
                case .number(let number): text += number.written
                case .state(let state): text += quoted(state)
                }
                text += "\r\n"
            }
        }

        private static func quoted(_ text: String) -> String {
            guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return text }
            return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
        }
    }

    /// Begins with the heading.
    public func makeAsyncIterator() -> Iterator { Iterator(rest: series[...], pages: pages) }
}

extension Double {
    /// "21" and "21.5": without ".0", which other programs don't expect of a counter.
    fileprivate var written: String {
        let text = description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
