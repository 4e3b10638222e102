import Foundation
public import Hummingbird
public import LaresAccess
public import LaresPlaces
public import LaresServing
public import LaresThings

/// What the console has to know of the server it belongs to.
public struct ConsoleSettings: Sendable {
    /// The name of the place, in the corner of every page.
    public var place: String
    /// The version of Lares.
    public var version: String
    /// Whether the server speaks TLS.
    public var isSecure: Bool
    /// Whether others than this machine can reach the server.
    public var isShared: Bool
    /// Whether requests need a key.
    public var asksForKey: Bool
    /// The most bytes of data to train with that are sent at once.
    public var uploadLimit: Int

    /// What a place is called of which nobody said.
    static let usualPlace = "Lares"

    /// Settings of a server on loopback unless said otherwise.
    public init(
        place: String = "Lares", version: String, isSecure: Bool = false, isShared: Bool = false, asksForKey: Bool = false,
        uploadLimit: Int = 64 << 20
    ) {
        self.place = place
        self.version = version
        self.isSecure = isSecure
        self.isShared = isShared
        self.asksForKey = asksForKey
        self.uploadLimit = uploadLimit
    }
}

/// The web pages: finished HTML from the server, which small scripts make live.
///
///     let console = try Console(client: serving, settings: .init(version: "0.1.0"), store: store, keys: keys)
///     console.addRoutes(to: router)
public struct Console: Sendable {
    let client: any ModelClient
    let settings: ConsoleSettings
    let store: ModelStore?
    let keys: KeyStore?
    let networks: NetworkServing?
    let jobs: TrainingJobs?
    let home: HomeServices?
    let automations: Automations?
    /// What is wrong with sensors; nil: nobody looks.
    var sensing: Sensing?
    let times: Timekeeper?
    /// What acts on the energy of the home; without it its page is absent.
    let energy: EnergyServices?
    let people: People?
    let guardian: HomeGuard?
    let audit: AuditLog?
    /// What serves a city; the pages of what is nil are absent.
    let city: CityServices
    let assets: AssetLibrary
    let pages: PageLibrary

    /// Reads and checks every page, text and style.
    ///
    /// - Parameters:
    ///   - client: The models.
    ///   - settings: What the pages say of the server.
    ///   - store: Where models are added and removed; without it the pages have neither.
    ///   - keys: The keys of this server; without it there is no page for them and no signing in.
    ///   - networks: The trained networks; without them their pages are absent.
    ///   - jobs: The trainings; without them their pages are absent.
    ///   - home: The home; without it its pages are absent.
    ///   - automations: Its rules; without them their pages are absent.
    ///   - sensing: What is wrong with sensors; without it no page says so.
    ///   - times: Its timers and what waits; without it their page is absent.
    ///   - energy: What acts on its energy; without it its page is absent.
    ///   - people: Who lives here; without it their pages are absent.
    ///   - guardian: Judges what is dangerous; without it nothing of that is done.
    ///   - audit: Where it is written who added, removed, made and revoked what.
    ///   - city: What serves a city; without the home its pages are absent.
    /// - Throws: ``ConsoleError`` naming the file that is missing or wrong.
    public init(
        client: any ModelClient, settings: ConsoleSettings, store: ModelStore? = nil, keys: KeyStore? = nil,
        networks: NetworkServing? = nil, jobs: TrainingJobs? = nil, home: HomeServices? = nil,
        automations: Automations? = nil, sensing: Sensing? = nil, times: Timekeeper? = nil, energy: EnergyServices? = nil,
        people: People? = nil, guardian: HomeGuard? = nil, audit: AuditLog? = nil, city: CityServices = CityServices()
    ) throws {
        self.client = client
        self.settings = settings
        self.store = store
        self.keys = keys
        self.networks = networks
        self.jobs = jobs
        self.home = home
        self.automations = automations
        self.sensing = sensing
        self.times = times
        self.energy = energy
        self.people = people
        self.guardian = guardian
        self.audit = audit
        self.city = city
        assets = try AssetLibrary(folder: Resources.folder.appending(path: "Assets"))
        pages = try PageLibrary(folder: Resources.folder.appending(path: "Pages"), assets: assets)
    }

