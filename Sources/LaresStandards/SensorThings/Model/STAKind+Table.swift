/// What entities have (OGC 18-088, tables 3 to 19).
extension STAKind {
    /// The values of an entity, in the order in which they are shown.
    var properties: [STAProperty] { Self.propertyTable[self] ?? [] }

    /// The links of an entity, in the order in which they are shown.
    var relations: [STARelation] { Self.relationTable[self] ?? [] }

    private static let propertyTable: [STAKind: [STAProperty]] = [
        .thing: [.name, .description, .properties],
        .location: [.name, .description, .encoding, STAProperty(name: "location", form: .geometry, isRequired: true), .properties],
        .historicalLocation: [STAProperty(name: "time", form: .instant, isRequired: true)],
        .datastream: [
            .name, .description, STAProperty(name: "unitOfMeasurement", form: .json, isRequired: true),
            STAProperty(name: "observationType", form: .text, isRequired: true), .properties, .observedArea, .phenomena, .results,
        ],
        .multiDatastream: [
            .name, .description, STAProperty(name: "unitOfMeasurements", form: .json, isRequired: true),
            STAProperty(name: "observationType", form: .text),
            STAProperty(name: "multiObservationDataTypes", form: .json, isRequired: true),
            .properties, .observedArea, .phenomena, .results,
        ],
        .sensor: [.name, .description, .encoding, STAProperty(name: "metadata", form: .json, isRequired: true), .properties],
        .observedProperty: [.name, STAProperty(name: "definition", form: .text, isRequired: true), .description, .properties],
        .observation: [
            STAProperty(name: "phenomenonTime", form: .period, isRequired: true, isShownWhenNull: true),
            STAProperty(name: "result", form: .result, isRequired: true, isShownWhenNull: true),
            STAProperty(name: "resultTime", form: .instant, isShownWhenNull: true), STAProperty(name: "resultQuality", form: .json),
            STAProperty(name: "validTime", form: .period), STAProperty(name: "parameters", form: .json),
        ],
        .feature: [.name, .description, .encoding, STAProperty(name: "feature", form: .geometry, isRequired: true), .properties],
    ]

    private static let relationTable: [STAKind: [STARelation]] = [
        .thing: [
            many("Datastreams", .datastream, by: "Thing"), many("MultiDatastreams", .multiDatastream, by: "Thing"),
            pairs("Locations", .location, "ThingLocation", "Thing", "Location"),
            many("HistoricalLocations", .historicalLocation, by: "Thing"),
        ],
        .location: [
            pairs("Things", .thing, "ThingLocation", "Location", "Thing"),
            pairs("HistoricalLocations", .historicalLocation, "HistoricalLocationLocation", "Location", "HistoricalLocation"),
        ],
        .historicalLocation: [
            one("Thing", .thing), pairs("Locations", .location, "HistoricalLocationLocation", "HistoricalLocation", "Location"),
        ],
        .datastream: [
            one("Thing", .thing), one("Sensor", .sensor), one("ObservedProperty", .observedProperty),
            many("Observations", .observation, by: "Datastream"),
        ],
        .multiDatastream: [
            one("Thing", .thing), one("Sensor", .sensor),
            pairs("ObservedProperties", .observedProperty, "MultiDatastreamObservedProperty", "MultiDatastream", "ObservedProperty"),
            many("Observations", .observation, by: "MultiDatastream"),
        ],
        .sensor: [many("Datastreams", .datastream, by: "Sensor"), many("MultiDatastreams", .multiDatastream, by: "Sensor")],
        .observedProperty: [
            many("Datastreams", .datastream, by: "ObservedProperty"),
            pairs("MultiDatastreams", .multiDatastream, "MultiDatastreamObservedProperty", "ObservedProperty", "MultiDatastream"),
        ],
        .observation: [
            STARelation(name: "Datastream", target: .datastream, form: .one(column: "Datastream", isRequired: false)),
            STARelation(name: "MultiDatastream", target: .multiDatastream, form: .one(column: "MultiDatastream", isRequired: false)),
            one("FeatureOfInterest", .feature),
        ],
        .feature: [many("Observations", .observation, by: "FeatureOfInterest")],
    ]

    private static func one(_ name: String, _ target: STAKind) -> STARelation {
        STARelation(name: name, target: target, form: .one(column: name, isRequired: true))
    }

    private static func many(_ name: String, _ target: STAKind, by column: String) -> STARelation {
        STARelation(name: name, target: target, form: .many(column: column))
    }

    private static func pairs(_ name: String, _ target: STAKind, _ table: String, _ own: String, _ theirs: String) -> STARelation {
        STARelation(name: name, target: target, form: .pairs(table: table, own: own, theirs: theirs))
    }
}

extension STAProperty {
    fileprivate static let name = STAProperty(name: "name", form: .text, isRequired: true)
    fileprivate static let description = STAProperty(name: "description", form: .text, isRequired: true)
    fileprivate static let encoding = STAProperty(name: "encodingType", form: .text, isRequired: true)
    fileprivate static let properties = STAProperty(name: "properties", form: .json)
    fileprivate static let observedArea = STAProperty(name: "observedArea", form: .geometry)
    fileprivate static let phenomena = STAProperty(name: "phenomenonTime", form: .period, isComputed: true)
    fileprivate static let results = STAProperty(name: "resultTime", form: .period, isComputed: true)
}
