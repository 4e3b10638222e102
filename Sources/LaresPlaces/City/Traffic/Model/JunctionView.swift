package import LaresControl

/// One junction as it stands.
package struct JunctionView: Sendable {
    package let plan: SignalPlan
    /// The thing as which it reports itself.
    let thing: JunctionThing
    package let settings: JunctionSettings
    let version: (name: String, number: Int)?
    let actuator: ActuatorID
    package let owner: OrderIssuer?
    package let phase: Int?
    package let aspects: [Aspect]
    let green: Int
    package let stage: Stage?
    let ladder: StageLadder?
    package let fallBack: TrafficEvent.Reason?
    package let demand: [ApproachDemand]
    let vehicles: [Float]
    let loops: [[LoopReading]]
    let loopFaults: [String: [Int: LoopHealth.Fault]]
    let figures: JunctionFigures

    /// Vehicles that stand now.
    package var queue: Float { demand.reduce(0) { $0 + $1.standing } }

    /// Whether a person has it.
    package var isTakenOver: Bool { owner?.kind == .person }
}

extension StreetRunner {
    /// The junctions as they stand.
    package var views: [JunctionView] {
        junctions.enumerated().map { place, junction in
            let keeper = street.keepers[place], last = port?.last.flatMap { place < $0.signals.count ? $0.signals[place] : nil } ?? []
            let demand = keeper.demand ?? []
            var settings = junction.settings
            settings.ladder = keeper.ladder ?? settings.ladder
            return JunctionView(
                plan: keeper.plan, thing: things[keeper.plan.name] ?? JunctionThing(keeper.plan.name), settings: settings,
                version: junction.version, actuator: junction.actuator,
                owner: junction.owner, phase: keeper.phase, aspects: keeper.aspects, green: keeper.green, stage: keeper.ladder?.stage,
                ladder: keeper.ladder, fallBack: keeper.fallBack, demand: demand,
                vehicles: keeper.plan.approaches.indices.map { approach in
                    let seen = approach < last.count ? last[approach].vehicles?.reduce(Float(0)) { $0 + $1.share } : nil
                    return seen ?? (approach < demand.count ? Self.known(demand[approach]) : 0)
                }, loops: last.map(\.loops), loopFaults: junction.loopFaults, figures: junction.figures)
        }
    }

    /// Where there are only loops, those are known that stand or come soon.
    private static func known(_ demand: ApproachDemand) -> Float { demand.standing + demand.soon + demand.next + demand.later }
}
