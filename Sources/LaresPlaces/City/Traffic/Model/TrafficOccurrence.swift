public import Foundation
package import LaresControl
public import LaresJSON

/// Something that happened in a district, as it is shown.
public struct TrafficOccurrence: Sendable, Hashable {
    /// When it was.
    public let at: Date
    /// The street's own time, in seconds.
    public let time: Double
    /// The junction; nil: it concerns all.
    public let junction: String?
    /// What happened, in a word.
    public let kind: String
    /// What happened, in a sentence.
    public let text: String
    /// Why, in a word; nil: that isn't one of few.
    public let reason: String?

    init(at: Date, time: Double, junction: String?, kind: String, text: String, reason: String? = nil) {
        (self.at, self.time, self.junction, self.kind, self.text) = (at, time, junction, kind, String(text.prefix(500)))
        self.reason = reason
    }

    package init(_ event: TrafficEvent, at: Date) {
        let kind =
            switch event.kind {
            case .fellBack: "fell-back"
            case .recovered: "recovered"
            case .loopFailed: "loop-failed"
            case .loopRegained: "loop-regained"
            case .promoted: "promoted"
            case .steppedBack: "stepped-back"
            case .refusedWish: "refused-wish"
            case .violation: "violation"
            }
        let said = event.description, place = ", \(event.signal): "
        let words = said.range(of: place).map { String(said[$0.upperBound...]) } ?? said
        let reason: String? =
            switch event.kind {
            case .fellBack(let reason): reason.code
            case .loopFailed(_, _, let fault): fault.rawValue
            case .steppedBack(_, let reason): reason == .faults ? "faults" : "queues"
            default: nil
            }
        self.init(at: at, time: event.time, junction: event.signal, kind: kind, text: words, reason: reason)
    }

    /// As the API shows it.
    public var json: JSON {
        [
            "at": .double(at.timeIntervalSince1970), "time": .double(time), "junction": junction.map { .string($0) } ?? .null,
            "kind": .string(kind), "text": .string(text), "reason": reason.map { .string($0) } ?? .null,
        ]
    }
}
