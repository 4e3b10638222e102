/// What surrounds every page: title, areas, theme, language.
struct Frame {
    let title: String
    let viewer: Viewer
    let words: Words
    let place: String
    let stylesheet: String
    let hasKeys: Bool
    let hasAudit: Bool
    let hasNetworks: Bool
    let hasJobs: Bool
    let hasHome: Bool
    let hasZigbee: Bool
    let hasEnergy: Bool
    let city: CityServices

    /// The fields of the template `frame`.
    var fields: [String: Any] {
        let areas = self.areas
        let here = areas.first { $0.pages.contains { $0.isCurrent } && $0.pages.count > 1 }
        var fields: [String: Any] = [
            "title": title, "language": viewer.language.tag, "stylesheet": stylesheet, "place": place,
            "start": hasHome ? "/home" : "/models", "here": viewer.here,
            "other": ["code": viewer.language.other.rawValue, "name": viewer.language.other.ownName],
            "areas": areas.map(\.fields), "sub": false,
        ]
        if let here { fields["sub"] = here.fields }
        return fields
    }

    private struct Link {
        let href: String
        let icon: String
        let label: String
        let isCurrent: Bool

        var fields: [String: Any] { ["href": href, "icon": icon, "label": label, "current": isCurrent] }
    }

    private struct Area {
        let icon: String
        let label: String
        let pages: [Link]

        var fields: [String: Any] {
            [
                "href": pages[0].href, "icon": icon, "label": label, "current": pages.contains { $0.isCurrent },
                "pages": pages.map(\.fields),
            ]
        }
    }

    private var areas: [Area] {
        var models = [link("/models", "model", "page.models", with: "/add-model"), link("/chat", "chat", "page.chat")]
        if hasNetworks { models.append(link("/networks", "network", "page.networks")) }
        if hasJobs { models.append(link("/training", "chart", "page.training", with: "/new-training")) }
        var areas: [Area] = []
        if hasHome {
            var home = [
                link("/home", "home", "page.rooms", with: "/rooms"), link("/things", "thing", "page.things"),
                link("/rules", "rule", "page.rules", with: "/new-rule"), link("/schedules", "clock", "page.schedules", with: "/holidays"),
                link("/energy", "bolt", "page.energy"), link("/notices", "bell", "page.notices"),
            ]
            if hasZigbee, viewer.caller.mayAdminister { home.append(link("/zigbee", "network", "page.zigbee")) }
            areas.append(Area(icon: "home", label: words("area.home"), pages: home))
        }
        if hasHome { areas.append(Area(icon: "city", label: words("area.city"), pages: cityLinks)) }
        areas.append(Area(icon: "model", label: words("area.models"), pages: models))
        if hasKeys {
            var trust = [link("/people", "people", "page.people"), link("/keys", "key", "page.keys")]
            if hasAudit, viewer.caller.mayAdminister { trust.append(link("/audit", "info", "page.audit")) }
            areas.append(Area(icon: "shield", label: words("area.trust"), pages: trust))
        }
        areas.append(Area(icon: "gear", label: words("area.system"), pages: [link("/settings", "gear", "page.settings", with: "/broker")]))
        return areas
    }

    /// What comes in and how good it is concerns those who administer; a tenant's key finds its own by the address.
    private var cityLinks: [Link] {
        var links = [link("/city", "map", "page.map")]
        if city.streets != nil { links.append(link("/signals", "signal", "page.signals")) }
        if hasEnergy, viewer.caller.mayControl { links.append(link("/district", "bolt", "page.district")) }
        if city.watching != nil || city.deeds != nil { links.append(link("/day", "day", "page.day")) }
        if city.dashboards != nil { links.append(link("/dashboards", "board", "page.dashboards")) }
        if city.forecastsOnRequest != nil { links.append(link("/forecasts", "trend", "page.forecasts")) }
        if city.watching != nil { links.append(link("/alarms", "bell", "page.alarms", with: "/incidents")) }
        if city.zones != nil { links.append(link("/zones", "people", "page.zones")) }
        if city.devices != nil, viewer.caller.mayAdminister { links.append(link("/devices", "thing", "page.devices")) }
        if city.ingest != nil, viewer.caller.mayAdminister {
            links += [link("/quality", "pulse", "page.quality"), link("/ingest", "down", "page.ingest")]
        }
        return links + [link("/query", "ask", "page.query")]
    }

    private func link(_ href: String, _ icon: String, _ key: String, with other: String? = nil) -> Link {
        let isCurrent = [href, other ?? href].contains { viewer.path == $0 || viewer.path.hasPrefix($0 + "/") }
        return Link(href: href, icon: icon, label: words(key), isCurrent: isCurrent)
    }
}
