import Mustache

/// The fields of a page. Mustache writes nothing for a field that isn't there; this notices.
///
/// A template looks a name up from the innermost section outwards and comes here last, so a miss here is a miss everywhere.
package final class PageFields: MustacheParent {
    private let fields: [String: Any]
    package private(set) var missing: Set<String> = []

    package init(_ fields: [String: Any]) { self.fields = fields }

    package func child(named name: String) -> Any? {
        if fields[name] == nil { missing.insert(name) }
        return fields[name]
    }
}
