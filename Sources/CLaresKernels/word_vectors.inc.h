// Word vectors by negative sampling or hierarchical softmax. All context words of a window share the outputs of its middle, so a step is
// three small matrix products (Ji et al. 2016, pWord2Vec) instead of hundreds of dot products.

enum { WORD_GROUP = 8 };  // outputs whose columns stay in registers

/// scores[g] = in · out[g].
OP void word_scores(int G, const float *in, float *const *out, size_t stride, float *scores) {
    vf acc[WORD_GROUP];
    for (int g = 0; g < G; g++) acc[g] = vf_zero();
    for (size_t v = 0; v < stride; v += 16) {
        const vf x = vf_load(in + v);
#pragma GCC unroll 8
        for (int g = 0; g < G; g++) acc[g] = vf_fma(x, vf_load(out[g] + v), acc[g]);
    }
#pragma GCC unroll 8
    for (int g = 0; g < G; g++) scores[g] = vf_sum(acc[g]);
}

/// Columns of a group: errors (+)= slopes · out, then out += slopes' · in.
OP void word_columns(int G, const lares_word_step *s, float *const *out, const float (*slopes)[16], int is_first) {
    for (size_t v = 0; v < s->stride; v += 16) {
        vf before[WORD_GROUP], after[WORD_GROUP];
#pragma GCC unroll 8
        for (int g = 0; g < G; g++) before[g] = after[g] = vf_load(out[g] + v);
        for (size_t i = 0; i < s->inputs; i++) {
            float *const error = s->errors + i * s->stride + v;
            const vf x = vf_load(s->in[i] + v);
            vf e = is_first ? vf_zero() : vf_load(error);
#pragma GCC unroll 8
            for (int g = 0; g < G; g++) {
                const vf slope = vf_set(slopes[i][g]);
                e = vf_fma(slope, before[g], e);
                after[g] = vf_fma(slope, x, after[g]);
            }
            vf_store(error, e);
        }
#pragma GCC unroll 8
        for (int g = 0; g < G; g++) vf_store(out[g] + v, after[g]);
    }
}

/// Scores to rate · (label - sigmoid(score)).
OP void word_slopes(int G, const lares_word_step *s, const float *labels, float (*slopes)[16]) {
    float wanted[16] = {0};
    memcpy(wanted, labels, (size_t)G * sizeof *wanted);
    const vf label = vf_load(wanted), rate = vf_set(s->rate);
    for (size_t i = 0; i < s->inputs; i++) {
        const vf p = vf_sigmoid(vf_load(slopes[i]));
        vf_store(slopes[i], vf_mul(rate, vf_sub(label, p)));
        if (!s->loss) continue;
        float chance[16];
        vf_store(chance, p);
        for (int g = 0; g < G; g++) *s->loss -= __builtin_logf(1e-30f + (wanted[g] > 0 ? chance[g] : 1 - chance[g]));
    }
}

OP void word_group(int G, const lares_word_step *s, size_t from) {
    float slopes[LARES_WORD_INPUTS][16] = {{0}};
    for (size_t i = 0; i < s->inputs; i++) word_scores(G, s->in[i], s->out + from, s->stride, slopes[i]);
    word_slopes(G, s, s->labels + from, slopes);
    word_columns(G, s, s->out + from, slopes, from == 0);
}

static void NAME(lares_word_step)(const lares_word_step *s) {
    for (size_t from = 0; from < s->outputs; from += WORD_GROUP) {
        switch (s->outputs - from) {
        case 1: word_group(1, s, from); break;
        case 2: word_group(2, s, from); break;
        case 3: word_group(3, s, from); break;
        case 4: word_group(4, s, from); break;
        case 5: word_group(5, s, from); break;
        case 6: word_group(6, s, from); break;
        case 7: word_group(7, s, from); break;
        default: word_group(8, s, from);
        }
    }
}

