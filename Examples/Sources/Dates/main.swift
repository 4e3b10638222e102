// A translator of dates: people write them in many ways, and a network that has only seen examples writes them as ISO 8601 does.
import Foundation
import LaresLanguage
import LaresNeural
import LaresTensor

let months = "January February March April May June July August September October November December".split(separator: " ").map(String.init)

/// A day between 1900 and 2099, as somebody may write it, and as ISO 8601 does.
func example(using random: inout SeededRandom) -> (text: String, iso: String) {
    let year = Int.random(in: 1900...2099, using: &random), month = Int.random(in: 1...12, using: &random)
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let day = Int.random(in: 1...[31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1], using: &random)
    let name = months[month - 1], short = String(name.prefix(3))
    let ending = (11...13).contains(day) ? "th" : [1: "st", 2: "nd", 3: "rd"][day % 10] ?? "th"
    let two = { (number: Int) in (number < 10 ? "0" : "") + String(number) }
    let forms = [
        "\(day) \(name) \(year)", "\(name) \(day), \(year)", "\(name) \(day)\(ending), \(year)", "the \(day)\(ending) of \(name) \(year)",
        "\(day). \(short) \(year)", "\(short) \(two(day)) \(year)", "\(two(day)).\(two(month)).\(year)", "\(year)年\(month)月\(day)日",
    ]
    let form = forms[Int.random(in: 0..<forms.count, using: &random)]
    return (Bool.random(using: &random) ? form : form.lowercased(), "\(year)-\(two(month))-\(two(day))")
}

/// A text as characters.
func letters(_ text: String) -> [String] { text.map(String.init) }

var random = SeededRandom(seed: 8)
let examples = (0..<20000).map { _ in example(using: &random) }
let source = SymbolTable(of: examples.lazy.map { letters($0.text) }), target = SymbolTable(of: examples.lazy.map { letters($0.iso) })
let numbers: [(source: [Int32], target: [Int32])] = examples.compactMap { example in
    guard let text = source.encode(letters(example.text)), let iso = target.encode(letters(example.iso)) else { return nil }
    return (text, iso)
}
let pairs = SequencePairs(numbers)

var model = RecurrentTranslator<LSTM>(source.count, target.count, width: 64, using: &random)
var optimizer = Adam()
var curve = LossCurve()
let epochs = 4, schedule = Schedule.cosine(5e-3, to: 1e-4, over: epochs * pairs.count / 64)
for _ in 0..<epochs {
    for batch in pairs.batches(of: 64, shuffledBy: &random) {
        let (loss, gradient) = valueAndGradient(at: model) { $0.loss(batch) }
        optimizer.learningRate = schedule.rate(at: optimizer.state.steps)
        optimizer.update(&model, along: gradient.clipped(toNorm: 1))
        curve.append(loss)
    }
}
print("loss \(curve.bars()) \(curve.recent())")

let seen = Set(examples.map(\.text))
let unseen = (0..<1500).map { _ in example(using: &random) }.filter { !seen.contains($0.text) }
func translate(_ text: String, by model: some Translator) -> String {
    guard let numbers = source.encode(letters(text)) else { return "?" }
    return target.decode(model.translate([numbers], beams: 2, longest: 12)[0]).joined()
}
for text in ["the 4th of July 1976", "29. Feb 2024", "2026年11月24日"] { print(text, "→", translate(text, by: model)) }
let right = unseen.count { translate($0.text, by: model) == $0.iso }
print("\(right) of \(unseen.count) dates it hasn't seen are right")
guard Double(right) > 0.99 * Double(unseen.count) else { fatalError("it hasn't learnt to read dates") }
