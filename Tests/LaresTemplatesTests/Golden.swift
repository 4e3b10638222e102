import Foundation
import LaresTemplates

/// What jinja2 made of a template.
enum Outcome: Hashable, Sendable, CustomStringConvertible {
    case output(String)
    case raised(String)
    case error

    var description: String {
        switch self {
        case .output(let text): "output \(text.debugDescription)"
        case .raised(let message): "raised \(message.debugDescription)"
        case .error: "an error"
        }
    }

    init(_ golden: TemplateValue) {
        if let text = golden["output"]?.text {
            self = .output(text)
        } else if let message = golden["raised"]?.text {
            self = .raised(message)
        } else {
            self = .error
        }
    }

    /// What our engine makes of it, and the error where there is one.
    static func ours(_ source: String, _ context: TemplateValue, now: Date) -> (outcome: Outcome, error: (any Error)?) {
        do {
            return (.output(try Template(source).render(context.context, now: now)), nil)
        } catch let error as TemplateError where error.code == .raised {
            return (.raised(error.message), error)
        } catch {
            return (.error, error)
        }
    }

    /// Equal by code points, which Swift's own comparison of texts is not.
    func isSame(as other: Outcome) -> Bool {
        switch (self, other) {
        case (.output(let a), .output(let b)), (.raised(let a), .raised(let b)): Array(a.utf8) == Array(b.utf8)
        case (.error, .error): true
        default: false
        }
    }
}

enum Golden {
    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    /// Our own cases, feature by feature (scripts/golden/templates.py cases).
    static func cases() throws -> (now: Date, cases: [TemplateValue]) {
        let url = Bundle.module.bundleURL.appendingPathComponent("Golden/cases.json")
        let golden = try JSONReader.value([UInt8](Data(contentsOf: url)))
        return (Date(timeIntervalSince1970: golden["now"]?.seconds ?? 0), golden["cases"]?.elements ?? [])
    }

    /// The folder of real chat templates, which the set-up of the tests provides (scripts/golden/templates.py models).
    static func folder() throws -> URL {
        guard let models = ProcessInfo.processInfo.environment["LARES_TEST_MODELS"] else {
            throw Missing(description: "LARES_TEST_MODELS is not set: run the tests with 'make test', which fetches what they need")
        }
        return URL(fileURLWithPath: models).appendingPathComponent("templates")
    }

    /// Real chat templates by name, with what jinja2 makes of each conversation.
    static func models() throws -> (now: Date, templates: [(name: String, source: String, cases: [TemplateValue])]) {
        let folder = try folder()
        guard let data = try? Data(contentsOf: folder.appendingPathComponent("expected.json")) else {
            throw Missing(description: "\(folder.path) holds no expected.json: run 'make test', which makes it")
        }
        let golden = try JSONReader.value([UInt8](data))
        guard case .object(let made)? = golden["templates"] else { throw Missing(description: "expected.json holds no templates") }
        let templates = try zip(made.keys, made.values).map { name, cases in
            let source = try Data(contentsOf: folder.appendingPathComponent(name))
            return (name, String(decoding: source, as: UTF8.self), cases.elements)
        }
        return (Date(timeIntervalSince1970: golden["now"]?.seconds ?? 0), templates)
    }
}
