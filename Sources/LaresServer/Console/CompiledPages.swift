import Mustache
import Synchronization

/// The pages of one language, compiled with what they include when they are needed first.
///
/// To compile all of them took long enough to be felt at the start, and few are ever shown.
package final class CompiledPages: Sendable {
    private struct State {
        /// What isn't compiled yet, by the names of pages.
        var texts: [String: String]
        var library = MustacheLibrary()

        /// Compiles a page and what it includes, unless that was done before. What fails is tried again: the next reader is told the same.
        mutating func compile(_ name: String) throws {
            guard let text = texts.removeValue(forKey: name) else { return }
            do {
                for part in Self.parts(of: text) { try compile(part) }
                try register(text, name)
            } catch {
                texts[name] = text
                throw error
            }
        }

        private mutating func register(_ text: String, _ name: String) throws {
            do {
                try library.register(HTMLText.pragma + "\n" + text, named: name)
            } catch {
                throw ConsoleError(
                    code: .pageMalformed, message: "the console's page '\(name)' can't be read (\(error)): install Lares again")
            }
        }

        /// The names of what a page includes: `{{>tile}}`, `{{<frame}}`.
        private static func parts(of text: String) -> Set<String> {
            Set(text.matches(of: /\{\{[<>]\s*([a-z-]+)\s*\}\}/).map { String($0.output.1) })
        }
    }

    private let state: Mutex<State>

    /// Pages by their names, as Mustache.
    package init(_ pages: [(name: String, text: String)]) {
        MustacheContentTypes.register(HTMLText(), named: HTMLText.name)
        state = Mutex(State(texts: Dictionary(pages.map { ($0.name, $0.text) }, uniquingKeysWith: { $1 })))
    }

    /// Compiles all that isn't yet.
    ///
    /// - Throws: ``ConsoleError`` naming the first page that can't be.
    package func compileAll() throws {
        try state.withLock { state in
            for name in state.texts.keys.sorted() { try state.compile(name) }
        }
    }

    /// What a page can be made with.
    ///
    /// - Throws: ``ConsoleError`` naming the page and what is wrong with it.
    func library(with name: String) throws -> MustacheLibrary {
        try state.withLock { state in
            try state.compile(name)
            return state.library
        }
    }
}
