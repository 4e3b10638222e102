import Foundation
import LaresJSON
import LaresServing

/// What a training may use, as people fill it in.
struct LimitsForm {
    /// As they were typed: megabytes, hours, megabytes.
    private var texts: [String: String]

    static let fields = ["memory", "hours", "disk"]

    /// Those that hold now.
    init(_ limits: TrainingLimits = TrainingLimits()) {
        // A second is 0.0002778 hours: as few digits as lead back to the same second, below an hour and below a year.
        let hours = limits.seconds.map { String(format: $0 < 3_600 ? "%.4g" : "%.8g", Double($0) / 3_600) }
        texts = ["memory": "\(limits.memory)", "hours": hours ?? "", "disk": "\(limits.disk)"]
    }

    /// What a person filled in; what the form doesn't have is as it was.
    init(_ form: Form, usual: TrainingLimits = TrainingLimits()) {
        self.init(usual)
        for field in Self.fields where form.has(field) { texts[field] = form[field] }
    }

    /// The limits as the API takes them.
    ///
    /// - Throws: ``FieldFault`` naming the field that can't be used.
    func json() throws(FieldFault) -> JSON {
        let seconds = try number("hours", 1 / 3_600, Double(TrainingLimits.secondsRange.upperBound) / 3_600) * 3_600
        return [
            "memory_mb": .int(Int(try number("memory", TrainingLimits.memoryRange))), "seconds": .int(Int(seconds.rounded())),
            "disk_mb": .int(Int(try number("disk", TrainingLimits.diskRange))),
        ]
    }

    /// The fields of the template `limits`.
    var fields: [String: Any] {
        Dictionary(uniqueKeysWithValues: texts.map { ("\($0)Value", $1) })
    }

    private func number(_ field: String, _ range: ClosedRange<Int>) throws(FieldFault) -> Double {
        try number(field, Double(range.lowerBound), Double(range.upperBound))
    }

    private func number(_ field: String, _ low: Double, _ high: Double) throws(FieldFault) -> Double {
        guard let number = Double(texts[field] ?? ""), number >= low, number <= high else {
            let low = low < 1 ? "0" : "\(Int(low))"
            throw FieldFault(field, "form.wrong.range", ["low": low, "high": "\(Int(high))"])
        }
        return number
    }
}
