import Foundation
import LaresJSON
import LaresPlaces
import LaresTesting
import LaresThings
import Testing

@Suite struct SenseMemoryTests {
    /// A day with something of everything.
    private func livelyHome() throws -> SenseTheatre {
        var random = SenseRandom(seed: 7)
        var theatre = try random.theatre()
        for _ in 0..<400 { try theatre.step(&random) }
        return theatre
    }

    @Test func whatIsKeptWrittenAndReadIsTheSame() throws {
        let json = try livelyHome().engine.kept.json
        let (old, new) = (json.serialized, try SenseMemory(json).json.serialized)
        let place = zip(old, new).prefix { $0 == $1 }.count
        #expect(
            old == new,
            "from byte \(place) on: \(old.dropFirst(max(0, place - 40)).prefix(90)), \(new.dropFirst(max(0, place - 40)).prefix(90))")
        #expect(json.serialized.utf8.count > 10_000)
    }

    @Test func whatIsStrangeIsRefusedWithItsPlace() throws {
        let text = try livelyHome().engine.kept.json.serialized
        for (old, new) in [
            (#""version":1"#, #""version":2"#), (#""kind":"motion""#, #""kind":"emotion""#), (#""heard_at":1"#, #""heard_at":-1"#),
            (#""pace":["#, #""pace":[-1,"#), (#""state":""#, #""state":"x"#), (#""sensor":"a/"#, #""surprise":1,"sensor":"a/"#),
        ] {
            let changed = text.replacing(old, with: new)
            #expect(changed != text)
            let json = try JSON(parsing: Array(changed.utf8))
            #expect(throws: SensingError.self, "\(new)") { try SenseMemory(json) }
        }
    }

    @Test func mutatedMemoriesAreReadOrRefusedAndNeverTrap() throws {
        let home = try livelyHome()
        let bytes = home.engine.kept.json.data
        var (random, accepted) = (Mutations(seed: 78), 0)
        for _ in 0..<Mutations.inputs / 50 {
            guard let json = try? JSON(parsing: random.mutate(bytes)), let memory = try? SenseMemory(json) else { continue }
            accepted += 1
            var theatre = home
            theatre.engine = SenseEngine(from: memory, at: theatre.now)
            for id in home.things.keys.sorted() { theatre.describe(id) }
            var steps = SenseRandom(seed: UInt64(accepted))
            for _ in 0..<20 { try theatre.step(&steps) }
            _ = theatre.engine.kept.json
        }
        #expect(accepted > 0)
    }
}

/// Makes days up, the same ones from the same seed.
struct SenseRandom: RandomNumberGenerator {
    private var random: SplitMix

    init(seed: UInt64) { random = SplitMix(seed: seed) }

    mutating func next() -> UInt64 { random.next() }

    mutating func unit() -> Double { random.unit() }

    /// Normally distributed (Box and Muller 1958).
    mutating func normal() -> Double { (-2 * log(1 - unit())).squareRoot() * cos(2 * .pi * unit()) }

    /// Two rooms with sensors of every kind.
    func theatre() throws -> SenseTheatre {
        var theatre = SenseTheatre()
        for room in ["a", "b"] {
            for quantity in ["motion", "occupancy", "door", "window", "smoke"] { try theatre.add("\(room)/\(quantity)", quantity) }
            for (quantity, unit) in [
                ("temperature", "°C"), ("humidity", "%"), ("carbon_dioxide", "ppm"), ("battery", "%"), ("illuminance", "lx"),
            ] {
                try theatre.add("\(room)/air", quantity, .number(.any), unit: LaresThings.Unit(unit))
            }
            try theatre.add("\(room)/plug", "power", .number(.any), unit: .watt, category: "switch")
            try theatre.add("\(room)/lamp", nil, category: "light", isWritable: true)
        }
        return theatre
    }
}

extension SenseTheatre {
    /// Something happens, sensible or not.
    mutating func step(_ random: inout SenseRandom) throws {
        let thing = try #require(things.keys.sorted().randomElement(using: &random))
        let property = try #require(things[thing]?.properties.randomElement(using: &random))
        let address = PropertyAddress(thing, property.name)
        switch Int.random(in: 0..<20, using: &random) {
        case 0: report(address, nil)
        case 1: now += Double(Int.random(in: -90_000...90_000, using: &random))
        case 2: take(Bool.random(using: &random) ? .online : .offline, of: thing)
        case 3: describe(thing)
        case 4: report(address, .text("what?"))
        case 5...8: try pass(Double(Int.random(in: 1...4_000, using: &random)), step: 60)
        default: report(address, value(of: property, &random))
        }
    }

    private func value(of property: Property, _ random: inout SenseRandom) -> PropertyValue {
        if property.kind == .boolean { return .boolean(Bool.random(using: &random)) }
        let extremes = [0, -1, 1e300, -1e300, 100, .greatestFiniteMagnitude]
        return .number(Int.random(in: 0..<10, using: &random) == 0 ? extremes.randomElement(using: &random) ?? 0 : random.unit() * 100)
    }
}
