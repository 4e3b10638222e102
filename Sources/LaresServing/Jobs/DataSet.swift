public import Foundation
public import LaresJSON

/// Rows or lines to learn from that were sent to this place.
public struct DataSet: Sendable, Hashable {
    /// Its name for programs: 16 hexadecimal digits.
    public let id: String
    /// What the file was called where it came from.
    public let name: String
    /// Its size.
    public let bytes: Int
    /// SHA-256 of the bytes, in hexadecimal digits: the same as in the cards of what learnt from them.
    public let digest: String
    /// When it came.
    public let created: Date
    /// Who sent it.
    public let by: String
    /// What is in it.
    public let summary: DataSummary

    /// The data set as an object, as the API and its own file have it.
    public var json: JSON {
        [
            "id": .string(id), "name": .string(name), "bytes": .int(bytes), "sha256": .string(digest),
            "created": .int(Int(created.timeIntervalSince1970)), "by": .string(by), "summary": summary.json,
        ]
    }

    init(id: String, name: String, bytes: Int, digest: String, created: Date, by: String, summary: DataSummary) {
        (self.id, self.name, self.bytes, self.digest) = (id, name, bytes, digest)
        (self.created, self.by, self.summary) = (created, by, summary)
    }

    init(_ json: JSON) throws(JSONError) {
        var fields = try JSONFields(json)
        self.init(
            id: try fields.string("id") ?? "", name: try fields.string("name") ?? "",
            bytes: try fields.int("bytes", in: 0...(.max)) ?? 0, digest: try fields.string("sha256") ?? "",
            created: Date(timeIntervalSince1970: try fields.double("created", in: 0...1e12) ?? 0),
            by: try fields.string("by") ?? "", summary: try DataSummary(try fields.required("summary")))
    }
}
