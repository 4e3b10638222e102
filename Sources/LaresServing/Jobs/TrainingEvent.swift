public import LaresJSON
import LaresNeural

/// What a training tells, one JSON object on a line.
public enum TrainingEvent: Sendable, Hashable {
    /// It has read its data; `isResumed` when it goes on from a checkpoint, whose steps and losses come with it.
    case started(isResumed: Bool, step: Int, losses: LossRecord)
    /// It is this far.
    case progress(JSON)
    /// It was asked to stop and has written a checkpoint.
    case stopped
    /// Network and card are in the folder.
    case finished(card: JSON)
    /// It can't go on; the message says why and what to do.
    case failed(String)

    /// The event as an object.
    public var json: JSON {
        switch self {
        case .started(let isResumed, let step, let losses):
            isResumed
                ? ["event": "started", "resumed": true, "step": .int(step), "losses": losses.json]
                : ["event": "started", "resumed": false]
        case .progress(let progress): ["event": "progress", "progress": progress]
        case .stopped: ["event": "stopped"]
        case .finished(let card): ["event": "finished", "card": card]
        case .failed(let message): ["event": "failed", "message": .string(message)]
        }
    }

    /// Reads an object that `json` made; nil for anything else.
    public init?(_ json: JSON) {
        switch json["event"]?.text {
        case "started":
            let step = json["step"]?.number.flatMap { Int(exactly: $0) } ?? 0
            self = .started(isResumed: json["resumed"] == true, step: step, losses: LossRecord(json["losses"] ?? .null))
        case "progress": self = .progress(json["progress"] ?? .null)
        case "stopped": self = .stopped
        case "finished": self = .finished(card: json["card"] ?? .null)
        case "failed": self = .failed(json["message"]?.text ?? "")
        default: return nil
        }
    }
}

extension TrainingProgress {
    func json(stepsPerSecond: Double?) -> JSON {
        [
            "epoch": .int(epoch), "epochs": .int(epochs), "step": .int(step), "steps": .int(steps),
            "loss": loss.isFinite ? .double(Double(loss)) : .null, "validation": validation.map { .double(Double($0)) } ?? .null,
            "best_epoch": best.map { .int($0) } ?? .null, "steps_per_second": stepsPerSecond.map { .double($0) } ?? .null,
        ]
    }
}
