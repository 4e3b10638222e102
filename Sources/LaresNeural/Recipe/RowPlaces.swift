/// Rows that are learned from, by their places in the table: of a mixture the part that one file gave.
struct RowPlaces: Dataset {
    let rows: [Int]

    var count: Int { rows.count }

    func batch(_ places: [Int]) -> [Int] { places.map { rows[$0] } }

    /// The rows of each file; `ends` are the places behind its last row.
    static func parts(of rows: [Int], endingAt ends: [Int], _ files: [String]) throws(RecipeError) -> [RowPlaces] {
        var (parts, start): ([RowPlaces], Int) = ([], 0)
        for (file, end) in zip(files, ends) {
            let part = RowPlaces(rows: rows.filter { (start..<end).contains($0) })
            guard part.count > 0 else { throw RecipeError(.data, "the split leaves no rows of '\(file)' to learn from") }
            parts.append(part)
            start = end
        }
        return parts
    }
}
