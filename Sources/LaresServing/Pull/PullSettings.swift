public import Foundation

/// Where packages and models are looked for, and what a pull may reach.
public struct PullSettings: Sendable, Hashable {
    /// The package index: its "simple" page, as pip takes it.
    public var indexURL: String
    /// The site behind `hf:`.
    public var huggingFaceURL: String
    /// Whether addresses of this machine and network may be fetched from.
    public var allowPrivate: Bool
    /// Hosts the owner named in a setting, so that they may lie inside the network ("host" or "host:port").
    private let trustedHosts: Set<String>
    /// Those of them that were named with http, so that nothing else is fetched without encryption.
    private let plainHosts: Set<String>

    /// The public index and site.
    public static let standardIndex = "https://pypi.org/simple"
    static let standardHuggingFace = "https://huggingface.co"

    /// Settings. An index or site other than the public one is trusted: its host may lie inside the network, and use plain http if it was
    /// named with it.
    public init(indexURL: String = standardIndex, huggingFaceURL: String = "https://huggingface.co", allowPrivate: Bool = false) {
        self.indexURL = indexURL
        self.huggingFaceURL = huggingFaceURL
        self.allowPrivate = allowPrivate
        let named = [(indexURL, Self.standardIndex), (huggingFaceURL, Self.standardHuggingFace)].filter { $0.0 != $0.1 }
        let urls = named.compactMap { URL(string: $0.0) }
        trustedHosts = Set(urls.compactMap(Self.authority))
        plainHosts = Set(urls.filter { $0.scheme?.lowercased() == "http" }.compactMap(Self.authority))
    }

    /// Settings from the variables users of pip and of Hugging Face's tools know: `PIP_INDEX_URL`, `HF_ENDPOINT`.
    public static func fromEnvironment(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> PullSettings {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        return PullSettings(
            indexURL: value("PIP_INDEX_URL") ?? standardIndex, huggingFaceURL: value("HF_ENDPOINT") ?? standardHuggingFace)
    }

    private static func authority(of url: URL) -> String? {
        guard let host = url.host(percentEncoded: false)?.lowercased() else { return nil }
        return url.port.map { "\(host):\($0)" } ?? host
    }

    func trusts(_ url: URL) -> Bool { Self.authority(of: url).map(trustedHosts.contains) ?? false }

    /// Whether the owner named this host with http.
    func trustsPlain(_ url: URL) -> Bool { Self.authority(of: url).map(plainHosts.contains) ?? false }
}
