/// What batteries could have done had everything been known: the planner over the whole record at once, and then the real batteries under its plan.
///
/// What it reaches is reached by real batteries, so that the least price there is lies between ``PriceBound`` and this.
public enum Foresight {
    /// The record under the plan.
    ///
    /// - Parameters:
    ///   - levels: Levels of charge that are told apart.
    ///   - sweeps: How often each battery is planned anew after the others were.
    ///   - aims: What the plan is to be good at; the shared price alone unless told otherwise.
    /// - Throws: `EnergyControlError.badSetting` for levels that aren't 2 to 1,000.
    public static func run(_ record: DistrictRecord, levels: Int = 65, sweeps: Int = 3, aims: PlanAims? = nil) throws -> DistrictRun {
        var aims = aims ?? PlanAims()
        (aims.isShared, aims.sweeps) = (true, sweeps)
        let rest = 1..<record.count
        let outlook = PlanOutlook(
            net: record.homes.map { home in rest.map(home.net) }, buying: Array(record.price[rest]), emission: Array(record.emission[rest]),
            before: record.net(0))
        var (loads, places) = ([HomeLoad](), [Int]())
        for (home, one) in record.homes.enumerated() {
            guard let design = one.battery else { continue }
            loads.append(HomeLoad(BatteryLoad(Battery(design), try BatteryTable(design, levels: levels)), home: home))
            places.append(home)
        }
        let plan = DayPlan(loads, outlook, aims)
        var run = DistrictRun(record)
        while run.goesOn {
            var orders = [Double](repeating: 0, count: record.homes.count)
            for (place, home) in places.enumerated() { orders[home] = plan.energies[place][run.hour] }
            run.go(orders)
        }
        return run
    }
}
