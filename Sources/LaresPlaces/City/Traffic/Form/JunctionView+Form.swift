internal import LaresControl
internal import LaresJSON

extension JunctionView {
    /// What changes every second.
    var live: JSON {
        [
            "id": .string(plan.name), "phase": .number(phase), "aspects": .string(aspects.letters), "queue": .rounded(queue),
            "vehicles": .rounded(vehicles.reduce(0, +)), "controller": .string(settings.control.rawValue),
            "stage": stage.map { .string($0.rawValue) } ?? .null, "takenOver": .bool(isTakenOver),
            "fallBack": fallBack.map { .string(TrafficEvent.words(for: $0)) } ?? .null,
            "fallBackReason": fallBack.map { .string($0.code) } ?? .null,
        ]
    }

    /// All that is known.
    func json(at position: RoadMap.Point?, _ shell: ShellStanding) -> JSON {
        guard case .object(var members) = live else { return .null }
        members["position"] = position.map { [.double($0.x), .double($0.y)] } ?? .null
        members["model"] = version.map { ["name": .string($0.name), "version": .int($0.number)] } ?? .null
        members["sensors"] = .string(settings.sensors.rawValue)
        members["shell"] = shell.json
        members["owner"] = owner?.json ?? .null
        members["phases"] = .array(plan.phases.map { .string($0.letters) })
        members["green"] = .int(green)
        members["delay"] = .rounded(figures.delay)
        members["throughput"] = .rounded(figures.throughput)
        members["approaches"] = .array(plan.approaches.indices.map { approach($0) })
        members["requirements"] = ladder.map(\.requirements.json) ?? .null
        members["figures"] = ladder.map(\.shown) ?? .null
        members["series"] = thing.series
        return .object(members)
    }

    private func approach(_ place: Int) -> JSON {
        let lane = plan.approaches[place].lane, seen = place < demand.count ? demand[place] : nil
        let loops = place < self.loops.count ? self.loops[place] : []
        return [
            "lane": .string(lane), "standing": seen.map { .rounded($0.standing) } ?? .null,
            "vehicles": place < vehicles.count ? .rounded(vehicles[place]) : .null,
            "waited": seen.map { .rounded($0.waited * 60) } ?? .null,
            "loops": .array(
                loops.enumerated().map { number, loop in
                    [
                        "distance": .rounded(loop.distance),
                        "fault": loopFaults[lane]?[number].map { .string($0.rawValue) } ?? .null,
                    ]
                }),
        ]
    }
}

extension StageLadder {
    fileprivate var shown: JSON {
        let figures = figures
        return [
            "hours": .rounded(figures.hours), "asked": .int(figures.asked), "answered": figures.answered.map { .double($0) } ?? .null,
            "wished": figures.wished.map { .double(($0 * 1_000).rounded() / 1_000) } ?? .null,
            "queue": figures.queue.map { .double(($0 * 1_000).rounded() / 1_000) } ?? .null,
        ]
    }
}

extension StageLadder.Requirements {
    fileprivate var json: JSON {
        [
            "hours": .double(hours), "askedAnHour": .double(askedAnHour), "answered": .double(answered), "wished": .double(wished),
            "queueToRise": .double(queueToRise), "queueToFall": .double(queueToFall),
            "faults": .int(faults),
        ]
    }
}
