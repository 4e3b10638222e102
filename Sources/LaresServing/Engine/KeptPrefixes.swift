import Foundation
import LaresLanguage
import Logging

/// Where the prefixes of one model are kept while it is not in memory, so that the first request after a restart is as quick as the last before.
struct KeptPrefixes: Sendable {
    let path: String
    /// Most bytes of the file.
    let bytes: Int
    let digest: Digest
    let logger: Logger

    /// What can't be restored is computed again: a damaged file is a loss of time only.
    func restore(into cache: KVCache, of model: LanguageModel) {
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        guard size <= bytes + 4_096 else {
            return logger.warning("prefixes not restored: the file is larger than it may be", metadata: ["file": "\(path)"])
        }
        do {
            let tokens = try cache.restorePrefixes(from: path, modelDigest: digest.bytes, vocabularySize: model.vocabularySize)
            if tokens > 0 { logger.info("prefixes restored", metadata: ["model": "\(model.name)", "tokens": "\(tokens)"]) }
        } catch {
            logger.warning("prefixes not restored", metadata: ["model": "\(model.name)", "error": "\(error)"])
        }
    }

    func save(_ cache: KVCache) {
        do {
            let tokens = try cache.savePrefixes(to: path, bytes: bytes, modelDigest: digest.bytes)
            logger.info("prefixes kept", metadata: ["file": "\(path)", "tokens": "\(tokens)"])
        } catch {
            logger.error("prefixes not kept", metadata: ["file": "\(path)", "error": "\(error)"])
        }
    }
}
