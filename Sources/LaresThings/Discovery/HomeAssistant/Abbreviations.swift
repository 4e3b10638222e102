internal import LaresJSON

/// The short names of discovery options, written out: "stat_t" is "state_topic".
enum Abbreviations {
    /// Members by their full names. Of a name that stands there twice, short or long, the last counts.
    static func expanded(_ members: JSON.Members, by table: [String: String]) -> [String: JSON] {
        var options: [String: JSON] = [:]
        for (name, value) in members { options[table[name] ?? name] = value }
        return options
    }

    static func table(_ text: String) -> [String: String] {
        var table: [String: String] = [:]
        for pair in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            let halves = pair.split(separator: "=", maxSplits: 1)
            table[String(halves[0])] = String(halves[halves.count - 1])
        }
        return table
    }
}