OP void word_add(float *row, const float *change, size_t stride) {
    for (size_t v = 0; v < stride; v += 16) vf_store(row + v, vf_add(vf_load(row + v), vf_load(change + v)));
}
OP void word_prefetch(const float *row, size_t stride) {
    for (size_t v = 0; v < stride; v += 16) __builtin_prefetch(row + v);
}

/// xorshift64* (Vigna 2016).
OP uint64_t word_random(uint64_t *state) {
    *state ^= *state >> 12, *state ^= *state << 25, *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1dull;
}

/// What one thread works with.
typedef struct {
    const lares_word_model *m;
    uint64_t random;
    uint32_t turn;
    double loss;
    uint64_t predictions;
    lares_word_step step, next;  // next: outputs drawn ahead, so that their rows arrive meanwhile
    int32_t sentence[LARES_WORD_SENTENCE];
    float hidden[LARES_WORD_INPUTS * LARES_WORD_DIMENSIONS], errors[LARES_WORD_INPUTS * LARES_WORD_DIMENSIONS];
} word_worker;

/// A row that is there already stays as it is: columns of a step must be different ones.
OP void word_output(word_worker *w, lares_word_step *s, uint32_t row, float label) {
    float *const out = w->m->outputs + (size_t)row * s->stride;
    for (size_t o = 0; o < s->outputs; o++)
        if (s->out[o] == out) return;
    s->out[s->outputs] = out;
    s->labels[s->outputs++] = label;
}

/// The outputs that tell `word` from others: itself and words drawn by their frequency, or the nodes on the way to it.
static void NAME(word_outputs)(word_worker *w, lares_word_step *s, uint32_t word) {
    const lares_word_model *m = w->m;
    s->outputs = 0;
    if (!m->negatives) {
        for (uint32_t p = m->paths.starts[word]; p < m->paths.starts[word + 1]; p++)
            word_output(w, s, m->paths.rows[p], m->branches[p] ? 0 : 1);
    } else {
        word_output(w, s, word, 1);
        for (uint32_t k = 0; k < m->negatives; k++) {
            const uint64_t bits = word_random(&w->random);
            const uint32_t place = (uint32_t)((bits >> 32) * m->words >> 32);
            const uint32_t drawn = (uint32_t)bits < m->draws[place].threshold ? place : m->draws[place].other;
            word_output(w, s, drawn, 0);
        }
    }
    for (size_t o = 0; o < s->outputs; o++) word_prefetch(s->out[o], s->stride);
}

/// Adds the rows of a word to `sum` and returns how many they are.
OP uint32_t word_gather(const lares_word_model *m, uint32_t word, float *sum) {
    word_add(sum, m->inputs + word * m->stride, m->stride);
    if (!m->grams.starts) return 1;
    const uint32_t from = m->grams.starts[word], to = m->grams.starts[word + 1];
    for (uint32_t g = from; g < to; g++) word_add(sum, m->inputs + m->grams.rows[g] * m->stride, m->stride);
    return 1 + to - from;
}
OP void word_scatter(const lares_word_model *m, uint32_t word, const float *change) {
    word_add(m->inputs + word * m->stride, change, m->stride);
    if (!m->grams.starts) return;
    for (uint32_t g = m->grams.starts[word]; g < m->grams.starts[word + 1]; g++)
        word_add(m->inputs + m->grams.rows[g] * m->stride, change, m->stride);
}
/// The mean of the rows of some words.
OP void word_mean(const lares_word_model *m, const int32_t *words, size_t count, float *mean) {
    memset(mean, 0, m->stride * sizeof *mean);
    uint32_t rows = 0;
    for (size_t i = 0; i < count; i++) rows += word_gather(m, (uint32_t)words[i], mean);
    const vf share = vf_set(1 / (float)rows);
    for (size_t v = 0; v < m->stride; v += 16) vf_store(mean + v, vf_mul(vf_load(mean + v), share));
}

