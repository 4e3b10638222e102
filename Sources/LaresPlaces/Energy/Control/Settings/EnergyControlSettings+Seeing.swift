public import LaresThings

extension EnergyControlSettings {
    /// What of it may be told to somebody: the devices all of whose things they see.
    ///
    /// - Parameter sees: Whether they see a thing.
    public func seen(by sees: (ThingID) -> Bool) -> EnergyControlSettings {
        var seen = self
        seen.battery = battery.flatMap { $0.things.allSatisfy(sees) ? $0 : nil }
        seen.cars = cars.filter { $0.things.allSatisfy(sees) }
        seen.heatPumps = heatPumps.filter { $0.things.allSatisfy(sees) }
        return seen
    }

    /// What its devices are called in orders and faults: "battery", and the names of cars and heat pumps.
    public var names: Set<String> {
        Set((battery == nil ? [] : ["battery"]) + cars.map(\.name) + heatPumps.map(\.name))
    }
}

extension ControlledBattery {
    fileprivate var things: [ThingID] { [charge.thing, order.thing] }
}

extension ControlledCar {
    fileprivate var things: [ThingID] { [charge, order].map(\.thing) + (plugged.map { [$0.thing] } ?? []) }
}

extension ControlledHeatPump {
    fileprivate var things: [ThingID] { [inside, order].map(\.thing) + (outside.map { [$0.thing] } ?? []) }
}
