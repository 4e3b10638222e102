public import LaresJSON

/// GeoJSON (clause 4.5.16, RFC 7946).
extension NGSIWriter {
    /// The entity as a feature.
    ///
    /// - Parameter geometry: The expanded name of the attribute that is its geometry.
    public func feature(_ entity: NGSIEntity, geometry: String, dataset: String? = nil) -> JSON.Members {
        let instances = entity.attributes[geometry] ?? []
        let chosen = instances.first { $0.datasetId == dataset } ?? (dataset == nil ? instances.first : nil)
        let value = chosen?.kind == .geo ? chosen?.value : nil
        var feature: JSON.Members = ["id": .string(entity.id), "type": "Feature"]
        feature.append("geometry", value ?? .null)
        feature.append("properties", .object(members(entity).without(["id"])))
        return feature
    }
}