/// Every 64th step's loss is taken: it costs logarithms.
OP void word_run(word_worker *w) {
    const int is_sample = w->turn++ % 64 == 0;
    w->step.loss = is_sample ? &w->loss : NULL;
    if (is_sample) w->predictions += w->step.inputs;
    NAME(lares_word_step)(&w->step);
}

static void NAME(word_bag)(word_worker *w, const int32_t *context, size_t count) {
    word_mean(w->m, context, count, w->hidden);
    w->step.in[0] = w->hidden;
    w->step.inputs = 1;
    word_run(w);
    for (size_t i = 0; i < count; i++) word_scatter(w->m, (uint32_t)context[i], w->errors);
}

static void NAME(word_skip)(word_worker *w, const int32_t *context, size_t count) {
    const lares_word_model *m = w->m;
    w->step.inputs = count;
    for (size_t i = 0; i < count; i++) {
        float *const row = w->hidden + i * m->stride;
        if (m->grams.starts) word_mean(m, context + i, 1, row);
        w->step.in[i] = m->grams.starts ? row : m->inputs + (size_t)context[i] * m->stride;
    }
    word_run(w);
    for (size_t i = 0; i < count; i++) word_scatter(m, (uint32_t)context[i], w->errors + i * m->stride);
}

static void NAME(word_window)(word_worker *w, size_t count, size_t i) {
    const lares_word_model *m = w->m;
    const size_t reach = m->window - (size_t)((word_random(&w->random) >> 32) * m->window >> 32);
    const size_t from = i > reach ? i - reach : 0, to = i + reach < count ? i + reach + 1 : count;
    int32_t context[2 * 128];
    size_t n = 0;
    for (size_t j = from; j < to; j++)
        if (j != i) context[n++] = w->sentence[j];
    if (m->bag && n) NAME(word_bag)(w, context, n);
    for (size_t j = 0; j < n && !m->bag; j += LARES_WORD_INPUTS)
        NAME(word_skip)(w, context + j, n - j < LARES_WORD_INPUTS ? n - j : LARES_WORD_INPUTS);
}

static void NAME(word_sentence)(word_worker *w, size_t count) {
    if (count < 2) return;
    NAME(word_outputs)(w, &w->next, (uint32_t)w->sentence[0]);
    for (size_t i = 0; i < count; i++) {
        w->step.outputs = w->next.outputs;
        memcpy(w->step.out, w->next.out, w->next.outputs * sizeof *w->next.out);
        memcpy(w->step.labels, w->next.labels, w->next.outputs * sizeof *w->next.labels);
        if (i + 1 < count) NAME(word_outputs)(w, &w->next, (uint32_t)w->sentence[i + 1]);
        if (i + 1 + w->m->window < count) word_prefetch(w->m->inputs + (size_t)w->sentence[i + 1 + w->m->window] * w->m->stride, w->m->stride);
        NAME(word_window)(w, count, i);
    }
}

/// The words of one part that stay (frequent ones are thinned out), sentence by sentence.
static void NAME(lares_word_vectors)(void *context, size_t part) {
    const lares_word_round *round = context;
    word_worker w;
    w.m = round->model, w.turn = 0, w.loss = 0, w.predictions = 0;
    w.random = (round->seed + part) * 0x9e3779b97f4a7c15ull | 1;
    w.step.stride = w.next.stride = w.m->stride, w.step.rate = round->rate, w.step.errors = w.errors;
    size_t count = 0;
    for (size_t t = round->ends[part]; t < round->ends[part + 1]; t++) {
        const int32_t token = round->tokens[t];
        if (token >= 0 && (uint32_t)(word_random(&w.random) >> 32) <= w.m->keep[token]) w.sentence[count++] = token;
        if (token >= 0 && count < LARES_WORD_SENTENCE) continue;
        NAME(word_sentence)(&w, count);
        count = 0;
    }
    NAME(word_sentence)(&w, count);
    round->losses[part] = w.loss, round->counts[part] = w.predictions;
}
