/// The moments of a schedule in order, made as they are asked for.
public struct Occurrences: Sequence, IteratorProtocol {
    private let triggers: [Trigger]
    private var streams: [(stream: MomentStream, head: Moment?)]

    init(_ plan: SchedulePlan, after: Instant, through: Instant) {
        triggers = plan.schedule.triggers
        guard plan.schedule.isEnabled else {
            streams = []
            return
        }
        let pause = plan.schedule.pausedUntil.map { Swift.max($0, Instant.supported.lowerBound) - 1 }
        let first = Swift.max(after, pause ?? after)
        streams = plan.sources.map { source in
            var stream = MomentStream(source, plan, after: first, through: through)
            let head = stream.next()
            return (stream, head)
        }
    }

    /// The next moment; nil behind the last.
    public mutating func next() -> Occurrence? {
        var first: (place: Int, moment: Moment)?
        for place in streams.indices {
            guard let head = streams[place].head else { continue }
            if let best = first, !head.precedes(best.moment) { continue }
            first = (place, head)
        }
        guard let (place, moment) = first else { return nil }
        streams[place].head = streams[place].stream.next()
        return Occurrence(date: moment.instant.date, edge: moment.edge, trigger: place, value: triggers[place].value)
    }
}
