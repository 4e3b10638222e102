/// The pages there are, by the name of their file in `Pages`.
enum Page: String, Sendable, CaseIterable {
    case home, things, thing, tile, schedules, times, holidays, rules, rule, models, model, add, confirm,
        chat, settings, keys, problem, networks, network,
        version,
        training, job,
        recipe, energy, people, person, confirmations, asked, asking, notices, channel, recipient, faults, welcome, zigbee, moving, audit,
        broker, rooms,
        dashboards, dashboard, alarms, alarm, incident, forecasts, quality, letters, letter, ingest, query, city, signals, signal, day,
        district, zones, devices
    case dashboardEdit = "dashboard-edit"
    case dashboardPanel = "dashboard-panel"
    case signIn = "sign-in"
    case `try`
    case newTraining = "new-training"
    case trainingForm = "training-form"
    /// Parts of pages.
    case frame, rows, state, trouble, offline, dialog, facts, curve, losses, limits
    case history, states, panel, lines, deeds
    case cityPanel = "city-panel"
    case junctionRows = "junction-rows"
    case signalNow = "signal-now"
    case signalAct = "signal-act"
    case signalTrust = "signal-trust"
    case districtNow = "district-now"
    case districtCharts = "district-charts"
    case dayWaiting = "day-waiting"
    case dayCounts = "day-counts"
    case alarmLine = "alarm-line"
    case alarmRows = "alarm-rows"
    case forecastChart = "forecast-chart"
    case ingestRates = "ingest-rates"
    case seriesFind = "series-find"
    case zigbeeBridges = "zigbee-bridges"
    case zigbeeDevice = "zigbee-device"
    case zigbeeGroup = "zigbee-group"
    case zigbeeRemove = "zigbee-remove"
    case energyChart = "energy-chart"
    case energyControl = "energy-control"
    case planChart = "plan-chart"
    case newRule = "new-rule"
    case ruleEditor = "rule-editor"
    case ruleParts = "rule-parts"
    case ruleTrial = "rule-trial"
    case thingRows = "thing-rows"
    case thingProperties = "thing-properties"
    case confirmThing = "confirm-thing"
    case confirmSignature = "confirm-signature"
    case confirmPIN = "confirm-pin"
    case ownPIN = "own-pin"
    case networkRows = "network-rows"
    case trainingRows = "training-rows"
    case jobActs = "job-acts"
    case jobProgress = "job-progress"
    case jobLog = "job-log"
    case jobResults = "job-results"
}
