import LaresJSON

/// What the demonstrations of the home and of the city say of energy alike.
enum DemoEnergy {
    /// Where its control is set up.
    static let path = "/lares/v1/energy/control"
    /// Dear in the evening, cheap at night.
    static let tariff: JSON = [
        "currency": "EUR",
        "tariffs": [
            [
                "from": "2020-01-01", "kind": "time_of_use", "otherwise": 0.24, "feed_in": 0.08,
                "blocks": [["from": "17:00", "to": "21:00", "price": 0.46], ["from": "00:00", "to": "06:00", "price": 0.18]],
            ]
        ],
    ]
}
