import LaresJSON

extension Words {
    /// Texts for a script: an object with the script's names for the catalogue's keys. Places stay open.
    func json(_ keys: [String: String]) -> JSON {
        var members = JSON.Members()
        for (name, key) in keys.sorted(by: { $0.key < $1.key }) { members.append(name, .string(self(key))) }
        return .object(members)
    }
}
