/// A JSON text whose members can be put in another order. The text is known to be JSON as Python writes it.
indirect enum Tree {
    case scalar([UInt8])
    case array([Tree])
    case object([(key: [UInt8], value: Tree)])

    init(_ text: String) {
        var reader = Reader(bytes: Array(text.utf8))
        self = reader.value()
    }

    private struct Reader {
        let bytes: [UInt8]
        var place = 0

        mutating func value() -> Tree {
            skip()
            switch bytes[place] {
            case UInt8(ascii: "{"): return .object(list(until: "}") { reader in (reader.scalar(), reader.value()) })
            case UInt8(ascii: "["): return .array(list(until: "]") { reader in reader.value() })
            default: return .scalar(scalar())
            }
        }

        private mutating func list<Item>(until end: Unicode.Scalar, _ item: (inout Reader) -> Item) -> [Item] {
            place += 1
            skip()
            var items: [Item] = []
            while bytes[place] != UInt8(ascii: end) {
                items.append(item(&self))
                skip()
            }
            place += 1
            return items
        }

        private mutating func scalar() -> [UInt8] {
            let start = place
            if bytes[place] == UInt8(ascii: "\"") {
                place += 1
                while bytes[place] != UInt8(ascii: "\"") { place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1 }
                place += 1
            } else {
                while place < bytes.count, !",]}".utf8.contains(bytes[place]) { place += 1 }
            }
            return Array(bytes[start..<place])
        }

        private mutating func skip() { while place < bytes.count, " ,:".utf8.contains(bytes[place]) { place += 1 } }
    }
}
