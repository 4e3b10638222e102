/// Watches what a signal shows, as the monitor in a cabinet does: it knows the links and the times, and nothing of phases, wishes or the shell.
public struct ConflictMonitor: Sendable {
    /// What was shown that must not be.
    public enum Violation: Sendable, Hashable, CustomStringConvertible {
        /// Two links went at once that cross.
        case conflict(Int, Int)
        /// A link went before the one that crosses it was clear.
        case tooEarly(Int, after: Int)
        /// A green ended before its time.
        case shortGreen(Int, seconds: Int)
        /// A yellow ended before its time, or was left out.
        case shortYellow(Int, seconds: Int)
        /// Yellow without a green before it.
        case strayYellow(Int)
        /// A movement waited too long.
        case longWait(Int, seconds: Int)

        /// In words.
        public var description: String {
            switch self {
            case .conflict(let one, let other): "links \(one) and \(other) go at once and cross"
            case .tooEarly(let link, let other): "link \(link) goes before link \(other) is clear"
            case .shortGreen(let link, let seconds): "link \(link) was green for \(seconds) s only"
            case .shortYellow(let link, let seconds): "link \(link) was yellow for \(seconds) s only"
            case .strayYellow(let link): "link \(link) is yellow without a green before"
            case .longWait(let link, let seconds): "link \(link) has waited for \(seconds) s"
            }
        }
    }

    /// What is remembered of a link.
    struct Memory: Sendable, Hashable {
        var aspect = Aspect.red
        /// What it showed when it last went.
        var lastGo = Aspect.yielding
        /// Seconds that it has shown this, as far as they matter.
        var age: Int
        /// Seconds without green.
        var wait = 0
        /// Seconds of go, across a change between with and without priority.
        var going = 0
    }

    private let rules: ShellRules
    private let longest: Int
    private let isServed: [Bool]
    private let crossing: [[Int]]
    var links: [Memory]

    /// A monitor of a signal that has been red for long.
    public init(_ rules: ShellRules) {
        self.rules = rules
        let links = rules.plan.links.indices
        longest = links.map(rules.walkingTime).reduce(max(rules.minimum.max() ?? 0, rules.times.yellow, rules.times.allRed), max)
        crossing = links.map { one in links.filter { $0 != one && rules.plan.conflicts.cross(one, $0) } }
        isServed = links.map { link in rules.plan.phases.contains { $0[link].isGo } }
        self.links = .init(repeating: Memory(age: longest), count: links.count)
    }

    /// A second of this state: what is wrong with it.
    public mutating func see(_ state: [Aspect]) -> [Violation] {
        var found: [Violation] = []
        for (link, shown) in state.enumerated() { check(link, shows: shown, &found) }
        let before = links
        for (link, shown) in state.enumerated() { remember(shown, at: link) }
        for one in links.indices where links[one].goesAs.isGo {
            let begins = !before[one].goesAs.isGo
            for other in crossing[one] { checkPair(one, other, begins: begins, before: before, &found) }
        }
        return found
    }

    private func check(_ link: Int, shows shown: Aspect, _ found: inout [Violation]) {
        let (memory, isCrossing) = (links[link], rules.plan.links[link].crossing != nil)
        if memory.aspect.isGo, !shown.isGo {
            let shortest = isCrossing ? rules.times.pedestrianGreen : rules.times.minimumGreen
            if memory.going < shortest { found.append(.shortGreen(link, seconds: memory.going)) }
            if !isCrossing, shown != .yellow { found.append(.shortYellow(link, seconds: 0)) }
        }
        if memory.aspect == .yellow, shown != .yellow, memory.age < rules.times.yellow {
            found.append(.shortYellow(link, seconds: memory.age))
        }
        if shown == .yellow, !memory.aspect.isGo, memory.aspect != .yellow { found.append(.strayYellow(link)) }
        if isServed[link], !shown.isGo, memory.wait >= rules.times.maximumWait { found.append(.longWait(link, seconds: memory.wait + 1)) }
    }

    private func checkPair(_ one: Int, _ other: Int, begins: Bool, before: [Memory], _ found: inout [Violation]) {
        let isAllowed = rules.plan.conflicts.allows(links[one].goesAs, at: one, with: links[other].goesAs, at: other)
        if one < other, !isAllowed { found.append(.conflict(one, other)) }
        guard begins, !links[other].goesAs.isGo else { return }
        // A turn that gives way may go beside the one that has just stopped, as it could before.
        guard !rules.plan.conflicts.allows(links[one].goesAs, at: one, with: links[other].lastGo, at: other) else { return }
        let clear = rules.plan.links[other].crossing == nil ? rules.times.allRed : rules.walkingTime(of: other)
        let redFor = before[other].goesAs.isGo ? 0 : before[other].age
        if redFor < min(clear, longest) { found.append(.tooEarly(one, after: other)) }
    }

    private mutating func remember(_ shown: Aspect, at link: Int) {
        var memory = links[link]
        let stays = shown == memory.aspect || shown.isGo && memory.aspect.isGo
        memory.age = stays ? min(memory.age + 1, longest) : 1
        memory.going = shown.isGo ? min(stays ? memory.going + 1 : 1, longest) : 0
        memory.wait = shown.isGo ? 0 : min(memory.wait + 1, rules.times.maximumWait + 1)
        if shown.isGo { memory.lastGo = shown }
        memory.aspect = shown
        links[link] = memory
    }
}

extension ConflictMonitor: Hashable {
    /// Whether they are the same.
    public static func == (one: ConflictMonitor, other: ConflictMonitor) -> Bool { one.links == other.links }
    /// Feeds what tells it from others.
    public func hash(into hasher: inout Hasher) { hasher.combine(links) }
}

extension ConflictMonitor.Memory {
    /// A link on yellow goes as it did on green.
    var goesAs: Aspect { aspect == .yellow ? lastGo : aspect }
}
