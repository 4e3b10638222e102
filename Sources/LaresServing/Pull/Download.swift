import Foundation
import Synchronization

/// Fetches one file into the downloads directory; what a broken attempt left is used by the next.
struct Download: Sendable {
    let reader: WebReader
    let blobs: BlobStore
    let report: @Sendable (PullProgress) -> Void

    /// The largest file that is fetched: 1 TiB.
    static let sizeLimit = 1 << 40

    /// How many bytes are written before the room on the disk is looked at again.
    private static let spaceStep = 64 << 20

    /// A finished file with the digest of its bytes, not yet in place.
    struct Finished: Sendable {
        let file: OpenFile
        let digest: Digest
        let bytes: Int
    }

    /// Fetches `url`, going on where an earlier attempt stopped.
    ///
    /// - Parameters:
    ///   - name: what to call the file in messages.
    ///   - expected: what its hash must be. Without it, an earlier attempt is gone on with only when the server names the same version (`ETag`).
    func fetch(_ url: URL, name: String, expected: Digest? = nil) async throws -> Finished {
        let part = try PartFile(blobs.downloads + "/" + Digest(of: Data(url.absoluteString.utf8)).description, name: name)
        let linked = Mutex<Digest?>(nil)
        var received: Received?
        for canResume in [true, false] {
            let have = try canResume && (expected != nil || part.tag != nil) ? part.file.size() : 0
            received = try await reader.get(
                url, headers: headers(part, have, isHashKnown: expected != nil),
                noteRedirect: { response in linked.withLock { $0 = response.linkedDigest ?? $0 } }
            ) { response in
                if response.status == 416, have > 0 { return nil }
                return try await receive(response, into: part, have: have, from: url)
            }
            if received != nil { break }
        }
        guard let received else { throw PullError(.badAnswer, "\(url.host() ?? "the server") sends no part of \(name); try again later") }
        if let expected = expected ?? linked.withLock({ $0 }), expected != received.digest {
            part.forget()
            throw mismatch(name, expected, received.digest)
        }
        part.forgetTag()
        return Finished(file: part.file, digest: received.digest, bytes: received.bytes)
    }

    private struct Received: Sendable {
        var digest: Digest
        var bytes: Int
    }

    private func headers(_ part: PartFile, _ have: Int, isHashKnown: Bool) -> [(name: String, value: String)] {
        var headers = [(name: "accept-encoding", value: "identity")]
        guard have > 0 else { return headers }
        headers.append((name: "range", value: "bytes=\(have)-"))
        if !isHashKnown, let tag = part.tag { headers.append((name: "if-range", value: tag)) }
        return headers
    }

    private func receive(_ response: WebResponse, into part: PartFile, have: Int, from url: URL) async throws -> Received {
        let start = try start(of: response, have, part.name, url)
        let length = try length(of: response, after: start, part.name)
        if let length { try blobs.needSpace(length, for: part.name) }
        part.keep(tag: response.headers["etag"])
        try part.file.truncate(to: start)
        var hash = FileHash()
        if start > 0 { try part.file.forEachPiece { hash.update($0) } }
        let meter = ProgressMeter(.downloading, part.name, report)
        var offset = start
        var checked = offset
        meter.advance(to: offset, of: length.map { start + $0 })
        for try await piece in response.body {
            // Not every server tells the length, and others write to the disk too.
            if offset - checked >= Self.spaceStep {
                try blobs.needSpace(Self.spaceStep, for: part.name)
                checked = offset
            }
            guard offset + piece.count <= Self.sizeLimit else { throw PullError(.badAnswer, "\(part.name) is larger than 1 TiB") }
            try part.file.write(piece, at: offset)
            hash.update(piece)
            offset += piece.count
            meter.advance(to: offset, of: length.map { start + $0 })
        }
        if let length, offset != start + length {
            throw PullError(
                .network, "the connection ended after \(offset) of \(start + length) bytes of \(part.name); run the command again")
        }
        return Received(digest: hash.finish(), bytes: offset)
    }

    /// Where the answer's bytes belong.
    private func start(of response: WebResponse, _ have: Int, _ name: String, _ url: URL) throws -> Int {
        let host = url.host() ?? "the server"
        switch response.status {
        case 200: return 0
        case 206 where have > 0 && response.rangeStart == have: return have
        case 401, 403, 404, 410:
            throw PullError(.notFound, "\(host) answers \(response.status) for \(name): it is not there, or not public")
        default: throw PullError(.badAnswer, "\(host) answers \(response.status) for \(name); try again later")
        }
    }

    private func length(of response: WebResponse, after start: Int, _ name: String) throws -> Int? {
        guard let text = response.headers["content-length"] else { return nil }
        guard let length = Int(text), (0...(Self.sizeLimit - start)).contains(length) else {
            throw PullError(.badAnswer, "\(name) is announced with '\(text.prefix(30))' bytes; 1 TiB is the most")
        }
        return length
    }
}

/// The unfinished file of a download, and the version (`ETag`) it belongs to.
struct PartFile: Sendable {
    let file: OpenFile
    let name: String
    private let tagPath: String

    init(_ place: String, name: String) throws {
        file = try OpenFile.writing(place + ".part")
        self.name = name
        tagPath = place + ".tag"
        guard try file.lock() else { throw PullError(.busy, "another process fetches \(name) just now; wait for it or stop it") }
    }

    var tag: String? { try? String(contentsOfFile: tagPath, encoding: .utf8) }

    /// Remembers a strong tag; a weak one doesn't promise equal bytes.
    func keep(tag: String?) {
        guard let tag, tag.hasPrefix("\""), tag.utf8.count <= 256 else { return forgetTag() }
        try? tag.write(toFile: tagPath, atomically: true, encoding: .utf8)
    }

    func forgetTag() { try? FileManager.default.removeItem(atPath: tagPath) }

    func forget() {
        forgetTag()
        try? FileManager.default.removeItem(atPath: file.path)
    }
}

extension WebResponse {
    /// The first byte's place in a partial answer: "bytes 100-199/200".
    fileprivate var rangeStart: Int? {
        guard let range = headers["content-range"], range.hasPrefix("bytes ") else { return nil }
        return range.dropFirst(6).split(separator: "-").first.flatMap { Int($0) }
    }

    /// The hash Hugging Face tells when it sends a reader on to its file store.
    fileprivate var linkedDigest: Digest? {
        headers["x-linked-etag"].flatMap { Digest($0.trimmingCharacters(in: CharacterSet(charactersIn: "\""))) }
    }
}
