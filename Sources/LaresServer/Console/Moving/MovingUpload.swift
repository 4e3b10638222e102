import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces

/// What a form of the page of moving brings: files of a home, and what is to be done with them.
struct MovingUpload {
    private let form: UploadForm

    /// The fields of the form.
    var fields: [String: String] { form.fields }

    /// Reads the body of a request.
    ///
    /// - Throws: ``FormError`` for what is no such form, is cut short, or is larger than a home may be.
    init(_ request: Request) async throws { form = try await UploadForm(request, upTo: HomeFile.longest + (3 << 20)) }

    /// The order as the API reads it: a home that Lares exported, or files of Home Assistant.
    ///
    /// - Throws: ``FieldFault`` where nothing was sent; `JSONError` for what is no JSON.
    var order: JSON {
        get throws {
            let texts = form.files.isEmpty ? [Array((fields["content"] ?? "").utf8)].filter { !$0.isEmpty } : form.files
            guard !texts.isEmpty else { throw FieldFault("file", "moving.wrong.none") }
            let contents = try texts.map { try JSON(parsing: $0) }
            var members: JSON.Members = ["policy": policy, "apply": .bool(fields["act"] == "apply")]
            if contents.count == 1, contents[0]["format"] != nil {
                members["home"] = contents[0]
            } else if contents.count == 1, contents[0].elements != nil {
                members["home_assistant"] = contents[0]
            } else {
                members["home_assistant"] = .array(contents)
            }
            return .object(members)
        }
    }

    /// The PIN that came along.
    var assurance: Assurance {
        guard let pin = fields["pin"], !pin.isEmpty else { return .confirmed }
        return .pin(pin, of: fields["pin-person"].flatMap { $0.isEmpty ? nil : $0 })
    }

    private var policy: JSON {
        [
            "conflicts": .string(fields["conflicts"] ?? MovingChoice.keepMine.rawValue),
            "enable_rules": .bool(fields["enable_rules"] == "1"), "trust_rules": .bool(fields["trust_rules"] == "1"),
        ]
    }

    /// What was sent, so that it can be carried out after a person has seen the plan; nil for what is too long to be sent back.
    func content(_ order: JSON) -> String? {
        guard let content = order["home"] ?? order["home_assistant"] else { return nil }
        let text = content.serialized
        return text.utf8.count <= 1 << 20 ? text : nil
    }
}
