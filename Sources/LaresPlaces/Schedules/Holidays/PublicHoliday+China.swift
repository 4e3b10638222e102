/// China's public holidays, by the State Council's regulation of 2013 and, from 2025 on, as changed in 2024.
///
/// Which weekends are worked so that holidays grow longer is decreed for one year at a time: those days aren't here, and come as an iCalendar file.
///
/// Three festivals are days of the lunar calendar, the fourth is the day on which the sun reaches 15°. They are a table, made by
/// `scripts/golden/public_holidays.py` and checked there against new moons and the sun in China's time: ICU's own Chinese calendar needs tables of
/// its version and takes milliseconds for each year.
extension PublicHoliday {
    /// A day that the moon or the sun decides about.
    enum Festival: Sendable {
        /// The first day of the lunar year.
        case spring
        /// Tomb Sweeping.
        case qingming
        /// The fifth day of the fifth month.
        case dragonBoat
        /// The fifteenth day of the eighth month.
        case midAutumn

        /// Its day in a year; nil outside ``PublicHoliday/known``.
        func day(in year: Int) -> CalendarDay? {
            guard PublicHoliday.known.contains(year) else { return nil }
            let row = Self.days[year - PublicHoliday.known.lowerBound]
            let day =
                switch self {
                case .spring: row.spring
                case .qingming: row.qingming
                case .dragonBoat: row.dragonBoat
                case .midAutumn: row.midAutumn
                }
            return CalendarDay(year: year, month: day / 100, day: day % 100)
        }

        /// Month and day, 125 being 25 January, from 2020 on.
        private static let days: [(spring: Int, qingming: Int, dragonBoat: Int, midAutumn: Int)] = [
            (125, 404, 625, 1001), (212, 404, 614, 921), (201, 405, 603, 910), (122, 405, 622, 929), (210, 404, 610, 917),
            (129, 404, 531, 1006), (217, 405, 619, 925), (206, 405, 609, 915), (126, 404, 528, 1003), (213, 404, 616, 922),
            (203, 405, 605, 912), (123, 405, 624, 1001), (211, 404, 612, 919), (131, 404, 601, 908), (219, 405, 620, 927),
            (208, 405, 610, 916), (128, 404, 530, 1004), (215, 404, 618, 924), (204, 405, 607, 913), (124, 405, 527, 1002),
            (212, 404, 614, 920), (201, 404, 603, 910), (122, 404, 622, 928), (210, 405, 611, 917), (130, 404, 531, 1005),
            (217, 404, 619, 925), (206, 404, 608, 915), (126, 405, 529, 1004), (214, 404, 615, 922), (202, 404, 604, 911),
            (123, 404, 623, 930),
        ]
    }

    static let china: [PublicHoliday] = [
        .date(1, 1, "元旦"), .festival(.spring, -1, "除夕", in: 2025...known.upperBound), .festival(.spring, 0, "春节"),
        .festival(.spring, 1, "春节"), .festival(.spring, 2, "春节"), .festival(.qingming, 0, "清明节"), .date(5, 1, "劳动节"),
        .date(5, 2, "劳动节", in: 2025...known.upperBound), .festival(.dragonBoat, 0, "端午节"), .date(10, 1, "国庆节"),
        .date(10, 2, "国庆节"), .date(10, 3, "国庆节"), .festival(.midAutumn, 0, "中秋节"),
    ]
}
