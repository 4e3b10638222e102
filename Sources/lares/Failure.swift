import ArgumentParser
import Foundation
import LaresAccess
import LaresForecast
import LaresLanguage
import LaresNeural
import LaresServer
import LaresServing
import LaresStore
import LaresTensor

/// A failure with words from the catalogue.
struct Failure: Error, CustomStringConvertible {
    /// One sentence that says what is wrong and what to do.
    let description: String
    /// What the program exits with.
    var exitCode: Int32 = EXIT_FAILURE

    /// - Parameters:
    ///   - key: The text's key in the catalogue.
    ///   - values: What goes into its places.
    init(_ key: String, _ values: KeyValuePairs<String, String> = [:]) {
        description = say(key, values)
    }

    /// Ends the program: our own errors as one sentence on standard error, the argument parser's as it likes them.
    static func leave(_ error: any Error) -> Never {
        if error is CancellationError { Foundation.exit(130) }
        let error: any Error = error is PullError || error is StoreError ? error : ServingError(full: error) ?? error
        guard let code = code(of: error) else { leaveParser(error) }
        Terminal.note(text(of: error))
        Foundation.exit(code)
    }

    /// Help pages and what is wrong with arguments, in the reader's language.
    private static func leaveParser(_ error: any Error) -> Never {
        guard words.language != .english else { Lares.exit(withError: error) }
        let text = ParserText(words)(Lares.fullMessage(for: error)), code = Lares.exitCode(for: error)
        if code == .success { print(text) } else if !text.isEmpty { Terminal.note(text) }
        Foundation.exit(code.rawValue)
    }

    /// What is told of an error: in English its own words; in Chinese a sentence for its code, and its own words as detail below.
    static func text(of error: any Error) -> String {
        guard words.language != .english, let explanation = explanation(of: error) else {
            return say("cli.failure", ["message": "\(error)".printable])
        }
        return say("cli.failure.detail", ["message": explanation.sentence, "detail": explanation.detail.printable])
    }

    private static func explanation(of error: any Error) -> Explanation? {
        if let error = error as? WordVectorError { return wordKeys[error.code].flatMap { Explanation(key: $0, error, words) } }
        if let error = error as? ForecastError { return Explanation(key: "forecast.\(error.code.name)", error, words) }
        guard let error = error as? StoreError else { return Explanation(error, words) }
        let keys: [StoreError.Code: String] = [
            .newerSchema: "store.newer", .notWritable: "store.write", .unreadable: "store.read", .migrationFailed: "store.migration",
            .badName: "store.name", .noSpace: "store.space",
        ]
        return keys[error.code].flatMap { Explanation(key: $0, error, words) }
    }

    private static let wordKeys: [WordVectorError.Code: String] = [
        .unknownWord: "words.unknown", .emptyText: "words.text", .badSetting: "words.setting", .unreadable: "words.read",
        .unwritable: "words.write", .truncated: "words.damaged", .malformed: "words.damaged", .unsupported: "words.format",
    ]

    /// 1 for failures; 66 when a named model is not there, 69 when something needed can't be had (as in sysexits.h).
    private static func code(of error: any Error) -> Int32? {
        switch error {
        case let error as Failure: error.exitCode
        case let error as ServingError:
            switch error.code {
            case .modelNotFound: EX_NOINPUT
            case .outOfMemory, .memoryBusy, .draining, .queueFull: EX_UNAVAILABLE
            default: EXIT_FAILURE
            }
        case let error as RegistryError: [.modelNotFound, .versionNotFound].contains(error.code) ? EX_NOINPUT : EXIT_FAILURE
        case let error as PullError: error.code == .network ? EX_UNAVAILABLE : EXIT_FAILURE
        case is AccessError, is StoreError, is ServerError, is ConsoleError, is WordVectorError, is TranslatorError, is CheckpointError,
            is TrainingDiverged, is SafeTensorsError, is ForecastError, is GGUFError, is TokenizerError, is LanguageModelError,
            is FileError, is JobError:
            EXIT_FAILURE
        default: nil
        }
    }
}
