/// Written from the countries' laws: in Germany article 2 of the Unification Treaty and the states' laws on Sundays and holidays, in Austria the
/// Feiertagsruhegesetz, in France article L3133-1 of the Code du travail, in Italy law 260/1949 with its changes, in Poland the law of 18 January
/// 1951, in the United States 5 U.S.C. 6103, in England and Wales the Banking and Financial Dealings Act 1971 and the proclamations by it, and the like. A
/// test holds every day against the Python package `holidays`. Left out are countries whose days differ by province, state or town more than they
/// agree (Canada, Australia).
extension PublicHoliday {
    /// Countries by ISO 3166-1, states of Germany by ISO 3166-2; lower case.
    static let countries: [String: [PublicHoliday]] = Dictionary(
        uniqueKeysWithValues: states.map { ($0, germany + $1) } + others)

    private static let germany: [PublicHoliday] = [
        .date(1, 1, "Neujahr"), .easter(-2, "Karfreitag"), .easter(1, "Ostermontag"), .date(5, 1, "Tag der Arbeit"),
        .easter(39, "Christi Himmelfahrt"), .easter(50, "Pfingstmontag"), .date(10, 3, "Tag der Deutschen Einheit"),
        .date(12, 25, "Erster Weihnachtstag"), .date(12, 26, "Zweiter Weihnachtstag"),
    ]
    private static let epiphany = date(1, 6, "Heilige Drei Könige")
    private static let corpusChristi = easter(60, "Fronleichnam")
    private static let assumption = date(8, 15, "Mariä Himmelfahrt")
    private static let reformation = date(10, 31, "Reformationstag")
    private static let allSaints = date(11, 1, "Allerheiligen")

    private static let berlin: [PublicHoliday] = [
        .date(3, 8, "Internationaler Frauentag"), .date(5, 8, "Tag der Befreiung", in: 2020...2020),
        .date(5, 8, "Tag der Befreiung", in: 2025...2025), .date(6, 17, "Jahrestag des Aufstandes von 1953", in: 2028...2028),
    ]

    /// What the states have beside the days of the whole country.
    private static let states: [(String, [PublicHoliday])] = [
        ("de", []),
        ("de-bw", [epiphany, corpusChristi, allSaints]),
        ("de-by", [epiphany, corpusChristi, allSaints]),
        ("de-be", berlin),
        ("de-bb", [.easter(0, "Ostersonntag"), .easter(49, "Pfingstsonntag"), reformation]),
        ("de-hb", [reformation]),
        ("de-hh", [reformation]),
        ("de-he", [corpusChristi]),
        ("de-mv", [.date(3, 8, "Internationaler Frauentag", in: 2023...known.upperBound), reformation]),
        ("de-ni", [reformation]),
        ("de-nw", [corpusChristi, allSaints]),
        ("de-rp", [corpusChristi, allSaints]),
        ("de-sl", [corpusChristi, assumption, allSaints]),
        ("de-sn", [reformation, .first(.wednesday, from: 11, 16, "Buß- und Bettag")]),
        ("de-st", [epiphany, reformation]),
        ("de-sh", [reformation]),
        ("de-th", [.date(9, 20, "Weltkindertag"), reformation]),
    ]

    private static let others: [(String, [PublicHoliday])] = [
        ("at", austria), ("be", belgium), ("ch", switzerland), ("cn", china), ("cz", czechia), ("dk", denmark), ("es", spain),
        ("fr", france), ("gb", englandAndWales), ("it", italy), ("lu", luxembourg), ("nl", netherlands + liberation), ("no", norway),
        ("pl", poland),
        ("pt", portugal), ("se", sweden), ("us", unitedStates),
    ]