    /// Adds the pages and what belongs to them.
    public func addRoutes(to router: Router<LaresContext>) {
        let start = home == nil ? "/models" : "/home"
        let welcome = home.map { home in
            WelcomePages(console: self, services: home, zone: automations?.site.zone.identifier ?? TimeZone.current.identifier)
        }
        router.get("/") { request, context in
            Response.redirect(to: try welcome?.isFirst(request, context) == true ? "/welcome" : start)
        }
        router.get("/assets/:hash/:name", use: asset)
        addModelRoutes(to: router)
        addChatRoutes(to: router)
        addSettingsRoutes(to: router)
        if store != nil { addStoreRoutes(to: router) }
        if let home { HomePages(console: self, services: home, scenes: automations?.scenes).addRoutes(to: router) }
        if let home, let automations { RulePages(console: self, automations: automations, services: home).addRoutes(to: router) }
        if let home, let automations { SchedulePages(console: self, automations: automations, home: home.home).addRoutes(to: router) }
        if let home, let automations { HolidayPages(console: self, automations: automations, services: home).addRoutes(to: router) }
        if let home, let times { TimePages(console: self, times: times, home: home.home).addRoutes(to: router) }
        if let home, let automations { EnergyPages(console: self, services: home, automations: automations).addRoutes(to: router) }
        if let home, let energy { EnergyControlPages(console: self, services: home, energy: energy).addRoutes(to: router) }
        if let home, let guardian { ConfirmationPages(console: self, home: home.home, guardian: guardian).addRoutes(to: router) }
        if let automations { NoticePages(console: self, automations: automations).addRoutes(to: router) }
        if let home { ZigbeePages(console: self, home: home.home).addRoutes(to: router) }
        if let audit { AuditPages(console: self, audit: audit).addRoutes(to: router) }
        if let home { BrokerPages(console: self, services: home).addRoutes(to: router) }
        if let home { MovingPages(console: self, services: home).addRoutes(to: router) }
        if let home { RoomPages(console: self, services: home).addRoutes(to: router) }
        if let home { CityPages(console: self, services: home).addRoutes(to: router) }
        welcome?.addRoutes(to: router)
        if let networks { NetworkPages(console: self, networks: networks).addRoutes(to: router) }
        if let jobs { TrainingPages(console: self, jobs: jobs).addRoutes(to: router) }
        if let people { PeoplePages(console: self, people: people, policies: guardian?.policies).addRoutes(to: router) }
        if keys != nil {
            addKeyRoutes(to: router)
            addSignInRoutes(to: router)
        }
        router.get("**", use: nothing)
    }

    /// People get a page, programs the usual error.
    @Sendable private func nothing(_ request: Request, _ context: LaresContext) throws -> Response {
        let isProgram = ["/v1/", "/v2/", "/lares/"].contains { request.uri.path.hasPrefix($0) }
        guard !isProgram, request.headers[.accept]?.contains("text/html") == true else { throw HTTPError(.notFound) }
        return try missingPage(request, context)
    }

    /// The page for an address that has none (404), for people.
    func missingPage(_ request: Request, _ context: LaresContext) throws -> Response {
        try problem("problem.missing", viewer: viewer(request, context), status: .notFound)
    }

    /// The name of the place: as said at the start, else as its people call it.
    var place: String {
        guard settings.place == ConsoleSettings.usualPlace, let name = try? home?.store.site().name else { return settings.place }
        return name.printable
    }

    func viewer(_ request: Request, _ context: LaresContext) -> Viewer { Viewer(request, context, isSecure: settings.isSecure) }

    /// Numbers and times in a reader's language; times are those of the place.
    func amount(_ viewer: Viewer) -> Amount {
        Amount(words(viewer), timeZone: automations.flatMap { TimeZone(identifier: $0.site.zone.identifier) } ?? .current)
    }

    func words(_ viewer: Viewer) -> Words { pages.words[viewer.language] ?? Words(viewer.language) }
}
