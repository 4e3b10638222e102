import GRDB
import LaresJSON

/// An entity as it was read.
struct STAEntity: Sendable {
    let kind: STAKind
    let id: Int64
    /// Its values; null where there is none.
    let values: [JSON]
    /// What its links to one lead to, in the order of its relations.
    let links: [Int64?]
    /// What of the home it stands for; nil: it was told over SensorThings.
    let address: String?

    /// The value of a property.
    func value(_ name: some StringProtocol) -> JSON {
        kind.properties.firstIndex { $0.name == name }.map { values[$0] } ?? .null
    }

    /// What a link to one leads to.
    func link(_ relation: STARelation) -> Int64? {
        kind.relations.filter { !$0.isMany }.firstIndex(of: relation).flatMap { links[$0] }
    }
}

extension STAEntity {
    /// The columns that an entity is read from, in this order.
    static func columns(_ kind: STAKind, _ alias: String) -> String {
        let names = kind.properties.flatMap(\.columns) + kind.relations.compactMap(\.column)
        let last = kind.isMirrored ? ["\(alias).address"] : []
        return (["\(alias).id"] + names.map { "\(alias).\"\($0)\"" } + last).joined(separator: ", ")
    }

    /// Reads a row of ``columns(_:_:)``.
    init(_ kind: STAKind, _ row: Row) {
        var at = 1
        self.kind = kind
        id = row[0]
        values = kind.properties.map { property in
            defer { at += property.columns.count }
            return Self.value(property.form, row, at)
        }
        links = kind.relations.filter { !$0.isMany }.map { _ in
            defer { at += 1 }
            return row[at]
        }
        address = kind.isMirrored ? row[at] : nil
    }

    private static func value(_ form: STAProperty.Form, _ row: Row, _ at: Int) -> JSON {
        switch form {
        case .text: return (row[at] as String?).map { .string($0) } ?? .null
        case .json, .geometry: return json(row[at])
        case .instant: return (row[at] as Int64?).map { .string(STATime.text($0)) } ?? .null
        case .period:
            guard let start = row[at] as Int64? else { return .null }
            return .string(STATime.text(start, row[at + 1] ?? start))
        case .result:
            let kind: Int = row[at + 1]
            if kind == 1 { return .bool(row[at]) }
            if kind == 2 { return json(row[at]) }
            switch (row[at] as DatabaseValue).storage {
            case .int64(let number): return .int(Int(number))
            case .double(let number): return .double(number)
            case .string(let text): return .string(text)
            case .null, .blob: return .null
            }
        }
    }

    private static func json(_ text: String?) -> JSON { text.flatMap { try? JSON(parsing: Array($0.utf8)) } ?? .null }
}
