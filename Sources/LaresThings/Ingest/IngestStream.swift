/// Text that comes in chunks, on its way into an ingest: the body of a request, a message.
///
/// What ``take(_:)`` has read may be stored at any time; ``finish()`` stores the rest and tells what became of everything. After an error
/// nothing more is taken; sending everything again is safe.
public struct IngestStream: Sendable {
    /// Where text comes from and how it is to be read.
    struct Origin: Sendable {
        let format: PointFormat
        let precision: TimePrecision
        let tenant: Tenant
        let source: String
        /// The first line of a table, when it came before.
        var heading: [UInt8]?
        /// When it came; points without a time are of then.
        var received: Timestamp
        /// Whether what comes again comes with the same time again.
        var keepsTime = false
        /// How often it was tried before.
        var tries = 0
    }

    private let ingest: Ingest
    private let origin: Origin
    private var reader: PointReader
    private var vocabulary: Vocabulary
    /// What became of what was read so far.
    public private(set) var answer = IngestAnswer()

    /// Text is read when so much of it has come.
    private static let chunk = 1 << 20

    init(_ ingest: Ingest, _ origin: Origin) throws {
        (self.ingest, self.origin) = (ingest, origin)
        do { reader = try PointReader(origin.format, origin.precision, heading: origin.heading) } catch {
            throw IngestError(.badRequest, error.message)
        }
        vocabulary = ingest.vocabularies.take(origin.tenant, origin.format)
    }

    /// Takes text in, and stores the points of what is enough to be read.
    ///
    /// - Throws: ``IngestError`` when nothing more can be taken now, ``TelemetryError``.
    public mutating func take(_ bytes: [UInt8]) async throws { try await take(bytes, received: origin.received) }

    mutating func take(_ bytes: [UInt8], received: Timestamp) async throws {
        reader.append(bytes, received: received.milliseconds)
        if reader.waiting >= Self.chunk { try await read(isLast: false) }
    }

    /// Stores what is left.
    ///
    /// - Throws: ``IngestError`` when nothing more can be taken now, ``TelemetryError``.
    public mutating func finish() async throws -> IngestAnswer {
        try await read(isLast: true)
        ingest.vocabularies.put(vocabulary, origin.tenant, origin.format)
        return answer
    }

    private mutating func read(isLast: Bool) async throws {
        while let piece = reader.next(&vocabulary, isLast: isLast) {
            if let trouble = reader.trouble { throw IngestError(.badRequest, trouble.message) }
            try await store(piece)
        }
    }

    private mutating func store(_ piece: PointReader.Piece) async throws {
        var faults = piece.faults
        var stored = Ingest.Stored(isStale: true)
        while stored.isStale {
            let (points, refused) = try await place(piece)
            stored = try await ingest.store(points, bytes: piece.size, of: origin.tenant)
            guard !stored.isStale else { continue }
            for (place, fault) in refused + stored.faults {
                faults.append(PointReader.Piece.Fault(line: piece.points.lines[Int(place)], fault: fault))
            }
        }
        stored.counts.bytes = piece.size
        try await note(faults, of: piece, &stored.counts)
        answer.counts += stored.counts
        await ingest.note(stored.counts, of: origin.tenant.name, from: origin.source)
    }

    /// Keeps the lines that weren't taken.
    private mutating func note(_ faults: [PointReader.Piece.Fault], of piece: PointReader.Piece, _ counts: inout IngestCounts) async throws
    {
        guard !faults.isEmpty else { return }
        var (letters, open, seen): ([DeadLetter], [PointFault.Code: Int], Set<Int>) = ([], [:], [])
        for fault in faults.sorted(by: { $0.line.lowerBound < $1.line.lowerBound }) where seen.insert(fault.line.lowerBound).inserted {
            if answer.refusals.count < IngestAnswer.told {
                answer.refusals.append(IngestAnswer.Refusal(line: piece.number(at: fault.line.lowerBound), fault: fault.fault))
            }
            let received = Timestamp(milliseconds: piece.received(at: fault.line.lowerBound))
            if open[fault.fault.code].map({ letters[$0].takes(fault.fault, fault.line.count, received) }) != true {
                open[fault.fault.code] = letters.count
                letters.append(letter(fault.fault, received))
            }
            if let place = open[fault.fault.code] { letters[place].add(piece.bytes[fault.line]) }
        }
        counts.refused = seen.count
        counts.lost = try await ingest.letters.add(letters)
    }

