import LaresTensor

/// What is computed in one go: pieces of entries that together fit the workspace.
struct Pass {
    struct Piece {
        /// Index of the entry in the batch.
        var entry: Int
        /// Which of its tokens.
        var range: Range<Int>
    }

    var pieces: [Piece] = []

    /// Cuts a batch into passes of at most `capacity` rows, in order.
    static func split(_ batch: [StepEntry], capacity: Int) -> [Pass] {
        var passes: [Pass] = []
        var pass = Pass()
        var room = capacity
        for (index, entry) in batch.enumerated() {
            var start = 0
            while start < entry.tokens.count {
                let count = min(room, entry.tokens.count - start)
                pass.pieces.append(Piece(entry: index, range: start..<(start + count)))
                (start, room) = (start + count, room - count)
                if room == 0 {
                    passes.append(pass)
                    (pass, room) = (Pass(), capacity)
                }
            }
        }
        return pass.pieces.isEmpty ? passes : passes + [pass]
    }

    /// The rows of this pass whose logits are wanted, in order.
    func wantedRows(_ batch: [StepEntry]) -> [(row: Int, need: LogitNeed)] {
        var rows: [(row: Int, need: LogitNeed)] = []
        var first = 0
        for piece in pieces {
            let entry = batch[piece.entry]
            if entry.wantsAllLogits {
                rows += piece.range.indices.map { (first + $0 - piece.range.lowerBound, entry.need) }
            } else if entry.wantsLogits, piece.range.upperBound == entry.tokens.count {
                rows.append((first + piece.range.count - 1, entry.need))
            }
            first += piece.range.count
        }
        return rows
    }
}
