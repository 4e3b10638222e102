import LaresJSON

/// What the core `@context` of NGSI-LD v1.8 (ETSI GS CIM 009 annex B) says: its terms and what they stand for.
enum CoreTerms {
    /// The address of the version that Lares answers with.
    static let address = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"
    /// What names of its own namespace begin with.
    static let base = "https://uri.etsi.org/ngsi-ld/"
    /// What a name that no term is known for becomes part of.
    static let vocabulary = base + "default-context/"
    static let geoJSON = "https://purl.org/geojson/vocab#"

    /// Whether an address is one of the core context, of a version that there was.
    static func isCore(_ address: String) -> Bool {
        let prefix = base + "v1/ngsi-ld-core-context"
        guard address.hasPrefix(prefix) || address.hasPrefix("http" + prefix.dropFirst(5)), address.hasSuffix(".jsonld") else {
            return false
        }
        let version = address.dropFirst(address.hasPrefix("https") ? prefix.count : prefix.count - 1).dropLast(7)
        return version.isEmpty
            || ["-v1.0", "-v1.1", "-v1.2", "-v1.3", "-v1.4", "-v1.5", "-v1.6", "-v1.7", "-v1.8", "-v1.9"].contains(version)
    }

    /// Terms that stand for `ngsi-ld:` with their own name.
    static let plain = """
        Attribute AttributeList ContextSourceIdentity ContextSourceNotification ContextSourceRegistration Date DateTime EntityType \
        EntityTypeInfo EntityTypeList GeoProperty JsonProperty LanguageProperty ListProperty ListRelationship Notification Property \
        Relationship Subscription TemporalProperty Time VocabProperty accept attributeCount attributeDetails attributeList attributeName \
        attributeNames attributeTypes attributes attrs avg cacheDuration containedBy contextSourceAlias contextSourceExtras \
        contextSourceInfo contextSourceTimeAt contextSourceUptime cooldown createdAt csf data dataset datasetId datasetIdFilter deletedAt \
        description detail distinctCount endAt endTimeAt endpoint entities entity entityCount entityId entityList entityMap error errors \
        expiresAt format geoQ geoproperty georel idPattern information instanceId isActive join joinLevel jsonldContext key lang \
        lastFailure lastNotification lastSuccess linkedMaps localOnly location management managementInterval max min mode modifiedAt \
        notification notificationTrigger notifiedAt notifierInfo notUpdated objectType observationInterval observationSpace observedAt \
        omit operationSpace operations pick properties propertyNames provider q reason receiverInfo refreshRate registrationId \
        registrationName relationshipNames relationships scope scopeQ showChanges sortOrder startAt status stddev subscriptionId \
        subscriptionName success sum sumsq sysAttrs temporalQ tenant throttling timeAt timeInterval timeout timeproperty timerel \
        timesFailed timesSent title totalCount triggerReason typeList typeName typeNames unchanged unitCode updated uri value valueType \
        watchedAttributes
        """.split(separator: " ").map(String.init)

    /// Terms that stand for `ngsi-ld:` with another name.
    static let renamed: [String: String] = [
        "value": "hasValue", "values": "hasValues", "object": "hasObject", "objects": "hasObjects", "objectList": "hasObjectList",
        "objectLists": "hasObjectLists", "valueList": "hasValueList", "valueLists": "hasValueLists", "languageMap": "hasLanguageMap",
        "languageMaps": "hasLanguageMaps", "json": "hasJSON", "jsons": "hasJSONs", "vocab": "hasVocab", "vocabs": "hasVocabs",
        "previousValue": "hasPreviousValue", "previousObject": "hasPreviousObject", "previousLanguageMap": "hasPreviousLanguageMap",
        "previousJson": "hasPreviousJson", "previousVocab": "hasPreviousVocab", "previousValueList": "hasPreviousValueList",
        "previousObjectList": "hasPreviousObjectList",
    ]

    /// Terms of GeoJSON.
    static let geographic = [
        "Feature", "FeatureCollection", "GeometryCollection", "LineString", "MultiLineString", "MultiPoint", "MultiPolygon", "Point",
        "Polygon", "bbox", "coordinates", "features", "geometry",
    ]

    /// Every term with its IRI.
    static let terms: [String: String] = {
        var terms = ["ngsi-ld": base, "geojson": geoJSON, "id": "@id", "type": "@type"]
        for name in plain { terms[name] = base + name }
        for (name, other) in renamed { terms[name] = base + other }
        for name in geographic { terms[name] = geoJSON + name }
        return terms
    }()

    /// The core context as a document.
    static let document: JSON = {
        var members = JSON.Members()
        for (name, iri) in terms.sorted(by: { $0.key < $1.key }) { members.append(name, .string(iri)) }
        members.append("@vocab", .string(vocabulary))
        return ["@context": .object(members)]
    }()
}
