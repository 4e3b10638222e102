import ArgumentParser
import Foundation
import LaresAccess
import LaresLanguage
import LaresServer
import LaresServing
import LaresStore

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
        guard let code = code(of: error) else { Lares.exit(withError: error) }
        FileHandle.standardError.write(Data("lares: \(error)\n".utf8))
        Foundation.exit(code)
    }

    /// 1 for failures; 66 when a named model is not there, 69 when something needed can't be had (as in sysexits.h).
    private static func code(of error: any Error) -> Int32? {
        switch error {
        case let error as Failure: error.exitCode
        case let error as ServingError:
            switch error.code {
            case .modelNotFound: EX_NOINPUT
            case .outOfMemory, .draining, .queueFull: EX_UNAVAILABLE
            default: EXIT_FAILURE
            }
        case let error as PullError: error.code == .network ? EX_UNAVAILABLE : EXIT_FAILURE
        case is AccessError, is StoreError, is ServerError, is ConsoleError: EXIT_FAILURE
        default: nil
        }
    }
}