    private func letter(_ fault: PointFault, _ received: Timestamp) -> DeadLetter {
        DeadLetter(
            time: received, tenant: origin.tenant.name, source: origin.source, format: origin.format,
            precision: origin.precision, heading: reader.heading, fault: fault, lines: 0, tries: origin.tries, bytes: [])
    }
}

extension IngestStream {
    /// Points that can't be stored: the line they are from, and why.
    private typealias Refused = [(Int32, PointFault)]

    /// Points by their series; those without one are refused.
    private mutating func place(_ piece: PointReader.Piece) async throws -> (PlacedPoints, Refused) {
        let points = piece.points
        vocabulary.enter(epoch: await ingest.book.epoch)
        var wanted: [Int32: Ingest.Wanted] = [:]
        for (place, word) in points.words.enumerated() where vocabulary.slots[Int(word)] < 0 {
            guard vocabulary.words[Int(word)].place == nil, wanted[word] == nil else { continue }
            wanted[word] = Ingest.Wanted(word: word, name: vocabulary.words[Int(word)].name, isText: points.numbers[place].isNaN)
        }
        let found = try await ingest.places(for: wanted.values.sorted { $0.word < $1.word }, of: origin.tenant)
        // Somebody removed series meanwhile: everything is to be looked up again.
        guard found.epoch == vocabulary.epoch else { return try await place(piece) }
        var refused: [Int32: PointFault] = [:]
        for (word, place) in found.places {
            switch place {
            case .success(let place): vocabulary.settle(word, at: place)
            case .failure(let fault): refused[word] = fault
            }
        }
        let placed = placed(piece, refused)
        for case (let word, .success(let place)) in found.places where place.isProvisional { vocabulary.unsettle(word) }
        return placed
    }

    private func placed(_ piece: PointReader.Piece, _ refused: [Int32: PointFault]) -> (PlacedPoints, Refused) {
        let points = piece.points
        var (placed, faults, texts) = (PlacedPoints(), Refused(), points.texts.makeIterator())
        (placed.epoch, placed.keepsTime) = (vocabulary.epoch, origin.keepsTime)
        placed.reserve(points.count)
        for place in 0..<points.count {
            let word = points.words[place], number = points.numbers[place]
            let text = number.isNaN ? texts.next() : nil
            let isUntimed = points.times[place] == PointBatch.untimed
            let time = isUntimed ? piece.received(at: points.lines[Int(points.origins[place])].lowerBound) : points.times[place]
            if vocabulary.slots[Int(word)] >= 0 {
                placed.add(vocabulary.slots[Int(word)], time, number, origin: points.origins[place])
            } else if let known = vocabulary.words[Int(word)].place {
                placed.add(known, time, number, origin: points.origins[place])
            } else {
                if let fault = refused[word] { faults.append((points.origins[place], fault)) }
                continue
            }
            if let text { placed.texts.append(text) }
            if isUntimed { placed.untimed.append(placed.count - 1) }
        }
        return (placed, faults)
    }
}

extension PlacedPoints {
    fileprivate mutating func reserve(_ count: Int) {
        slots.reserveCapacity(count)
        times.reserveCapacity(count)
        numbers.reserveCapacity(count)
        origins.reserveCapacity(count)
    }

    /// Adds a point of a word with a flag or another unit.
    fileprivate mutating func add(_ place: SeriesPlace, _ time: Int64, _ number: Double, origin: Int32) {
        let converted = place.conversion.flatMap { number.isNaN ? nil : $0.from.convert(number, to: $0.to) } ?? number
        if place.flags >= 0 { flags.append((count, place.flags, Double(place.quality.rawValue))) }
        add(place.slot, time, converted, origin: origin)
    }
}
