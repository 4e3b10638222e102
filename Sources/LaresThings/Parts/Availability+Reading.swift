internal import LaresJSON

extension AvailabilityRule.Source {
    /// What a message on the topic says; nil where it says neither. Throws ``ThingsError`` (`bad_value`) where the template fails.
    public func availability(in payload: inout Payload) throws(ThingsError) -> Availability? {
        guard let word = try template.reading(of: &payload)?.text else { return nil }
        return word == online ? .online : word == offline ? .offline : nil
    }
}
