internal import Foundation
public import LaresJSON

/// What a camera, or a program beside it, detected in one picture: boxes with their classes, and tracks that hold for a while. Pictures and identities are no
/// part of it: members that aren't known are left unread.
public struct CameraEvent: Hashable, Sendable {
    /// One of them.
    public struct Detection: Hashable, Sendable {
        /// What it is, such as "person".
        public let kind: String
        /// Where it stands: the middle of its box's lower edge.
        public let foot: ZonePlan.Point
        /// What the program calls it from picture to picture; nil: it doesn't follow anybody.
        public let track: String?

        /// A detection.
        public init(kind: String, foot: ZonePlan.Point, track: String? = nil) { (self.kind, self.foot, self.track) = (kind, foot, track) }
    }

    /// What was detected.
    public let detections: [Detection]

    /// Detections of one picture, and letters of a track's name, at most.
    static let (most, longest) = (500, 64)

    /// An event.
    public init(_ detections: [Detection]) { self.detections = detections }

    /// Reads `{"detections": [{"class": "person", "box": [x, y, width, height], "track": 7, "confidence": 0.9}]}`: boxes in parts of the picture, 0…1, from the
    /// upper left corner. Those under a confidence of 0.3 don't count.
    ///
    /// - Throws: ``AlarmError`` with `badWatch`.
    public init(_ json: JSON) throws(AlarmError) {
        guard let list = json["detections"]?.elements, list.count <= Self.most else {
            throw AlarmError(.badWatch, "'detections' must be a list of at most \(Self.most)")
        }
        var detections: [Detection] = []
        for (place, one) in list.enumerated() {
            guard let kind = one["class"]?.text, (1...40).contains(kind.utf8.count), let box = one["box"]?.elements?.compactMap(\.number),
                box.count == 4, box.allSatisfy({ (-1...2).contains($0) }), box[2] >= 0, box[3] >= 0
            else {
                throw AlarmError(
                    .badWatch,
                    "detection \(place) must have a 'class' of at most 40 letters and a 'box' of x, y, width and height, parts of the picture"
                )
            }
            if let confidence = one["confidence"]?.number, confidence < 0.3 { continue }
            let foot = ZonePlan.Point(min(max(box[0] + box[2] / 2, 0), 1), min(max(box[1] + box[3], 0), 1))
            let track = one["track"].flatMap { $0.text ?? $0.number.map { "\($0)" } }
            detections.append(Detection(kind: kind, foot: foot, track: track.map { String($0.prefix(Self.longest)) }))
        }
        self.detections = detections
    }
}
