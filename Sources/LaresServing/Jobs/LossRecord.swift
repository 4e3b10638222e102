public import LaresJSON

/// The losses of a training, epoch by epoch. However long it is there are at most 512 parts; each keeps the least and the greatest loss of
/// its epochs, so that no spike is lost.
public struct LossRecord: Sendable, Hashable {
    /// Neighbouring epochs.
    public struct Part: Sendable, Hashable {
        /// The last of them, from 1.
        public internal(set) var epoch: Int
        /// The least and the greatest mean loss of these epochs.
        public internal(set) var loss: ClosedRange<Float>
        /// The same on the validation data; nil without any.
        public internal(set) var validation: ClosedRange<Float>?
    }

    /// In order.
    public private(set) var parts: [Part] = []
    /// How many epochs a part has.
    public private(set) var epochsPerPart = 1

    static let mostParts = 512

    /// Nothing yet.
    public init() {}

    /// Takes an epoch in; one that is known already, or whose loss is not finite, changes nothing.
    public mutating func append(_ epoch: Int, loss: Float, validation: Float?) {
        guard loss.isFinite, epoch > parts.last?.epoch ?? 0 else { return }
        let seen = validation.flatMap { $0.isFinite ? $0...$0 : nil }
        append(Part(epoch: epoch, loss: loss...loss, validation: seen))
        if parts.count > Self.mostParts { thin() }
    }

    private mutating func append(_ part: Part) {
        guard let last = parts.last, (last.epoch - 1) / epochsPerPart == (part.epoch - 1) / epochsPerPart else {
            return parts.append(part)
        }
        parts[parts.count - 1] = last.joined(with: part)
    }

    private mutating func thin() {
        let all = parts
        (parts, epochsPerPart) = ([], epochsPerPart * 2)
        for part in all { append(part) }
    }
}

extension LossRecord.Part {
    fileprivate func joined(with later: Self) -> Self {
        Self(
            epoch: later.epoch, loss: loss.joined(with: later.loss),
            validation: validation?.joined(with: later.validation) ?? later.validation)
    }
}

extension ClosedRange<Float> {
    fileprivate func joined(with other: Self?) -> Self {
        guard let other else { return self }
        return Swift.min(lowerBound, other.lowerBound)...Swift.max(upperBound, other.upperBound)
    }
}

extension LossRecord {
    /// The record as an object: `{"epochs_per_part": 1, "parts": [{"epoch": 1, "loss": [0.5, 0.5], "validation": [0.6, 0.6]}]}`.
    public var json: JSON {
        [
            "epochs_per_part": .int(epochsPerPart),
            "parts": .array(
                parts.map {
                    ["epoch": .int($0.epoch), "loss": $0.loss.json, "validation": $0.validation?.json ?? .null]
                }),
        ]
    }

    /// Reads an object that `json` made; what is no part of one is left out.
    public init(_ json: JSON) {
        let every = json["epochs_per_part"]?.number.flatMap { Int(exactly: $0) } ?? 1
        epochsPerPart = min(max(1, every), 1 << 40)
        for part in (json["parts"]?.elements ?? []).prefix(Self.mostParts) {
            guard let epoch = part["epoch"]?.number.flatMap({ Int(exactly: $0) }), epoch > parts.last?.epoch ?? 0,
                let loss = ClosedRange<Float>(part["loss"])
            else { continue }
            parts.append(Part(epoch: epoch, loss: loss, validation: ClosedRange<Float>(part["validation"])))
        }
    }
}

extension ClosedRange<Float> {
    fileprivate var json: JSON {
        // The shortest text of the 32-bit number, not of its 64-bit widening.
        .array([lowerBound, upperBound].map { .double(Double($0.description) ?? Double($0)) })
    }

    fileprivate init?(_ json: JSON?) {
        let bounds = (json?.elements ?? []).compactMap(\.number).map { Float($0) }
        guard bounds.count == 2, bounds.allSatisfy(\.isFinite), bounds[0] <= bounds[1] else { return nil }
        self = bounds[0]...bounds[1]
    }
}
