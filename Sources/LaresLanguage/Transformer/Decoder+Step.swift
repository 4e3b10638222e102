import LaresTensor

extension Decoder {
    /// One forward pass for a batch: every entry continues its sequence by its tokens. Rows never see each other across sequences, and each is
    /// computed in the same order whatever else is in the batch, so results do not depend on company.
    ///
    /// Returns false, with nothing changed, when `isInterrupted` became true between two halves of a layer; a batch of several passes isn't interrupted.
    /// Throws `LanguageModelError` before anything is computed or changed (pages may have been reserved).
    @discardableResult
    package func step(
        _ batch: [StepEntry], cache: KVCache, into logits: inout LogitRows, isInterrupted: () -> Bool = { false }
    ) throws -> Bool {
        try check(batch, cache)
        logits.removeAll(columns: vocabularySize)
        cache.workspace.watch.start()
        let passes = Pass.split(batch, capacity: Workspace.capacity)
        for pass in passes {
            guard run(pass, batch, cache, isInterrupted: { passes.count == 1 && isInterrupted() }) else { return false }
            for piece in pass.pieces { cache.commit(batch[piece.entry].sequence, Array(batch[piece.entry].tokens[piece.range])) }
            computeLogits(pass.wantedRows(batch), cache.workspace, into: &logits)
        }
        return true
    }

    private func check(_ batch: [StepEntry], _ cache: KVCache) throws {
        var seen: Set<SequenceID> = []
        for entry in batch {
            guard cache.sequences[entry.sequence] != nil, seen.insert(entry.sequence).inserted else {
                throw LanguageModelError(
                    .badSequence, "a sequence of the batch is not open, or there twice; open it and step it once per batch")
            }
            guard !entry.tokens.isEmpty, entry.tokens.allSatisfy({ $0 >= 0 && $0 < vocabularySize }) else {
                throw LanguageModelError(.badToken, "an entry needs tokens between 0 and \(vocabularySize - 1)")
            }
            let length = cache.length(of: entry.sequence) + entry.tokens.count
            guard length <= configuration.contextLength else {
                throw LanguageModelError(
                    .contextTooLong, "\(length) tokens do not fit the model's context of \(configuration.contextLength); shorten the text")
            }
        }
        for entry in batch where !cache.reserve(entry.sequence, tokens: entry.tokens.count) {
            throw LanguageModelError(
                .cacheFull,
                "\(entry.tokens.count) more tokens do not fit the \(cache.freePages) free pages of \(cache.totalPages); close a sequence")
        }
    }

    private func run(_ pass: Pass, _ batch: [StepEntry], _ cache: KVCache, isInterrupted: () -> Bool) -> Bool {
        let space = cache.workspace
        var positions: [Int32] = []
        var tokens: [Token] = []
        var spans: [SequenceSpan] = []
        var adapted: [AdaptedRows] = []
        for piece in pass.pieces {
            let entry = batch[piece.entry]
            let start = cache.length(of: entry.sequence)
            let pages = cache.sequences[entry.sequence]?.pages ?? []
            if let adapter = cache.sequences[entry.sequence]?.adapter {
                adapted.append(positions.count..<(positions.count + piece.range.count), of: adapter)
            }
            spans.append(SequenceSpan(firstRow: positions.count, count: piece.range.count, position: start, pages: pages))
            tokens += entry.tokens[piece.range]
            positions += piece.range.indices.map { Int32(start + $0 - piece.range.lowerBound) }
        }
        pool.forEach(tokens.count) { row in embed(tokens[row], into: space.stream[row]) }
        space.rotary.prepare(positions, on: pool)
        space.localRotary?.prepare(positions, on: pool)
        space.watch.lap(.embedding)
        for index in layers.indices {
            attend(index, pages: cache.layers[index], spans: spans, adapted, space, rows: positions.count)
            if givesWay(space, isInterrupted) { return false }
            feedForward(index, adapted, space, rows: positions.count)
            if givesWay(space, isInterrupted) { return false }
        }
        return true
    }

    /// Lets more urgent work go first; true when the step is to be given up for it.
    private func givesWay(_ space: Workspace, _ isInterrupted: () -> Bool) -> Bool {
        pool.yieldTurn()
        space.watch.lap(.waiting)
        return isInterrupted()
    }

