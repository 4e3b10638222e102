public import Foundation

/// The files that come with the program: pages, words, styles and the API description.
public enum Resources {
    private static let name = "lares_LaresServer.resources"

    /// The folder of the files, beside the program. A program that was copied without it ends here, before anything is opened.
    public static let folder: URL = {
        let program = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        let places = [Bundle.main.bundleURL, program.deletingLastPathComponent()]
        if let found = places.map({ $0.appending(path: name) }).first(where: { FileManager.default.fileExists(atPath: $0.path) }) {
            return found
        }
        // The catalogue is among what is missing: this one sentence stands here in both languages.
        let complaint = """
            lares: the folder '\(name)' is missing beside the program in '\(places[0].path)': copy it there too, or install Lares again
            lares：程序所在的“\(places[0].path)”里缺少文件夹“\(name)”：请把它也复制过去，或重新安装 Lares\n
            """
        FileHandle.standardError.write(Data(complaint.utf8))
        exit(EX_UNAVAILABLE)
    }()

    /// The bytes of a file such as `Words/en.json`; nil when there is no such file.
    public static func bytes(_ path: String) -> [UInt8]? {
        (try? Data(contentsOf: folder.appending(path: path))).map { [UInt8]($0) }
    }
}
