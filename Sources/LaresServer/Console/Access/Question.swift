import Foundation
import LaresAccess
import LaresJSON
import LaresThings

/// A question that waits for a person, in their words.
struct Question {
    let confirmation: Confirmation
    let home: Home
    let said: ThingWords

    private var words: Words { said.words }
    private var deed: Deed { confirmation.deed }

    /// "Set Locked of Front door to: Unlocked".
    var what: String {
        guard let view = ThingID(deed.target.thing).flatMap({ home.thing($0) }), case .object(let members) = deed.order else {
            return "\(deed.target.thing) \(deed.order.serialized)".printable
        }
        let parts = members.map { name, value -> String in
            guard let property = view.thing.property(name) else { return "\(name): \(value.serialized)".printable }
            let wanted = try? property.value(from: value)
            let shown = wanted.map { said.value($0, of: property) } ?? value.serialized.printable
            // "Unlocked" says by itself what is set.
            if let flag = wanted?.boolean, words.has("truth.\(property.base).\(flag)") { return shown }
            return words("ask.part", ["name": said.label(property), "value": shown])
        }
        return words("ask.what", ["name": said.name(view.thing), "parts": parts.joined(separator: words("list.comma"))])
    }

    /// What is dangerous about it.
    var why: String {
        deed.hazards.sorted { $0.rawValue < $1.rawValue }.map { words("hazard.\($0.rawValue)") }.joined(separator: words("list.comma"))
    }

    /// The fields of one question of the template `asked`.
    var fields: [String: Any] {
        [
            "id": confirmation.id, "what": what, "why": why,
            "by": words("ask.by", ["name": deed.principal.name.printable, "way": words("ask.path.\(deed.path.rawValue)")]),
            "ends": said.amount.time(confirmation.ends), "endsExact": said.amount.exact(confirmation.ends),
        ]
    }
}
