public import Foundation

/// A furnished home that isn't there: rooms with air and light, weather around it, two people with days of their own, and everything that they use.
///
/// ```swift
/// var home = VirtualHome(at: site, from: .now - 7 * 86_400, seed: 1)
/// home.advance(to: .now, step: 30)
/// ```
///
/// It does nothing by itself: time passes when it is told, and the same seed, beginning, steps and commands make the same home.
public struct VirtualHome: Sendable {
    let chance: Chance
    let climate: VirtualClimate
    let zone: TimeZoneRules
    /// Seconds since 1970-01-01T00:00:00Z.
    package private(set) var time: Double
    private(set) var day: VirtualDay
    private(set) var dayNumber: Int

    package internal(set) var weather: VirtualWeather
    var air: [RoomAir]
    /// Light at each room's middle, in lux.
    var light: [Double]
    /// When somebody moved in each room last.
    var moved: [Double]
    /// When each room's window is closed again.
    var windows: [Double]
    var stays: [Stay]
    package internal(set) var lamps = LampPlace.allCases.map(\.lamp)
    package internal(set) var machines = Machine.allCases.map { _ in PluggedMachine() }
    package internal(set) var meters = Machine.allCases.map { _ in Meter() }
    package internal(set) var television = PluggedMachine(), televisionMeter = Meter()
    package internal(set) var heatPumpMeter = Meter(), boilerMeter = Meter()
    package internal(set) var energy = EnergyFlow(), car = VirtualCar()
    package internal(set) var living = Thermostat(mode: "auto", target: 21)
    package internal(set) var bedroom = Thermostat(mode: "heat", target: 18)
    package internal(set) var boiler = Thermostat(mode: "eco", target: 52)
    /// What the climate device does: "heating", "cooling", "idle", "off".
    package internal(set) var climateAction = "idle"
    package internal(set) var water = 52.0
    package internal(set) var oven = 20.0
    package internal(set) var fridge = 5.0
    var isFridgeCooling = false
    package internal(set) var blind = Mover(100, speed: 30), slats = Mover(50, speed: 40), bedroomBlind = Mover(100, speed: 30)
    package internal(set) var valve = Mover(0, speed: 50)
    var watered = 0.0
    package internal(set) var soil = 38.0
    package internal(set) var lock = DoorLock(), vacuum = Vacuum(), siren = Siren(), settings = Settings()
    /// "disarmed", "armed_home", "armed_away", "armed_night", "triggered".
    package internal(set) var alarm = "disarmed"
    /// When the front door, the fridge's and the letter box are closed again; when the bell and the smoke test end; presses of the remote.
    var doorUntil = 0.0, fridgeUntil = 0.0, smokeUntil = 0.0
    /// How often each button was pressed, and which of its events came last.
    package internal(set) var presses: [DemoButton: (count: Int, event: String)] = [:]
    var rained = 0.0
    /// What the stuck sensor goes on saying; nil: it works.
    var stuckAt: Double?
    /// What was done today already, so that it isn't done again.
    var done: Set<Chore> = []

    /// What is done once a day.
    enum Chore { case dishes, laundry, post, vacuum, blindsOpen, kettle, dusk }

    /// A home as it is at a moment.
    ///
    /// - Parameters:
    ///   - site: Its clocks and its sun; without a position it is in Berlin.
    ///   - start: When it begins, with meters at zero.
    ///   - seed: Makes its weather and its people's days.
    public init(at site: Site, from start: Date, seed: UInt64) {
        (chance, zone, time) = (Chance(seed: seed), site.zone, Double(Instant(flooring: start)))
        climate = VirtualClimate(
            chance: chance, latitude: site.position?.latitude ?? 52.52, longitude: site.position?.longitude ?? 13.405)
        let weather = climate.weather(at: time)
        self.weather = weather
        dayNumber = zone.wall(at: Int(time)).day
        day = VirtualDay(dayNumber, chance: chance)
        let rooms = VirtualRoom.allCases
        air = rooms.map { RoomAir(temperature: max($0.usual, weather.temperature - 2), vapour: max(6.5, weather.vapour)) }
        // Meters that nobody can read back go on from day to day: they count more than the machines take.
        for machine in meters.indices { meters[machine].energy = 2 * Double(max(0, dayNumber - 20_454)) }
        light = rooms.map { _ in 0 }
        moved = rooms.map { _ in 0 }
        windows = rooms.map { _ in 0 }
        let seconds = zone.wall(at: Int(time)).seconds
        let today = day
        stays = Inhabitant.allCases.map { today.stay(of: $0, at: seconds) }
        if weather.elevation > 3 { done.insert(.blindsOpen) }
    }

    /// Lets time pass.
    ///
    /// - Parameters:
    ///   - date: Until when; what lies before is nothing.
    ///   - step: Seconds between looks, 1 to 60; what is left is kept for the next time.
    public mutating func advance(to date: Date, step: Double = 1) {
        let step = min(60, max(1, step))
        while time + step <= date.timeIntervalSince1970 { pass(step) }
    }

    /// Lets up to a minute pass.
    package mutating func pass(_ seconds: Double) {
        time += seconds
        weather = climate.weather(at: time)
        let wall = zone.wall(at: Int(time))
        if wall.day != dayNumber {
            dayNumber = wall.day
            day = VirtualDay(wall.day, chance: chance)
            done = []
        }
        live(wall.seconds)
        move(seconds)
        passAir(seconds)
        passPower(seconds)
        passFaults()
    }
}

extension VirtualHome {
    /// When it is there.
    public var date: Date { Date(timeIntervalSince1970: time) }

    /// Where somebody is; nil: not in the house.
    package func room(of person: Inhabitant) -> VirtualRoom? { stays[person.rawValue].room }

    /// Whether somebody is at home, the garden included.
    package func isHome(_ person: Inhabitant) -> Bool { stays[person.rawValue].activity != .away }

    /// What somebody does.
    package func activity(of person: Inhabitant) -> Activity { stays[person.rawValue].activity }

    /// How many people are in a room.
    package func people(in room: VirtualRoom) -> Int { stays.count { $0.room == room } }

    package func temperature(in room: VirtualRoom) -> Double { air[room.rawValue].temperature }
    package func humidity(in room: VirtualRoom) -> Double { air[room.rawValue].humidity }
    package func carbon(in room: VirtualRoom) -> Double { air[room.rawValue].carbon }
    package func illuminance(in room: VirtualRoom) -> Double { light[room.rawValue] }
    package func isWindowOpen(in room: VirtualRoom) -> Bool { windows[room.rawValue] > time }
    /// Whether a detector of motion sees somebody: for 45 seconds after the last movement.
    package func isMoving(in room: VirtualRoom) -> Bool { time - moved[room.rawValue] < 45 }
    package func lamp(_ place: LampPlace) -> Lamp { lamps[place.rawValue] }
    package var isDoorOpen: Bool { doorUntil > time }
    package var isFridgeOpen: Bool { fridgeUntil > time }
    package var isSmoky: Bool { smokeUntil > time }
}

extension VirtualHome {
    var position: GeographicPosition? { GeographicPosition(latitude: climate.latitude, longitude: climate.longitude) }
}
