import LaresJSON
import LaresPlaces

/// A zone as a form describes it.
struct ZoneForm: Sendable {
    static let checked = ["zone", "camera", "points", "classes", "minutes", "least"]
    private static let shapes = ["area", "line"]

    private var id = ""
    private var camera = ""
    private var shape = "area"
    private var points = "0.1,0.4 0.9,0.4 0.9,1 0.1,1"
    private var classes = "person"
    private var minutes = "15"
    private var least = "5"

    /// One that nobody has changed yet.
    init() {}

    /// What a person filled in.
    init(_ form: Form) {
        (id, camera, shape, points) = (form["zone"], form["camera"], form["shape"], form["points"])
        (classes, minutes, least) = (form["classes"], form["minutes"], form["least"])
    }

    /// The fields of the form in the template `zones`.
    func fields(_ words: Words) -> [String: Any] {
        [
            "zoneValue": id, "cameraValue": camera, "pointsValue": points, "classesValue": classes, "minutesValue": minutes,
            "leastValue": least,
            "shapes": Self.shapes.map { ["value": $0, "label": words("zones.shape.\($0)"), "chosen": $0 == shape] as [String: Any] },
        ]
    }

    /// The zone.
    ///
    /// - Throws: ``FieldFault`` naming the field that can't be used; ``AlarmError`` for what else is wrong with it.
    func plan() throws -> ZonePlan {
        guard id.wholeMatch(of: /[a-z0-9_-]{1,60}/) != nil else { throw FieldFault("zone", "zones.wrong.zone") }
        guard !camera.isEmpty else { throw FieldFault("camera", "zones.wrong.camera") }
        guard let minutes = Int(minutes), (1...1_440).contains(minutes) else { throw FieldFault("minutes", "zones.wrong.minutes") }
        guard let least = Int(least), (1...100).contains(least) else { throw FieldFault("least", "zones.wrong.least") }
        guard Self.shapes.contains(shape), let points = ZonePlan.points(reading: points),
            let count = points.elements?.count, shape == "line" ? count == 2 : count > 2
        else { throw FieldFault("points", "zones.wrong.points") }
        let wanted = classes.split(separator: ",").map { JSON.string(String($0.trimmingSpaces())) }
        var members: JSON.Members = ["id": .string(id), "camera": .string(camera)]
        members.append(shape, points)
        members.append("classes", .array(wanted))
        members.append("interval", .int(minutes * 60))
        members.append("least", .int(least))
        return try ZonePlan(.object(members))
    }
}
