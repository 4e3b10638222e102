public import Foundation

/// The files that come with the program: pages, words, styles and the API description.
public enum Resources {
    /// The folder of the files: beside the program, or where the build put it.
    public static let folder: URL = {
        let name = "lares_LaresServer.resources"
        let program = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        let beside = [Bundle.main.bundleURL, program.deletingLastPathComponent()].map { $0.appending(path: name) }
        return beside.first { FileManager.default.fileExists(atPath: $0.path) } ?? Bundle.module.bundleURL
    }()

    /// The bytes of a file such as `Words/en.json`; nil when there is no such file.
    public static func bytes(_ path: String) -> [UInt8]? {
        (try? Data(contentsOf: folder.appending(path: path))).map { [UInt8]($0) }
    }
}
