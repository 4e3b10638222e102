package import Foundation

/// Styles, scripts and pictures, read once. All share one hash in their address, so scripts can import each other by name.
package struct AssetLibrary: Sendable {
    /// One file as it is sent.
    struct Asset: Sendable {
        let bytes: [UInt8]
        let mediaType: String
    }

    /// Sixteen hexadecimal digits that change when any file changes.
    let hash: String
    private let assets: [String: Asset]

    /// Files of packaged libraries, by where the system has them under ``packaged``; each is sent under its own last name.
    static let libraries = ["leaflet/leaflet.esm.min.js", "leaflet/leaflet.css"]
    /// Where Debian's packages of JavaScript libraries (`libjs-…`) put their files.
    package static let packaged = URL(filePath: "/usr/share/javascript", directoryHint: .isDirectory)
    /// The largest file of a library that is read.
    private static let largest = 1 << 20

    /// - Parameters:
    ///   - folder: What came with the program.
    ///   - packaged: Where the system has libraries; those that aren't installed are left out, and their pages do without.
    /// - Throws: ``ConsoleError`` when the folder can't be read or the stylesheet lacks its theme condition.
    package init(folder: URL, packaged: URL = Self.packaged) throws {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        var assets = Self.libraries(in: packaged)
        for name in names {
            guard let mediaType = Self.mediaTypes[String(name.split(separator: ".").last ?? "")] else { continue }
            guard let bytes = try? Data(contentsOf: folder.appending(path: name)) else {
                throw ConsoleError(code: .fileMissing, message: "'\(folder.path)/\(name)' can't be read: install Lares again")
            }
            assets[name] = Asset(bytes: [UInt8](bytes), mediaType: mediaType)
        }
        guard let style = assets["console.css"].map({ String(decoding: $0.bytes, as: UTF8.self) }), style.contains(Theme.condition) else {
            throw ConsoleError(code: .fileMissing, message: "'\(folder.path)/console.css' is missing or cut short: install Lares again")
        }
        for theme in Theme.allCases {
            assets[theme.stylesheet] = Asset(bytes: Array(theme.apply(to: style).utf8), mediaType: "text/css; charset=utf-8")
        }
        self.assets = assets
        hash = Self.hash(of: assets)
    }

    private static func libraries(in folder: URL) -> [String: Asset] {
        var assets: [String: Asset] = [:]
        for path in libraries {
            let file = folder.appending(path: path), name = file.lastPathComponent
            guard let mediaType = mediaTypes[file.pathExtension], let bytes = try? Data(contentsOf: file), bytes.count <= largest else {
                continue
            }
            assets[name] = Asset(bytes: [UInt8](bytes), mediaType: mediaType)
        }
        return assets
    }

    /// The file of this name.
    func asset(_ name: String) -> Asset? { assets[name] }

    /// Whether the map's library is installed.
    package var hasMap: Bool { address(of: "leaflet.esm.min.js") != nil && address(of: "leaflet.css") != nil }

    /// The address of a file; nil when there is none of this name.
    package func address(of name: String) -> String? { assets[name] == nil ? nil : "/assets/\(hash)/\(name)" }

    /// Whether the sprite has a picture of this name.
    func hasIcon(_ name: String) -> Bool {
        assets["icons.svg"].map { String(decoding: $0.bytes, as: UTF8.self).contains("<symbol id=\"\(name)\"") } ?? false
    }

    private static func hash(of assets: [String: Asset]) -> String {
        var hash = ContentHash()
        for (name, asset) in assets.sorted(by: { $0.key < $1.key }) {
            hash.update(name.utf8)
            hash.update(asset.bytes)
        }
        return hash.digits
    }

    private static let mediaTypes = [
        "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
    ]
}
