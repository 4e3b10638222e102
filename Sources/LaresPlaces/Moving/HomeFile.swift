public import LaresJSON

/// A whole home as one text: named sections, each written and read by its owner ([form](../../../docs/moving.md)).
///
/// The same home is the same text, line by line, so that it can be compared and kept under version control. There are no secrets in it.
///
/// ```json
/// {
///   "format": "lares-home",
///   "version": 1,
///   "sections": {"areas": [{"id": "hall", "name": "Hall"}], …}
/// }
/// ```
public struct HomeFile: Sendable, Hashable {
    /// One section.
    public struct Section: Sendable, Hashable {
        /// Its name: "areas".
        public let name: String
        /// What its owner says.
        public let value: JSON

        /// A section.
        public init(_ name: String, _ value: JSON) { (self.name, self.value) = (name, value) }
    }

    /// The version of the form that this Lares writes; it reads no newer one.
    public static let version = 1
    /// How many bytes a file may have.
    public static let longest = 32 << 20
    private static let format = "lares-home"

    /// The sections, in the order in which they are taken in.
    public let sections: [Section]

    /// A home of sections.
    public init(_ sections: [Section]) { self.sections = sections }

    /// A section's value; nil: the file has none of that name.
    public func section(_ name: String) -> JSON? { sections.first { $0.name == name }?.value }

    /// The home as plain data.
    public var json: JSON {
        var members = JSON.Members()
        for section in sections { members.append(section.name, section.value) }
        return ["format": .string(Self.format), "version": .int(Self.version), "sections": .object(members)]
    }

    /// The home as a text for a file.
    public var text: String { json.indented + "\n" }

    /// Reads a file's bytes.
    ///
    /// - Throws: ``MovingError``.
    public init(parsing bytes: [UInt8]) throws(MovingError) {
        guard bytes.count <= Self.longest else {
            throw MovingError(.tooLarge, "the file has \(bytes.count) bytes; a home has at most \(Self.longest)")
        }
        let json: JSON
        do throws(JSONError) {
            json = try JSON(parsing: bytes)
        } catch {
            throw MovingError(.badFile, "the file is damaged, or isn't a home's: \(error.message); export it again")
        }
        try self.init(json)
    }

    /// Reads a home.
    ///
    /// - Throws: ``MovingError``: `newerVersion`, or `badFile` for what is no home.
    public init(_ json: JSON) throws(MovingError) {
        guard json["format"] == .string(Self.format) else {
            throw MovingError(.badFile, "this is not a home that Lares exported: \"format\" must be \"\(Self.format)\"")
        }
        guard let version = json["version"]?.number, version == version.rounded(), version >= 1 else {
            throw MovingError(.badFile, "'version' must be a whole number from 1: the file is damaged")
        }
        guard version <= Double(Self.version) else {
            let message = "a newer Lares wrote the file: it has version \(version), this one reads up to \(Self.version)"
            throw MovingError(.newerVersion, message + "; bring this Lares up to date")
        }
        do throws(JSONError) { try self.init(fields: JSONFields(json)) } catch { throw MovingError(.badFile, "the file: \(error.message)") }
    }

    private init(fields: JSONFields) throws(JSONError) {
        var fields = fields
        (_, _) = (fields.value("format"), fields.value("version"))
        let value = try fields.required("sections")
        _ = try JSONFields(value, at: "sections")
        guard case .object(let members) = value, members.count <= 100 else { throw fields.error("sections", "has more than 100 members") }
        sections = members.map { Section($0.key, $0.value) }
        try fields.end()
    }
}
