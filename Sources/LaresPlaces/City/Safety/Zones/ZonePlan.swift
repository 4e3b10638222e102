public import LaresJSON

/// Where a camera's detections are counted: a polygon, or a line that is crossed; how they are counted, and what of it is kept.
///
/// Nothing of a detection is kept but that it was one: no picture, no identity, no track beyond its interval. A count below ``least`` is told as none, so that
/// nobody is followed through an empty street.
public struct ZonePlan: Hashable, Sendable {
    /// A point of a camera's picture: both 0…1, from its upper left corner.
    public struct Point: Hashable, Sendable {
        /// To the right, and down.
        public let x: Double, y: Double

        /// A point.
        public init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }
    }

    /// What is counted.
    public enum Shape: Hashable, Sendable {
        /// Those within a polygon of 3 to 32 points.
        case area([Point])
        /// Those that cross from one point to another, either way: to the right of it as one looks along it, and to the left.
        case line(Point, Point)
    }

    /// Its name: lower-case letters, digits, "_" and "-"; at most 60.
    public let id: String
    /// The camera's name, as its events have it.
    public let camera: String
    /// What is counted.
    public let shape: Shape
    /// The classes that count, such as "person" or "car"; empty: all.
    public let classes: Set<String>
    /// Seconds of an interval, 60 to 86,400.
    public let interval: Int
    /// The least count that is told, 1 to 100; smaller ones are told as none.
    public let least: Int

    /// Which device its thing says that it is.
    public var origin: String { "lares_zone_" + id }

    /// How many there may be.
    public static let most = 500

    /// Nil where a number, a name or a shape isn't what it must be.
    public init?(id: String, camera: String, shape: Shape, classes: Set<String> = [], interval: Int = 900, least: Int = 5) {
        guard WatchPlan.isID(id), (1...100).contains(camera.utf8.count), (60...86_400).contains(interval), (1...100).contains(least),
            classes.count <= 32, classes.allSatisfy({ (1...40).contains($0.utf8.count) }), Self.isShape(shape)
        else { return nil }
        (self.id, self.camera, self.shape, self.classes, self.interval, self.least) = (id, camera, shape, classes, interval, least)
    }

    private static func isShape(_ shape: Shape) -> Bool {
        let points =
            switch shape {
            case .area(let points): points
            case .line(let a, let b): [a, b]
            }
        guard points.allSatisfy({ (0...1).contains($0.x) && (0...1).contains($0.y) }) else { return false }
        if case .line(let a, let b) = shape { return a != b }
        return (3...32).contains(points.count)
    }

    /// Whether a point lies within the polygon (even-odd rule); false for a line.
    func contains(_ point: Point) -> Bool {
        guard case .area(let points) = shape else { return false }
        var isInside = false
        for place in points.indices {
            let (a, b) = (points[place], points[(place + 1) % points.count])
            guard (a.y > point.y) != (b.y > point.y) else { continue }
            if point.x < (b.x - a.x) * (point.y - a.y) / (b.y - a.y) + a.x { isInside.toggle() }
        }
        return isInside
    }

    /// Which way a step crosses the line: 1 to the right, -1 to the left, 0: it doesn't.
    func crossing(from old: Point, to new: Point) -> Int {
        guard case .line(let a, let b) = shape else { return 0 }
        func side(_ p: Point, _ a: Point, _ b: Point) -> Double { (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x) }
        let (before, after) = (side(old, a, b), side(new, a, b))
        guard (before < 0) != (after < 0), (side(a, old, new) < 0) != (side(b, old, new) < 0) else { return 0 }
        return after >= 0 ? 1 : -1
    }

    /// What its series are called: counts for an area; both ways for a line.
    public var properties: [String] {
        switch shape {
        case .area: ["count", "most"]
        case .line: ["right", "left"]
        }
    }
}

extension ZonePlan {
    /// Reads and checks a zone: `{"id": "gate", "camera": "north", "area": [[0, 0], [1, 0], [1, 1]], "classes": ["person"], "interval": 900, "least": 5}`, or
    /// `"line": [[0, 0.5], [1, 0.5]]`; unknown members are errors.
    ///
    /// - Throws: ``AlarmError`` with `badWatch`, which names the place.
    public init(_ json: JSON) throws(AlarmError) {
        do throws(JSONError) {
            try self.init(fields: JSONFields(json))
        } catch {
            throw AlarmError(.badWatch, "the zone: \(error.message)")
        }
    }

    private init(fields: JSONFields) throws(JSONError) {
        var fields = fields
        guard case .string(let id) = try fields.required("id"), case .string(let camera) = try fields.required("camera") else {
            throw fields.error("id", "and 'camera' must be strings")
        }
        let classes = try fields.strings("classes") ?? [], interval = try fields.int("interval", in: 60...86_400) ?? 900
        let least = try fields.int("least", in: 1...100) ?? 5
        let (area, line) = (fields.value("area").map(Self.points), fields.value("line").map(Self.points))
        try fields.end()
        var shape: Shape?
        if line == nil, let area { shape = area.map { .area($0) } }
        if area == nil, let line { shape = line.flatMap { $0.count == 2 ? .line($0[0], $0[1]) : nil } }
        guard let shape,
            let plan = ZonePlan(id: id, camera: camera, shape: shape, classes: Set(classes), interval: interval, least: least)
        else {
            throw fields.error(
                "area", "must be 3 to 32 points, or 'line' two, of numbers from 0 to 1; 'id' is of lower-case letters, digits, '_' and '-'")
        }
        self = plan
    }

    private static func points(_ json: JSON) -> [Point]? {
        guard case .array(let points) = json, points.count <= 32 else { return nil }
        var read: [Point] = []
        for point in points {
            guard case .array(let pair) = point, pair.count == 2, let x = pair[0].number, let y = pair[1].number else { return nil }
            read.append(Point(x, y))
        }
        return read
    }

    /// The zone as plain data, which ``init(_:)`` reads back.
    public var json: JSON {
        var members: JSON.Members = ["id": .string(id), "camera": .string(camera)]
        let plain = { (point: Point) -> JSON in [.double(point.x), .double(point.y)] }
        switch shape {
        case .area(let points): members.append("area", .array(points.map(plain)))
        case .line(let a, let b): members.append("line", [plain(a), plain(b)])
        }
        members.append("classes", .array(classes.sorted().map { .string($0) }))
        members.append("interval", .int(interval))
        members.append("least", .int(least))
        return .object(members)
    }
}
