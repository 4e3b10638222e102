/// Finds the next phases by dynamic programming: at every second and in every phase the best few ways to get there are kept, and gone on with.
///
/// After Sen and Head's controlled optimization of phases (1997), with vehicles that come one by one (a point queue for each approach) instead of flows,
/// any order of phases, and a learned value of what is left when the plan ends.
struct PlanSearch {
    /// Seconds that a plan looks ahead.
    static let horizon = 35
    /// Ways that are kept at each second and phase.
    static let width = 2
    private static let closed: Float = 0.01

    private let queues: ApproachQueues
    private let movements: SignalMovements
    private let values: StreetValues
    private let horizon: Int
    /// The ways that are kept: by second, phase, place; of each its cost, what it is worth in comparison, and the phase that it shows first.
    private var kept: [Way]
    private var counts: [Int]
    /// Of each way that is kept, by approach: who is next, and when it may leave at the earliest.
    private var next: [Int]
    private var free: [Float]
    /// The same of the way that is being looked at.
    private var now: Way
    private var nowNext: [Int]
    private var nowFree: [Float]
    /// By phase: the least that a plan costs which shows it first.
    private(set) var costs: [Float]

    private struct Way {
        var cost: Float = 0
        var score: Float = 0
        var first = -1
    }

    init(_ queues: ApproachQueues, _ movements: SignalMovements, _ values: StreetValues, horizon: Int = PlanSearch.horizon) {
        (self.queues, self.movements, self.values, self.horizon) = (queues, movements, values, horizon)
        let (phases, lanes) = (movements.phases, movements.approaches)
        let places = (horizon + 1) * phases
        kept = .init(repeating: Way(), count: places * Self.width)
        counts = .init(repeating: 0, count: places)
        next = .init(repeating: 0, count: places * Self.width * lanes)
        free = .init(repeating: 0, count: places * Self.width * lanes)
        (now, nowNext, nowFree) = (Way(), .init(repeating: 0, count: lanes), .init(repeating: 0, count: lanes))
        costs = .init(repeating: .infinity, count: phases)
    }

    /// The phase to show: another one than `phase` only if that is better by the margin. nil: no plan costs a number.
    mutating func best(from phase: Int) -> Int? {
        begin(phase)
        for second in 0..<horizon {
            for shown in 0..<movements.phases {
                let place = second * movements.phases + shown
                for way in 0..<counts[place] { goOn(place * Self.width + way, phase: shown, second: second) }
            }
        }
        guard costs.contains(where: \.isFinite) else { return nil }
        var (best, least) = (phase, costs[phase] - values.margin)
        for other in costs.indices where other != phase && costs[other] < least { (best, least) = (other, costs[other]) }
        return best
    }

    private mutating func begin(_ phase: Int) {
        for lane in 0..<movements.approaches { (nowNext[lane], nowFree[lane]) = (queues.begins[lane], 0) }
        now = Way()
        keep(at: phase)
    }

    /// A second more of the same phase, and a change to each other one.
    private mutating func goOn(_ way: Int, phase: Int, second: Int) {
        let green = phase * movements.approaches
        take(way, first: phase)
        pass(from: second, to: second + 1, movements.green, green)
        arrive(phase, second + 1)
        for other in 0..<movements.phases where other != phase {
            take(way, first: other)
            change(from: phase, to: other, second)
        }
    }

    private mutating func change(from phase: Int, to other: Int, _ second: Int) {
        now.cost += values.change
        let seconds = movements.change(from: phase, to: other)
        let (begin, end) = (min(Float(second + seconds), Float(horizon)), second + seconds + movements.minimum(other))
        let yellow = min(Float(second) + min(values.yellowUse, Float(seconds)), Float(horizon))
        let keptGreen = (phase * movements.phases + other) * movements.approaches
        pass(from: Float(second), to: yellow, movements.green, phase * movements.approaches)
        pass(from: yellow, to: begin, movements.kept, keptGreen)
        if second + seconds < horizon {
            start(other, at: begin, keptGreen)
            pass(from: begin, to: Float(min(end, horizon)), movements.green, other * movements.approaches)
        }
        arrive(other, end)
    }

    /// Those who had red need a moment.
    private mutating func start(_ phase: Int, at time: Float, _ keptGreen: Int) {
        for lane in 0..<movements.approaches
        where movements.green[phase * movements.approaches + lane] > Self.closed && movements.kept[keptGreen + lane] <= Self.closed {
            nowFree[lane] = max(nowFree[lane], time + values.startLoss)
        }
    }

    private mutating func pass(from: Int, to: Int, _ rates: [Float], _ offset: Int) {
        pass(from: Float(from), to: Float(to), rates, offset)
    }

    /// Those who get through until then, one after the other.
    private mutating func pass(from: Float, to: Float, _ rates: [Float], _ offset: Int) {
        for lane in 0..<movements.approaches {
            let rate = rates[offset + lane]
            guard rate > Self.closed, nowFree[lane] < to else { continue }
            let (headway, end) = (values.headway / rate, queues.begins[lane + 1])
            var (place, earliest) = (nowNext[lane], nowFree[lane])
            while place < end {
                let leaves = max(queues.ready[place], earliest)
                guard leaves < to else { break }
                now.cost += lost(place, until: leaves)
                earliest = leaves + headway * queues.weight[place]
                place += 1
            }
            (nowNext[lane], nowFree[lane]) = (place, earliest)
        }
    }

    /// Waiting, and the stop that it is for who still drives.
    private func lost(_ place: Int, until time: Float) -> Float {
        let wait = time - queues.ready[place]
        return queues.weight[place] * (wait + values.stop * queues.moving[place] * min(1, wait / 4))
    }

    /// What a way costs, and what those will cost who are still there.
    private func score(_ phase: Int, _ time: Float) -> Float {
        var sum = now.cost
        for lane in 0..<movements.approaches {
            var (place, count) = (nowNext[lane], Float(0))
            let end = queues.begins[lane + 1]
            while place < end, queues.ready[place] < time {
                sum += lost(place, until: time)
                count += queues.weight[place]
                place += 1
            }
            let rate = movements.green[phase * movements.approaches + lane]
            let isOpen = rate > Self.closed
            sum += values.waiting(count, isOpen: isOpen)
            sum += values.queueing(count, rate: isOpen ? rate : movements.best[lane])
        }
        return sum
    }

    private mutating func arrive(_ phase: Int, _ second: Int) {
        now.score = score(phase, Float(min(second, horizon)))
        if second < horizon { return keep(at: second * movements.phases + phase) }
        if now.score < costs[now.first] { costs[now.first] = now.score }
    }

    /// Among the best of its second and phase, or not at all.
    private mutating func keep(at place: Int) {
        var way = place * Self.width
        if counts[place] < Self.width {
            way += counts[place]
            counts[place] += 1
        } else {
            for other in way + 1..<(place + 1) * Self.width where kept[other].score > kept[way].score { way = other }
            guard now.score < kept[way].score else { return }
        }
        kept[way] = now
        let lanes = movements.approaches
        for lane in 0..<lanes { (next[way * lanes + lane], free[way * lanes + lane]) = (nowNext[lane], nowFree[lane]) }
    }

    private mutating func take(_ way: Int, first: Int) {
        now = kept[way]
        if now.first < 0 { now.first = first }
        let lanes = movements.approaches
        for lane in 0..<lanes { (nowNext[lane], nowFree[lane]) = (next[way * lanes + lane], free[way * lanes + lane]) }
    }
}
