import LaresControl

/// Four arms, two lanes each: straight and left. Each arm has a phase of its own.
enum Crossroads {
    static func plan() throws -> SignalPlan { try SignalPlan(of: "c", in: RoadNetwork(parsing: Array(text.utf8))) }

    private static var text: String {
        let phases = ["GGrrrrrr", "rrGGrrrr", "rrrrGGrr", "rrrrrrGG"].map { "<phase duration=\"25\" state=\"\($0)\"/>" }.joined()
        let inside = (0..<8).map { ":c_\($0)_0" }.joined(separator: " ")
        let ways = (0..<8).map(way).joined(), junction = "<junction id=\"c\" x=\"0\" y=\"0\" intLanes=\"\(inside)\">\(requests)</junction>"
        return "<net>\((0..<4).map(lanes).joined())<tlLogic id=\"c\">\(phases)</tlLogic>\(junction)\(ways)</net>"
    }

    private static func lanes(_ arm: Int) -> String {
        let inner = [0, 1].map { "<lane id=\":c_\(2 * arm + $0)_0\" speed=\"10\" length=\"15\"/>" }
        let outer = ["in", "out"].flatMap { way in [0, 1].map { "<lane id=\"\(way)\(arm)_\($0)\" speed=\"14\" length=\"220\"/>" } }
        return (inner + outer).joined()
    }

    /// Links are arms times two: straight, left. All of different arms cross.
    private static var requests: String {
        (0..<8).map { one in
            let foes = (0..<8).reversed().map { $0 / 2 == one / 2 ? "0" : "1" }.joined()
            return "<request foes=\"\(foes)\" response=\"\(one % 2 == 1 ? foes : "00000000")\"/>"
        }.joined()
    }

    private static func way(_ link: Int) -> String {
        let (arm, turn) = (link / 2, link % 2), out = "to=\"out\((arm + 2 + turn) % 4)\" fromLane=\"\(turn)\" toLane=\"\(turn)\""
        return
            "<connection from=\"in\(arm)\" \(out) via=\":c_\(link)_0\" tl=\"c\" linkIndex=\"\(link)\" dir=\"\(turn == 0 ? "s" : "l")\"/>"
    }
}