    private static let austria: [PublicHoliday] = [
        .date(1, 1, "Neujahr"), epiphany, .easter(1, "Ostermontag"), .date(5, 1, "Staatsfeiertag"), .easter(39, "Christi Himmelfahrt"),
        .easter(50, "Pfingstmontag"), corpusChristi, assumption, .date(10, 26, "Nationalfeiertag"), allSaints,
        .date(12, 8, "Mariä Empfängnis"), .date(12, 25, "Christtag"), .date(12, 26, "Stefanitag"),
    ]
    private static let belgium: [PublicHoliday] = [
        .date(1, 1, "Nieuwjaar"), .easter(0, "Pasen"), .easter(1, "Paasmaandag"), .date(5, 1, "Dag van de Arbeid"),
        .easter(39, "O. L. H. Hemelvaart"), .easter(49, "Pinksteren"), .easter(50, "Pinkstermaandag"),
        .date(7, 21, "Nationale feestdag"), .date(8, 15, "O. L. V. Hemelvaart"), .date(11, 1, "Allerheiligen"),
        .date(11, 11, "Wapenstilstand"), .date(12, 25, "Kerstmis"),
    ]
    private static let czechia: [PublicHoliday] = [
        .date(1, 1, "Den obnovy samostatného českého státu"), .easter(-2, "Velký pátek"), .easter(1, "Velikonoční pondělí"),
        .date(5, 1, "Svátek práce"), .date(5, 8, "Den vítězství"), .date(7, 5, "Den slovanských věrozvěstů Cyrila a Metoděje"),
        .date(7, 6, "Den upálení mistra Jana Husa"), .date(9, 28, "Den české státnosti"),
        .date(10, 28, "Den vzniku samostatného československého státu"), .date(11, 17, "Den boje za svobodu a demokracii"),
        .date(12, 24, "Štědrý den"), .date(12, 25, "1. svátek vánoční"), .date(12, 26, "2. svátek vánoční"),
    ]
    private static let denmark: [PublicHoliday] = [
        .date(1, 1, "Nytårsdag"), .easter(-3, "Skærtorsdag"), .easter(-2, "Langfredag"), .easter(0, "Påskedag"), .easter(1, "2. påskedag"),
        .easter(26, "Store bededag", in: known.lowerBound...2023), .easter(39, "Kristi himmelfartsdag"), .easter(49, "Pinsedag"),
        .easter(50, "2. pinsedag"), .date(12, 25, "Juledag"), .date(12, 26, "2. juledag"),
    ]
    /// Scotland and Northern Ireland have others.
    private static let englandAndWales = english.map { $0.on(weekends: .nextWorkday) }
    private static let english: [PublicHoliday] = [
        .date(1, 1, "New Year's Day"), .easter(-2, "Good Friday"), .easter(1, "Easter Monday"),
        .date(5, 8, "Early May bank holiday", in: 2020...2020),
        .first(.monday, from: 5, 1, "Early May bank holiday", in: 2021...known.upperBound),
        .date(5, 8, "Coronation of King Charles III", in: 2023...2023),
        .first(.monday, from: 5, 25, "Spring bank holiday", in: 2020...2021), .date(6, 2, "Spring bank holiday", in: 2022...2022),
        .first(.monday, from: 5, 25, "Spring bank holiday", in: 2023...known.upperBound),
        .date(6, 3, "Platinum Jubilee of Elizabeth II", in: 2022...2022), .first(.monday, from: 8, 25, "Summer bank holiday"),
        .date(9, 19, "State Funeral of Queen Elizabeth II", in: 2022...2022), .date(12, 25, "Christmas Day"),
        .date(12, 26, "Boxing Day"),
    ]
    private static let france: [PublicHoliday] = [
        .date(1, 1, "Jour de l'an"), .easter(1, "Lundi de Pâques"), .date(5, 1, "Fête du Travail"), .date(5, 8, "Victoire de 1945"),
        .easter(39, "Ascension"), .easter(50, "Lundi de Pentecôte"), .date(7, 14, "Fête nationale"), .date(8, 15, "Assomption"),
        .date(11, 1, "Toussaint"), .date(11, 11, "Armistice"), .date(12, 25, "Noël"),
    ]
    private static let italy: [PublicHoliday] = [
        .date(1, 1, "Capodanno"), .date(1, 6, "Epifania"), .easter(0, "Pasqua"), .easter(1, "Lunedì dell'Angelo"),
        .date(4, 25, "Festa della Liberazione"), .date(5, 1, "Festa dei lavoratori"), .date(6, 2, "Festa della Repubblica"),
        .date(8, 15, "Assunzione"), .date(10, 4, "San Francesco d'Assisi", in: 2026...known.upperBound), .date(11, 1, "Ognissanti"),
        .first(.sunday, from: 11, 1, "Giornata dell'Unità nazionale"), .date(12, 8, "Immacolata Concezione"), .date(12, 25, "Natale"),
        .date(12, 26, "Santo Stefano"),
    ]
    private static let luxembourg: [PublicHoliday] = [
        .date(1, 1, "Neijoerschdag"), .easter(1, "Ouschterméindeg"), .date(5, 1, "Dag vun der Aarbecht"), .date(5, 9, "Europadag"),
        .easter(39, "Christi Himmelfaart"), .easter(50, "Péngschtméindeg"), .date(6, 23, "Nationalfeierdag"),
        .date(8, 15, "Léiffrawëschdag"), .date(11, 1, "Allerhellgen"), .date(12, 25, "Chrëschtdag"), .date(12, 26, "Stiefesdag"),
    ]
    private static let netherlands: [PublicHoliday] = [
        .date(1, 1, "Nieuwjaarsdag"), .easter(-2, "Goede Vrijdag"), .easter(0, "Eerste paasdag"), .easter(1, "Tweede paasdag"), king,
        .easter(39, "Hemelvaartsdag"), .easter(49, "Eerste pinksterdag"), .easter(50, "Tweede pinksterdag"),
        .date(12, 25, "Eerste kerstdag"), .date(12, 26, "Tweede kerstdag"),
    ]
    private static let king = date(4, 27, "Koningsdag").on(weekends: .neverSunday)
    /// A day off in every fifth year.
    private static let liberation = stride(from: 2020, through: known.upperBound, by: 5).map { date(5, 5, "Bevrijdingsdag", in: $0...$0) }
    private static let norway: [PublicHoliday] = [
        .date(1, 1, "Første nyttårsdag"), .easter(-3, "Skjærtorsdag"), .easter(-2, "Langfredag"), .easter(0, "Første påskedag"),
        .easter(1, "Andre påskedag"), .date(5, 1, "Arbeidernes dag"), .date(5, 17, "Grunnlovsdagen"), .easter(39, "Kristi himmelfartsdag"),
        .easter(49, "Første pinsedag"), .easter(50, "Andre pinsedag"), .date(12, 25, "Første juledag"), .date(12, 26, "Andre juledag"),
    ]
    private static let poland: [PublicHoliday] = [
        .date(1, 1, "Nowy Rok"), .date(1, 6, "Święto Trzech Króli"), .easter(0, "Wielkanoc"), .easter(1, "Poniedziałek Wielkanocny"),
        .date(5, 1, "Święto Państwowe"), .date(5, 3, "Święto Narodowe Trzeciego Maja"), .easter(49, "Zielone Świątki"),
        .easter(60, "Boże Ciało"), .date(8, 15, "Wniebowzięcie NMP"), .date(11, 1, "Wszystkich Świętych"),
        .date(11, 11, "Narodowe Święto Niepodległości"), .date(12, 24, "Wigilia Bożego Narodzenia", in: 2025...known.upperBound),
        .date(12, 25, "Boże Narodzenie"), .date(12, 26, "Drugi dzień Bożego Narodzenia"),
    ]
    private static let portugal: [PublicHoliday] = [
        .date(1, 1, "Ano Novo"), .easter(-2, "Sexta-feira Santa"), .easter(0, "Páscoa"), .date(4, 25, "Dia da Liberdade"),
        .date(5, 1, "Dia do Trabalhador"), .easter(60, "Corpo de Deus"), .date(6, 10, "Dia de Portugal"), .date(8, 15, "Assunção"),
        .date(10, 5, "Implantação da República"), .date(11, 1, "Todos os Santos"), .date(12, 1, "Restauração da Independência"),
        .date(12, 8, "Imaculada Conceição"), .date(12, 25, "Natal"),
    ]
    /// Those of the whole country, of which a community may replace some, or move them off a Sunday.
    private static let spain: [PublicHoliday] = [
        .date(1, 1, "Año Nuevo"), .date(1, 6, "Epifanía del Señor"), .easter(-2, "Viernes Santo"), .date(5, 1, "Fiesta del Trabajo"),
        .date(8, 15, "Asunción de la Virgen"), .date(10, 12, "Fiesta Nacional de España"), .date(11, 1, "Todos los Santos"),
        .date(12, 6, "Día de la Constitución Española"), .date(12, 8, "Inmaculada Concepción"), .date(12, 25, "Navidad"),
    ]
    private static let sweden: [PublicHoliday] = [
        .date(1, 1, "Nyårsdagen"), .date(1, 6, "Trettondedag jul"), .easter(-2, "Långfredagen"), .easter(0, "Påskdagen"),
        .easter(1, "Annandag påsk"), .date(5, 1, "Första maj"), .easter(39, "Kristi himmelsfärds dag"), .easter(49, "Pingstdagen"),
        .date(6, 6, "Sveriges nationaldag"), .first(.saturday, from: 6, 20, "Midsommardagen"),
        .first(.saturday, from: 10, 31, "Alla helgons dag"),
        .date(12, 25, "Juldagen"), .date(12, 26, "Annandag jul"),
    ]
    /// Those that all cantons share.
    private static let switzerland: [PublicHoliday] = [
        .date(1, 1, "Neujahr"), .easter(39, "Auffahrt"), .date(8, 1, "Bundesfeier"), .date(12, 25, "Weihnachten"),
    ]
    /// Of the federation.
    private static let unitedStates = federal.map { $0.on(weekends: .nearestWorkday) }
    private static let federal: [PublicHoliday] = [
        .date(1, 1, "New Year's Day"), .first(.monday, from: 1, 15, "Martin Luther King Jr. Day"),
        .first(.monday, from: 2, 15, "Washington's Birthday"), .first(.monday, from: 5, 25, "Memorial Day"),
        .date(6, 19, "Juneteenth National Independence Day", in: 2021...known.upperBound), .date(7, 4, "Independence Day"),
        .first(.monday, from: 9, 1, "Labor Day"), .first(.monday, from: 10, 8, "Columbus Day"), .date(11, 11, "Veterans Day"),
        .first(.thursday, from: 11, 22, "Thanksgiving Day"), .date(12, 25, "Christmas Day"),
    ]
}