    private func attend(
        _ index: Int, pages: KVPages, spans: [SequenceSpan], _ adapted: [AdaptedRows], _ space: Workspace, rows: Int
    ) {
        let (layer, epsilon, adding) = (layers[index], configuration.normEpsilon, !adapted.isEmpty)
        pool.rmsNorm(space.stream, count: rows, weight: layer.attentionNorm, epsilon: epsilon, into: space.input)
        if adding {
            let outputs = [space.queries, space.keys, space.values]
            change(\.attention, of: index, adapted, space.input, outputs, clearing: true, space)
        }
        pool.matmul(
            space.input,
            [
                layer.query.product(into: space.queries, adding: adding), layer.key.product(into: space.keys, adding: adding),
                layer.value.product(into: space.values, adding: adding),
            ])
        space.watch.lap(.projections)
        pool.attention(
            queries: space.queries, keys: space.keys, values: space.values, spans: spans, cache: pages, shape: layer.attention,
            rotary: layer.isLocal ? space.localRotary ?? space.rotary : space.rotary, queryNorm: layer.queryNorm, keyNorm: layer.keyNorm,
            epsilon: epsilon, scratch: space.scratch, into: space.mixed)
        space.watch.lap(.attention)
        add(layer.output, of: space.mixed, norm: layer.attentionOutputNorm, \.output, index, adapted, space, rows: rows)
        space.watch.lap(.projections)
    }

    private func feedForward(_ index: Int, _ adapted: [AdaptedRows], _ space: Workspace, rows: Int) {
        let layer = layers[index]
        pool.rmsNorm(space.stream, count: rows, weight: layer.feedForwardNorm, epsilon: configuration.normEpsilon, into: space.input)
        let changes = adapted.isEmpty ? nil : space.hiddenChanges
        if let (gate, up) = changes { change(\.feedForward, of: index, adapted, space.input, [gate, up], clearing: true, space) }
        pool.gatedFeedForward(
            space.input, gate: layer.gate, up: layer.up, activation: configuration.activation, changes: changes, into: space.hidden)
        add(layer.down, of: space.hidden, norm: layer.feedForwardOutputNorm, \.down, index, adapted, space, rows: rows)
        space.watch.lap(.feedForward)
    }

    /// stream += W · input, through the norm of the part's output where the family has one.
    private func add(
        _ linear: Linear, of input: Activations, norm: [Float]?, _ part: KeyPath<Adapter.Layer, LowRankChange?>, _ index: Int,
        _ adapted: [AdaptedRows], _ space: Workspace, rows: Int
    ) {
        let target = norm == nil ? space.stream : space.part ?? space.stream
        if !adapted.isEmpty { change(part, of: index, adapted, input, [target], clearing: norm != nil, space) }
        pool.matmul(input, [linear.product(into: target, adding: norm == nil || !adapted.isEmpty)])
        if let norm { pool.addNormed(target, weight: norm, epsilon: configuration.normEpsilon, to: space.stream, count: rows) }
    }

    /// Puts what the adapters change of a layer's maps into `outputs`, for the products to be added to.
    private func change(
        _ part: KeyPath<Adapter.Layer, LowRankChange?>, of index: Int, _ adapted: [AdaptedRows], _ input: Activations, _ outputs: [Buffer],
        clearing: Bool, _ space: Workspace
    ) {
        if clearing { for output in outputs { pool.clear(output, count: input.count) } }
        for group in adapted {
            guard let change = group.adapter.layers[index][keyPath: part] else { continue }
            pool.add(change, of: input, rows: group.rows, to: outputs, scratch: space.lowRank)
        }
    }

    private func computeLogits(_ rows: [(row: Int, need: LogitNeed)], _ space: Workspace, into logits: inout LogitRows) {
        var rest = rows[...]
        while !rest.isEmpty {
            let chunk = Array(rest.prefix(LogitRows.chunk))
            rest = rest.dropFirst(LogitRows.chunk)
            pool.rmsNorm(
                space.stream, rows: chunk.map(\.row), weight: outputNorm, epsilon: configuration.normEpsilon, into: space.last)
            pool.logits(space.last, head, needs: chunk.map(\.need), into: logits.next(chunk.count))
        }
        space.watch.lap(.head)
    }
}
