public import LaresJSON

extension IncidentEvaluation {
    /// One method with one kind of closures.
    public struct Row: Sendable, Hashable {
        /// The method.
        public let method: String
        /// How lanes were closed: `standing` or `signed`.
        public let closing: String
        /// Those seen in time.
        public let seen: Share
        /// Of those that the lane's traffic would have met: it carried as much as is asked for while it was closed.
        public let seenWhereCarrying: Share
        /// Half, nine tenths and 19 of 20 of all were seen within so many seconds; nil: they weren't.
        public let quantiles: [Double?]
        /// False alarms.
        public let falseAlarms: EventCount
        /// In 72 hours of a junction, with the 95% interval.
        public let falseAlarmsIn72Hours: Double
        /// Its 95% interval.
        public let falseAlarmInterval: ClosedRange<Double>
    }

    /// The rows.
    public var rows: [Row] {
        IncidentTrial.Closing.allCases.flatMap { closing -> [Row] in
            let here = closures.filter { $0.closing == closing.rawValue }
            guard !here.isEmpty else { return [] }
            return Self.methods.indices.map { row($0, closing.rawValue, here) }
        }
    }

    private func row(_ method: Int, _ closing: String, _ here: [Seen]) -> Row {
        let isInTime = { (seen: Seen) in seen.delays[method].map { $0 <= settings.within } ?? false }
        let carrying = here.filter { Double($0.traffic) >= settings.flow * settings.within / 3_600 }
        let delays = here.compactMap { $0.delays[method] }.sorted()
        let quantiles = [0.5, 0.9, 0.95].map { share -> Double? in
            let place = Int((share * Double(here.count)).rounded(.up)) - 1
            return delays.indices.contains(place) ? delays[place] : nil
        }
        let alarms = EventCount(falseAlarms[method]), scale = junctionHours > 0 ? 72 / junctionHours : 0
        return Row(
            method: Self.methods[method], closing: closing, seen: Share(here.count(where: isInTime), of: here.count),
            seenWhereCarrying: Share(carrying.count(where: isInTime), of: carrying.count), quantiles: quantiles, falseAlarms: alarms,
            falseAlarmsIn72Hours: Double(alarms.count) * scale,
            falseAlarmInterval: alarms.interval.lowerBound * scale...alarms.interval.upperBound * scale)
    }

    /// `{"within", "flow", "junction_hours", "rows": […], "closures": […]}`.
    public var json: JSON {
        let range = { (range: ClosedRange<Double>) -> JSON in [.double(range.lowerBound), .double(range.upperBound)] }
        let share = { (share: Share) -> JSON in
            ["count": .int(share.count), "of": .int(share.total), "share": .double(share.value), "interval": range(share.interval)]
        }
        let rows = rows.map { row -> JSON in
            [
                "method": .string(row.method), "closing": .string(row.closing), "seen": share(row.seen),
                "seen_where_carrying": share(row.seenWhereCarrying),
                "delay": [
                    "half": Self.json(row.quantiles[0]), "nine_tenths": Self.json(row.quantiles[1]),
                    "nineteen_twentieths": Self.json(row.quantiles[2]),
                ],
                "false_alarms": .int(row.falseAlarms.count), "false_alarms_in_72_junction_hours": .double(row.falseAlarmsIn72Hours),
                "interval": range(row.falseAlarmInterval),
            ]
        }
        return [
            "within": .double(settings.within), "flow": .double(settings.flow), "junction_hours": .double(junctionHours),
            "rows": .array(rows), "closures": .array(closures.map(\.json)),
        ]
    }

    fileprivate static func json(_ value: Double?) -> JSON { value.map { .double($0) } ?? .null }
}

extension IncidentEvaluation.Seen {
    var json: JSON {
        var members = JSON.Members()
        for (method, delay) in zip(IncidentEvaluation.methods, delays) { members.append(method, IncidentEvaluation.json(delay)) }
        return [
            "network": .string(network), "lane": .string(lane), "closing": .string(closing), "seed": .int(seed), "time": .double(time),
            "traffic": .int(traffic), "delays": .object(members),
        ]
    }
}
