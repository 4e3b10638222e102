import Foundation
import LaresJSON

/// What all chunks of one answer have in common.
struct AnswerHead {
    let id: String
    let object: String
    let created: Int
    let model: String

    /// - Parameters:
    ///   - prefix: The kind of id: `chatcmpl` or `cmpl`.
    ///   - object: The kind of object: `chat.completion` and the like.
    ///   - model: The model as the client named it.
    ///   - now: The time.
    init(prefix: String, object: String, model: String, now: Date = Date()) {
        let random = UInt64.random(in: .min ... .max)
        id = prefix + "-" + String(random, radix: 16)
        self.object = object
        created = Int(now.timeIntervalSince1970)
        self.model = model
    }

    /// An object with these members first.
    func members(choices: [JSON]) -> JSON.Members {
        [
            "id": .string(id), "object": .string(object), "created": .int(created), "model": .string(model), "choices": .array(choices),
        ]
    }
}
