internal import Foundation
internal import LaresControl
internal import LaresThings

/// Cars and heat pumps.
extension EnergyControl {
    /// A load as it is now.
    struct Flexible {
        let name: String
        let order: PropertyAddress
        /// What is planned; nil: it isn't, since it isn't there or says nothing.
        let load: HomeLoad?
        /// What it takes where no plan is followed, in kWh; nil: it isn't told anything.
        let usual: Double?
        /// The temperature that so much energy leads to, for heat pumps.
        var target: (@Sendable (Double) -> Double)?
    }

    func flexibleLoads(_ hour: Int, _ hours: EnergyHours, _ ahead: [KnownHour]) async -> (loads: [Flexible], faults: [String]) {
        var (loads, faults) = ([Flexible](), [String]())
        let now = clock.now.timeIntervalSince1970
        for car in settings.cars { loads.append(flexible(car, hour, hours, now, &faults)) }
        for pump in settings.heatPumps {
            let outside = await outside(pump, ahead.count, hour, now)
            loads.append(flexible(pump, outside, hour, hours, now, &faults))
        }
        return (loads, faults)
    }

    private func flexible(
        _ car: ControlledCar, _ hour: Int, _ hours: EnergyHours, _ now: Double, _ faults: inout [String]
    ) -> Flexible {
        if let plugged = car.plugged, fresh(plugged, at: now)?.boolean != true {
            return Flexible(name: car.name, order: car.order, load: nil, usual: nil)
        }
        let reading = reading(car.charge, capacity: car.capacity, at: now)
        guard let share = reading?.share, (-0.01...1.01).contains(share) else {
            // Nobody is left without a charge because their car says nothing: it is charged as it would be without a controller.
            faults.append("\(car.name).silent")
            return Flexible(name: car.name, order: car.order, load: nil, usual: car.power)
        }
        let stored = min(max(share, 0), 1) * car.capacity, leaves = car.leaves(after: hour * 3_600, in: hours.zone)
        let needed = leaves == nil ? 0 : car.needed * car.capacity
        let usual = stored < car.needed * car.capacity ? min(car.power, car.capacity - stored) : 0
        let load = try? CarLoad(
            capacity: car.capacity, power: car.power, leastPower: car.leastPower, stored: stored, needed: needed,
            leavesIn: max(1, leaves ?? 168))
        return Flexible(name: car.name, order: car.order, load: load.map { HomeLoad($0, home: 0) }, usual: usual)
    }

    private func flexible(
        _ pump: ControlledHeatPump, _ outside: [Double], _ hour: Int, _ hours: EnergyHours, _ now: Double, _ faults: inout [String]
    ) -> Flexible {
        let bands = (1...max(1, outside.count)).map { pump.band(at: hours.seconds(of: hour + $0)) }
        let middle = (bands[0].lowerBound + bands[0].upperBound) / 2
        let held: @Sendable (Double) -> Double = { _ in middle }
        guard let inside = temperature(pump.inside, at: now), let first = outside.first,
            let model = try? HeatPump(resistance: pump.resistance, warmth: pump.warmth, power: pump.power),
            let load = try? HeatPumpLoad(model, inside: inside, outside: outside, bands: Array(bands.prefix(outside.count)))
        else {
            faults.append("\(pump.name).silent")
            return Flexible(name: pump.name, order: pump.order, load: nil, usual: 0, target: held)
        }
        let band = bands[0]
        return Flexible(
            name: pump.name, order: pump.order, load: HomeLoad(load, home: 0),
            usual: max(0, (middle - inside) * pump.warmth / model.performance(outside: first)),
            target: { energy in
                min(max(model.temperature(after: inside, outside: first, energy: energy), band.lowerBound), band.upperBound)
            })
    }

    private func temperature(_ address: PropertyAddress, at now: Double) -> Double? {
        guard let number = fresh(address, at: now)?.number else { return nil }
        let celsius = port.property(address)?.unit.map { $0.convert(number, to: .celsius) } ?? number
        return celsius.flatMap { (-60...60).contains($0) ? $0 : nil }
    }

    /// How cold it will be outside: as it was a day before; where nobody knows that, as it is now.
    private func outside(_ pump: ControlledHeatPump, _ count: Int, _ hour: Int, _ now: Double) async -> [Double] {
        guard let address = pump.outside, let present = temperature(address, at: now), count > 0 else { return [] }
        let key = SeriesKey(address)
        guard let series = try? await telemetry.series(of: key.thing).first(where: { $0.key == key }) else {
            return [Double](repeating: present, count: count)
        }
        let range = Timestamp(milliseconds: Int64(hour - 24) * 3_600_000)..<Timestamp(milliseconds: Int64(hour) * 3_600_000)
        let day = (try? await telemetry.statistics(of: series.id, in: range, every: .hour)) ?? []
        let means = Dictionary(day.map { (Int($0.start.milliseconds / 3_600_000), $0.mean) }) { $1 }
        return (0..<count).map { step in
            let then = means[hour - 24 + step % 24] ?? present
            return (-60...60).contains(then) ? then : present
        }
    }
}
