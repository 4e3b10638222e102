import LaresThings

/// Points behind a byte that says their format and how large the chunks are that they come in.
func readPoints(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let format = PointFormat.allCases[Int(first) % PointFormat.allCases.count]
    let points = try? PlainPoint.read(Array(bytes.dropFirst()), format, chunk: 1 + Int(first) * 16)
    for point in points?.points ?? [] {
        if case .number(let number) = point.value { precondition(number.isFinite, "a point that is no number") }
        // Whatever a thing is called, its name can be read back.
        let name = try? TaggedName(thing: point.series.thing)
        precondition(name?.description == point.series.thing, "'\(point.series.thing)' isn't read back")
    }
}

/// What a NATS server sends.
func hearNATS(_ bytes: [UInt8]) {
    var session = NATSPull(NATSPullSettings(stream: "CITY", consumer: "w"), inbox: "abc", now: 0)
    guard let actions = try? session.receive(bytes, now: 0) else { return }
    _ = session.acknowledge(actions.messages)
}
