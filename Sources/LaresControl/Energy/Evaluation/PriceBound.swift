/// What no control of a district's batteries can get the price below, exactly.
///
/// All batteries are taken as one, without wear, with the best efficiency at any power and all of their power at any charge: whatever the real ones
/// do, that one can do too, and not dearer. What is left is convex in the charge, so that the cost of what follows is a convex chain of straight
/// lines; an hour joins it with three more by slope (an infimal convolution) and cuts it at empty and full. No grid, no rounding but that of numbers.
public enum PriceBound {
    /// The least price of a record, as a ratio to that without batteries.
    ///
    /// - Precondition: Prices are 0 or more.
    public static func ratio(_ record: DistrictRecord) -> Double {
        let designs = record.homes.compactMap(\.battery)
        let capacity = designs.reduce(0) { $0 + $1.capacity }, power = designs.reduce(0) { $0 + $1.power }
        let efficiency = designs.map(\.bestOneWayEfficiency).max() ?? 1
        var cost = ConvexCost(upTo: capacity)
        for hour in (1..<record.count).reversed() {
            let net = record.net(hour), price = max(0, record.price[hour])
            cost.precede(by: hourCosts(net: net, price: price, power: power, efficiency: efficiency), capacity: capacity)
        }
        let without = (0..<record.count).reduce(0) { $0 + max(0, record.net($1) * record.price[$1]) }
        return (cost.start + max(0, record.net(0) * record.price[0])) / without
    }

    /// The cost of an hour over how much charge is taken out of the battery in it: from what fills it most to what empties it most.
    private static func hourCosts(net: Double, price: Double, power: Double, efficiency: Double) -> ConvexCost {
        // Charge in, and what is bought for it; charge out, and what is saved by it, down to nothing.
        let most = power * efficiency, out = power / efficiency
        func cost(_ change: Double) -> Double { price * max(0, net + (change > 0 ? change / efficiency : change * efficiency)) }
        var places = [-most, 0, out]
        // Where the net use is 0.
        let turn = net < 0 ? -(-net * efficiency) : net / efficiency
        if turn > -most, turn < out, turn != 0 { places.append(turn) }
        places.sort()
        let pieces = zip(places, places.dropFirst()).map { from, to in
            ConvexCost.Piece(length: to - from, slope: (cost(-to) - cost(-from)) / (to - from))
        }
        return ConvexCost(from: -most, start: cost(most), pieces: pieces)
    }
}

/// A convex function of straight pieces.
struct ConvexCost {
    struct Piece {
        var length: Double
        let slope: Double
    }

    /// Where it begins, and its value there.
    private(set) var from: Double, start: Double
    /// In the order of their slopes, which ascend.
    private var pieces: [Piece]

    init(from: Double, start: Double, pieces: [Piece]) { (self.from, self.start, self.pieces) = (from, start, pieces) }

    /// Nothing from 0 up to a place.
    init(upTo end: Double) { self.init(from: 0, start: 0, pieces: [Piece(length: end, slope: 0)]) }

    /// Becomes the cost of an hour and of what follows, over the charge before the hour; the charge stays from 0 to the capacity.
    ///
    /// With `x` the charge before and `u` what is taken out, it is the least of `hour(u) + this(x - u)`: pieces of both in the order of slopes.
    mutating func precede(by hour: ConvexCost, capacity: Double) {
        from += hour.from
        start += hour.start
        var (merged, other) = ([Piece](), hour.pieces[...])
        merged.reserveCapacity(pieces.count + other.count)
        for piece in pieces {
            while let first = other.first, first.slope <= piece.slope {
                merged.append(first)
                other = other.dropFirst()
            }
            merged.append(piece)
        }
        pieces = merged + other
        cut(capacity)
    }

    /// Keeps the part from 0 to the capacity.
    private mutating func cut(_ capacity: Double) {
        var (kept, place) = ([Piece](), from)
        for piece in pieces where piece.length > 0 {
            let end = place + piece.length
            if place < 0 { start += piece.slope * (min(end, 0) - place) }
            let (low, high) = (max(place, 0), min(end, capacity))
            if high > low { kept.append(Piece(length: high - low, slope: piece.slope)) }
            place = end
        }
        (from, pieces) = (0, kept)
    }
}
