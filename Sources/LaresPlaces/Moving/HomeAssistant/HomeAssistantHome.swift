internal import LaresJSON
internal import LaresThings

extension HomeAssistantStorage {
    /// The home for an import: its site, its areas, and what people said of things, which are remembered until their devices announce themselves.
    public var home: HomeFile { reading.file }

    /// What has no place in Lares, or couldn't be matched.
    public var remarks: [MovingRemark] { reading.remarks }

    private var reading: HomeAssistantReading { HomeAssistantReading(self) }
}

/// Makes a home of Home Assistant's registries.
private struct HomeAssistantReading {
    private(set) var remarks: [MovingRemark] = []
    private var site: [JSON] = []
    private var areas: [String: Area] = [:]
    private var things: [MovedThing] = []
    private var notes: [MovingRemark.Kind: [String]] = [:]
    private var ids: Set<ThingID> = []

    init(_ storage: HomeAssistantStorage) {
        readSite(storage)
        readAreas(storage)
        readThings(storage)
        notes[.labels] = storage.rows("core.label_registry", "labels").compactMap { $0.plainName("name") }
        notes[.people] = storage.rows("person", "items").compactMap { $0.plainName("name") }
        remarks = MovingRemark.Kind.allCases.compactMap { kind in notes[kind].flatMap { MovingRemark(kind, $0) } }
    }

    var file: HomeFile {
        let areas = areas.values.sorted { $0.id.description < $1.id.description }
        return HomeFile([
            HomeFile.Section("site", .array(site)), HomeFile.Section("areas", .array(areas.map(\.json))),
            HomeFile.Section("things", .array(things.sorted { $0.id < $1.id }.map(\.json))),
        ])
    }

    private mutating func readSite(_ storage: HomeAssistantStorage) {
        let (config, zones) = (storage.data("core.config"), storage.rows("zone", "items"))
        var members = JSON.Members()
        members["name"] = config.plainName("location_name").map { .string($0) }
        members["zone"] = config["time_zone"]
        for place in [config] + zones.filter({ $0["id"] == "home" }) where members["position"] == nil {
            guard let latitude = place["latitude"]?.number, let longitude = place["longitude"]?.number else { continue }
            members["position"] = ["latitude": .double(latitude), "longitude": .double(longitude)]
        }
        for key in ["language", "country", "currency"] { members[key] = config[key] }
        members["units"] = config["unit_system_v2"].map { $0 == "us_customary" ? "customary" : "metric" }
        site = members.filter { $0.value != .null }.map { ["setting": .string($0.key), "value": $0.value] }
        notes[.zones] = zones.filter { $0["id"] != "home" }.compactMap { $0.plainName("name") }
    }

    private mutating func readAreas(_ storage: HomeAssistantStorage) {
        var levels: [String: Int] = [:]
        for floor in storage.rows("core.floor_registry", "floors") {
            guard let id = floor["floor_id"]?.text else { continue }
            levels[id] = floor["level"]?.number.flatMap { Int(exactly: $0) }.flatMap { (-20...200).contains($0) ? $0 : nil }
            if let name = floor.plainName("name") { notes[.floors, default: []].append(name) }
        }
        var taken: Set<AreaID> = []
        for row in storage.rows("core.area_registry", "areas") {
            guard let key = row["id"]?.text, let name = row.plainName("name") else { continue }
            // The id that Lares makes itself of a room's name, so that devices that name their room find it.
            var (id, number) = (AreaID(naming: name), 2)
            while taken.contains(id) { (id, number) = (AreaID(naming: "\(name) \(number)"), number + 1) }
            taken.insert(id)
            areas[key] = Area(id: id, name: name, aliases: row.plainNames("aliases"), level: row["floor_id"]?.text.flatMap { levels[$0] })
        }
    }
}

/// Things.
extension HomeAssistantReading {
    private static let platforms: Set<String> = ["mqtt", "tasmota", "zha", "deconz", "esphome"]

    fileprivate mutating func readThings(_ storage: HomeAssistantStorage) {
        let devices = storage.rows("core.device_registry", "devices").compactMap(HomeAssistantDevice.init)
        let entities = storage.rows("core.entity_registry", "entities").compactMap(HomeAssistantEntity.init)
        let parts = Dictionary(grouping: entities.filter { $0.device != nil }, by: { $0.device ?? "" })
        for device in devices { read(device, parts[device.id] ?? []) }
        let known = Set(devices.map(\.id))
        for entity in entities where entity.device.map({ !known.contains($0) }) ?? true { read(entity) }
    }

    private mutating func read(_ device: HomeAssistantDevice, _ entities: [HomeAssistantEntity]) {
        let name = device.givenName ?? device.name ?? device.id
        let owners = Set(device.identifiers.map(\.domain)).union(entities.map(\.platform))
        guard !owners.isDisjoint(with: Self.platforms) else {
            return notes[.otherIntegrations, default: []].append("\(name) (\(owners.sorted().joined(separator: ", ")))")
        }
        guard !device.isDisabled else { return notes[.disabled, default: []].append(name) }
        let lasting = device.lasting
        guard !lasting.isEmpty else { return notes[.unidentified, default: []].append(name) }
        let shown = entities.filter { !$0.isDisabled && !$0.isHidden && !$0.isSecondary }
        let main = shown.count == 1 ? shown.first : shown.first { $0.ownName == nil }
        var wording = Wording()
        wording.name = device.givenName ?? main?.givenName
        wording.aliases = main?.aliases.filter { $0 != wording.name } ?? []
        let places = Set(shown.map(\.area))
        wording.area = (device.area ?? (places.count == 1 ? places.first ?? nil : nil)).flatMap { areas[$0]?.id }
        let own = main.map { [$0.uniqueID] } ?? []
        for part in shown where !own.contains(part.uniqueID) && (part.givenName != nil || !part.aliases.isEmpty) {
            notes[.parts, default: []].append("\(name): \(([part.givenName].compactMap(\.self) + part.aliases).joined(separator: ", "))")
        }
        add(name, Array(lasting.prefix(64)), wording)
    }

    /// An entity without a device: Lares knows it by the key of its announcement.
    private mutating func read(_ entity: HomeAssistantEntity) {
        let name = entity.givenName ?? entity.ownName ?? entity.uniqueID
        guard entity.platform == "mqtt" else { return }
        guard !entity.isDisabled else { return notes[.disabled, default: []].append(name) }
        var wording = Wording()
        wording.name = entity.givenName
        wording.aliases = entity.aliases.filter { $0 != wording.name }
        wording.area = entity.area.flatMap { areas[$0]?.id }
        add(name, ["homeassistant/\(entity.domain)/\(entity.uniqueID)"], wording)
    }

    /// Who has nothing said of it needs not be remembered.
    private mutating func add(_ name: String, _ identifiers: [String], _ wording: Wording) {
        guard !wording.isEmpty else { return }
        let first = ThingID(naming: name, in: wording.area?.description)
        var (id, number) = (first, 2)
        while !ids.insert(id).inserted { (id, number) = (first.numbered(number), number + 1) }
        things.append(MovedThing(id: id, isKnown: false, identifiers: identifiers, wording: wording))
    }
}
