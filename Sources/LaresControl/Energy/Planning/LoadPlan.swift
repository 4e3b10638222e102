/// The best use of one flexible load while everything else stays as it is: dynamic programming over its levels, from the last step to the first.
///
/// Exact for the levels and choices that the load tells; between two levels the cost of what follows is taken to be a straight line.
struct LoadPlan {
    /// What the load takes in each step, in kWh.
    private(set) var energies: [Double] = []
    /// The cost of the plan, with what is bad about its choices.
    private(set) var cost = 0.0

    /// - Parameters:
    ///   - costs: One for each step, one or more.
    ///   - rest: The shared net use of each step without the load.
    ///   - home: The home's net use of each step without it.
    init(_ load: some FlexibleLoad, costs: [StepCost], rest: [Double], home: [Double]) {
        var (values, decisions) = ([(0..<load.levels).map { -load.worth(of: $0) }], [[LoadChoice]]())
        for step in (1..<max(1, costs.count)).reversed() {
            let (best, taken) = LoadPlan.back(values[values.count - 1], load.choices(at: step), costs[step], rest[step], home[step])
            values.append(best)
            decisions.append(taken)
        }
        // From the first step on: what follows step `s` is `values[s]`, what it does is `decisions[s - 1]`.
        values.reverse()
        decisions.reverse()
        var level = 0.0
        for step in costs.indices {
            let choices = step == 0 ? load.present : load.choices(at: step, between: level)
            let choice: LoadChoice
            if let choices {
                let (best, sum) = LoadPlan.least(choices, values[step], costs[step], rest[step], home[step])
                choice = best
                if step == 0 { cost = sum }
            } else {
                choice = decisions[step - 1][min(max(Int(level.rounded()), 0), load.levels - 1)]
            }
            energies.append(choice.energy)
            level = choice.level
        }
    }

    /// One step back: the cost of each level with what follows, and the choice that has it.
    private static func back(
        _ ahead: [Double], _ choices: LoadChoices, _ cost: StepCost, _ rest: Double, _ home: Double
    ) -> (values: [Double], taken: [LoadChoice]) {
        var (values, taken) = ([Double](), [LoadChoice]())
        let levels = choices.offsets.count - 1
        values.reserveCapacity(levels)
        taken.reserveCapacity(levels)
        for level in 0..<levels {
            var (least, at) = (Double.infinity, choices.offsets[level])
            for place in choices.offsets[level]..<choices.offsets[level + 1] {
                let to = choices.places[place], energy = choices.energies[place]
                let follows = ahead[to] + choices.fractions[place] * (ahead[to + 1] - ahead[to])
                let sum = cost(rest: rest, home: home, energy: energy) + choices.penalties[place] + follows
                if sum < least { (least, at) = (sum, place) }
            }
            values.append(least)
            taken.append(
                LoadChoice(
                    energy: choices.energies[at], level: Double(choices.places[at]) + choices.fractions[at], penalty: choices.penalties[at])
            )
        }
        return (values, taken)
    }

    /// The choice with the least cost, what follows counted.
    private static func least(
        _ choices: [LoadChoice], _ ahead: [Double], _ cost: StepCost, _ rest: Double, _ home: Double
    ) -> (choice: LoadChoice, cost: Double) {
        var (found, least) = (LoadChoice(energy: 0, level: 0), Double.infinity)
        for choice in choices {
            let to = min(max(choice.level, 0), Double(ahead.count - 1)), place = min(Int(to), ahead.count - 2)
            let follows = ahead[place] + (to - Double(place)) * (ahead[place + 1] - ahead[place])
            let sum = cost(rest: rest, home: home, energy: choice.energy) + choice.penalty + follows
            if sum < least { (found, least) = (choice, sum) }
        }
        return (found, least)
    }
}
