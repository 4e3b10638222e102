import Foundation
import LaresServer

/// The texts of this run of the program, in its reader's language.
let words = Words(Language.ofThisProcess)

/// A text of the catalogue, its places filled in.
func say(_ key: String, _ values: KeyValuePairs<String, String> = [:]) -> String { words(key, values) }

extension Language {
    /// `--lang`, then `LARES_LANG`, then what the locale says. Help texts need it before the arguments are parsed.
    static var ofThisProcess: Language {
        let arguments = CommandLine.arguments
        for (index, argument) in arguments.enumerated() {
            if argument == "--lang", index + 1 < arguments.count, let language = Language(tag: arguments[index + 1]) { return language }
            if argument.hasPrefix("--lang="), let language = Language(tag: argument.dropFirst(7)) { return language }
        }
        let environment = ProcessInfo.processInfo.environment
        for name in ["LARES_LANG", "LC_ALL", "LC_MESSAGES", "LANG"] {
            guard let tag = environment[name], !tag.isEmpty else { continue }
            return Language(tag: tag) ?? .english
        }
        return .english
    }
}
