internal import Foundation

extension TimeZoneRules {
    /// How many bytes a zone's file may have; the largest of the IANA database has under 4,000.
    private static let largestFile = 65_536

    /// Reads a zone from the system's copy of the IANA database.
    ///
    /// - Parameters:
    ///   - identifier: A name such as "Europe/Berlin".
    ///   - folder: Where the database is; Debian's package `tzdata` puts it there.
    /// - Throws: ``ScheduleError`` with `badTimeZone` if there is no such zone, or its file is damaged.
    public init(_ identifier: String, in folder: String = "/usr/share/zoneinfo") throws(ScheduleError) {
        let bytes: Data?
        do {
            guard Self.isName(identifier) else { throw CocoaError(.fileReadInvalidFileName) }
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: folder).appendingPathComponent(identifier))
            defer { try? file.close() }
            bytes = try file.read(upToCount: Self.largestFile + 1)
        } catch {
            throw ScheduleError(
                .badTimeZone,
                "there is no time zone \"\(identifier.prefix(64))\" in \(folder): give a name such as \"Europe/Berlin\", or install tzdata")
        }
        try self.init(identifier, tzif: [UInt8](bytes ?? Data()))
    }

    /// Names have parts of letters, digits, `_`, `-` and `+`, so that no name leads out of the folder.
    private static func isName(_ identifier: String) -> Bool {
        let parts = identifier.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return identifier.utf8.count <= 64
            && parts.allSatisfy { part in
                !part.isEmpty
                    && part.allSatisfy { byte in
                        switch byte {
                        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+"): true
                        default: false
                        }
                    }
            }
    }

    /// Reads a zone's file (TZif, RFC 9636): the changes it lists, and those that its footer's rule makes of the years behind them.
    ///
    /// - Throws: ``ScheduleError`` with `badTimeZone` for a damaged file, and for one with leap seconds.
    package init(_ identifier: String, tzif bytes: [UInt8]) throws(ScheduleError) {
        var reader = TZifReader(identifier: identifier, bytes: bytes)
        let block = try reader.read()
        var offsets = block.offsets
        if let rule = block.rule {
            let last = offsets.last?.at ?? .min
            offsets += rule.offsets(years: 1900...2199).filter { $0.at > last }
            if offsets.isEmpty { offsets = [(Instant.supported.lowerBound, rule.standard)] }
        }
        try self.init(identifier, first: block.first, offsets: offsets)
    }
}

/// Takes a TZif file apart. The bytes have been bounded; counts are held against what is left of them.
private struct TZifReader {
    typealias Block = (first: Int, offsets: [(at: Int, offset: Int)], rule: PosixZoneRule?)

    let identifier: String
    let bytes: [UInt8]
    var at = 0

    init(identifier: String, bytes: [UInt8]) { (self.identifier, self.bytes) = (identifier, bytes) }

    private struct Counts {
        let universal, standard, leaps, times, types, characters: Int

        func size(timeBytes: Int) -> Int {
            times * timeBytes + times + types * 6 + characters + leaps * (timeBytes + 4) + standard + universal
        }
    }

    mutating func read() throws(ScheduleError) -> Block {
        let (version, old) = try header()
        guard version >= UInt8(ascii: "2") else {
            let (first, offsets) = try data(old, timeBytes: 4)
            return (first, offsets, nil)
        }
        at += old.size(timeBytes: 4)
        let (_, counts) = try header()
        let (first, offsets) = try data(counts, timeBytes: 8)
        return (first, offsets, try footer())
    }

    private func damaged(_ what: String) -> ScheduleError {
        ScheduleError(.badTimeZone, "the file of the time zone \(identifier) \(what) (byte \(at)): install tzdata again")
    }

    private mutating func number(_ count: Int) throws(ScheduleError) -> Int {
        guard bytes.count - at >= count else { throw damaged("is cut short") }
        defer { at += count }
        let bits = bytes[at..<(at + count)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return count == 8 ? Int(Int64(bitPattern: bits)) : count == 4 ? Int(Int32(truncatingIfNeeded: bits)) : Int(bits)
    }

    private mutating func header() throws(ScheduleError) -> (version: UInt8, counts: Counts) {
        guard try number(4) == 0x545A_6966 else { throw damaged("is not in the TZif format") }
        let version = UInt8(try number(1))
        guard bytes.count - at >= 15 else { throw damaged("is cut short") }
        at += 15
        var counts: [Int] = []
        for _ in 0..<6 { counts.append(try number(4)) }
        guard counts.allSatisfy({ (0...65_536).contains($0) }), (1...256).contains(counts[4]) else {
            throw damaged("has counts out of range")
        }
        return (
            version,
            Counts(universal: counts[0], standard: counts[1], leaps: counts[2], times: counts[3], types: counts[4], characters: counts[5])
        )
    }

    /// The offset before the first change, and the changes from 1900 on.
    private mutating func data(_ counts: Counts, timeBytes: Int) throws(ScheduleError) -> (Int, [(at: Int, offset: Int)]) {
        guard bytes.count - at >= counts.size(timeBytes: timeBytes) else { throw damaged("is cut short") }
        guard counts.leaps == 0 else { throw damaged("counts leap seconds, which POSIX time doesn't") }
        var (times, kinds, types) = ([Int](), [Int](), [Int]())
        for _ in 0..<counts.times { times.append(try number(timeBytes)) }
        for _ in 0..<counts.times { kinds.append(try number(1)) }
        for _ in 0..<counts.types {
            let offset = try number(4)
            guard (-89_999...93_599).contains(offset) else { throw damaged("has an offset out of range") }
            types.append(offset)
            at += 2
        }
        at += counts.characters + counts.standard + counts.universal
        guard kinds.allSatisfy({ $0 < types.count }), zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw damaged("lists its changes in disorder")
        }
        return kept(zip(times, kinds.map { types[$0] }).map { ($0, $1) }, first: types[0])
    }

    /// Without the changes before 1900, the last of which says what holds at its beginning.
    private func kept(_ offsets: [(at: Int, offset: Int)], first: Int) -> (Int, [(at: Int, offset: Int)]) {
        let (start, end) = (Instant.supported.lowerBound, Instant.supported.upperBound)
        return (offsets.last { $0.at < start }?.offset ?? first, offsets.filter { $0.at >= start && $0.at <= end })
    }

    private mutating func footer() throws(ScheduleError) -> PosixZoneRule? {
        guard at < bytes.count, bytes[at] == 0x0A, let end = bytes[(at + 1)...].firstIndex(of: 0x0A) else { throw damaged("has no footer") }
        let text = bytes[(at + 1)..<end]
        if text.isEmpty { return nil }
        guard let rule = PosixZoneRule(Array(text)) else { throw damaged("has a footer that isn't a POSIX TZ string") }
        return rule
    }
}
