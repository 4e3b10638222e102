/// Arithmetic on sizes that come from outside: what doesn't fit an `Int` becomes `Int.max`, which fits no budget.
enum Bytes {
    static func sum(_ sizes: [Int]) -> Int {
        sizes.reduce(0) { sum, size in
            let (next, overflow) = sum.addingReportingOverflow(max(0, size))
            return overflow ? .max : next
        }
    }

    static func product(_ factors: Int...) -> Int {
        factors.reduce(1) { product, factor in
            let (next, overflow) = product.multipliedReportingOverflow(by: max(0, factor))
            return overflow ? .max : next
        }
    }

    /// How many elements a shape has; nil for a negative size and for more than an `Int` holds.
    static func elements(_ shape: [Int]) -> Int? {
        var count = 1
        for size in shape {
            let (next, overflow) = count.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflow else { return nil }
            count = next
        }
        return count
    }
}
