internal import Foundation

/// A day of traffic through a district: few at night, most at eight and at five, and people on foot.
struct DistrictDemand {
    /// Vehicles an hour that come into the district, by the hour of the day.
    static let vehicles = [
        190, 130, 110, 110, 180, 540, 1_560, 3_000, 3_480, 2_640, 2_160, 2_280, 2_520, 2_400, 2_280, 2_640, 3_240, 3_720, 3_360, 2_400,
        1_560, 1_080, 720, 360,
    ]
    /// People on foot for each vehicle.
    private static let walkers = 0.2
    private let chance: Chance
    private let ways: (into: [String], out: [String])
    private let pavements: [String]

    /// - Parameter edges: The roads, as `netgenerate` names those of a grid: "left0A0" leads into it, "A0left0" out of it.
    init(seed: UInt64, edges: [String]) {
        chance = Chance(seed: seed)
        let sides = ["left", "right", "top", "bottom"]
        // A road that was cut for lanes that turn has a point in its second name.
        let whole = edges.filter { !$0.contains(".") }
        let into = whole.filter { edge in sides.contains { edge.hasPrefix($0) } }
        let out = whole.filter { edge in edge.first?.isUppercase ?? false && sides.contains { edge.contains($0) } }
        (ways, pavements) = ((into.sorted(), out.sorted()), whole.sorted())
    }

    /// What SUMO reads, by the times at which they leave.
    var file: String {
        guard !ways.into.isEmpty, ways.out.count > 1, pavements.count > 1 else { return "<routes/>\n" }
        var text = "<routes>\n"
        var number = 0
        var time = 0.0
        while time < 86_400 {
            let rate = Double(Self.vehicles[min(23, Int(time / 3_600))]) / 3_600
            time += -log(1 - chance.unit(.day, number, 1)) / rate
            guard time < 86_400 else { break }
            text += trip(number, at: time)
            if chance.unit(.day, number, 2) < Self.walkers { text += walk(number, at: time) }
            number += 1
        }
        return text + "</routes>\n"
    }

    private func trip(_ number: Int, at time: Double) -> String {
        let from = ways.into[chance.number(.habit, number, 1, in: 0...ways.into.count - 1)]
        let others = ways.out.filter { Self.end($0) != Self.end(from) }
        let to = others[chance.number(.habit, number, 2, in: 0...max(0, others.count - 1))]
        return
            "<trip id=\"v\(number)\" depart=\"\(Self.tenths(time))\" from=\"\(from)\" to=\"\(to)\" departLane=\"best\" departSpeed=\"max\"/>\n"
    }

    private func walk(_ number: Int, at time: Double) -> String {
        let from = chance.number(.habit, number, 3, in: 0...pavements.count - 1)
        let step = chance.number(.habit, number, 4, in: 1...pavements.count - 1)
        let to = pavements[(from + step) % pavements.count]
        return "<person id=\"p\(number)\" depart=\"\(Self.tenths(time))\"><walk from=\"\(pavements[from])\" to=\"\(to)\"/></person>\n"
    }

    /// The end of a road outside of the district: "left0" of "left0A0" and of "A0left0".
    private static func end(_ edge: String) -> Substring {
        if edge.first?.isUppercase ?? false { return edge.drop { !$0.isLowercase } }
        return edge.prefix { !$0.isUppercase }
    }

    private static func tenths(_ time: Double) -> String { String(format: "%.1f", time) }
}
