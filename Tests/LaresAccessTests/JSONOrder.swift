import LaresJSON

/// Orders that are equal but for the sequence of their members, and one that isn't.
enum JSONOrder {
    case one, oneTurned, other

    var json: JSON {
        switch self {
        case .one: ["locked": false, "then": ["a": 1, "b": [true, .null]]]
        case .oneTurned: ["then": ["b": [true, .null], "a": 1], "locked": false]
        case .other: ["locked": false, "then": ["a": 1, "b": [.null, true]]]
        }
    }
}
