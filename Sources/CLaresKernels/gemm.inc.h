// Products of float matrices, tile by tile of 6 rows by LARES_GEMM_VECTORS vectors of 16 columns.
//
// A is read where it lies, by rows or by columns: a broadcast doesn't care. B is read where it lies when its rows are whole vectors, else
// from panels [column / 16][k][16] that gemm_pack wrote. Every transposition is the same tile with other steps.

enum { GEMM_ROWS = 6, GEMM_VECTORS = LARES_GEMM_VECTORS, GEMM_AHEAD = 8 };

typedef struct {
    const float *a, *b, *bias;
    float *c;
    size_t a_row, a_step, b_vector, b_step, c_row, k;
    int adding, valid;  // `valid` columns of the last vector are written
    lares_unary unary;
} gemm_tile;

OP void gemm_store(const gemm_tile *t, vf x, int row, int vector, int vectors) {
    float *out = t->c + (size_t)row * t->c_row + (size_t)vector * 16, rest[16];
    const float *bias = t->bias ? t->bias + vector * 16 : NULL;
    const int whole = vector < vectors - 1 || t->valid == 16;
    if (!whole) {
        for (int i = 0; i < t->valid; i++) rest[i] = (t->adding ? out[i] : 0) + (bias ? bias[i] : 0);
        for (int i = t->valid; i < 16; i++) rest[i] = 0;
        vf_store(rest, vf_unary(t->unary, vf_add(x, vf_load(rest))));
        memcpy(out, rest, (size_t)t->valid * sizeof *out);
        return;
    }
    if (t->adding) x = vf_add(x, vf_load(out));
    if (bias) x = vf_add(x, vf_load(bias));
    vf_store(out, t->unary ? vf_unary(t->unary, x) : x);
}

OP void gemm_tile_of(const gemm_tile *t, const int rows, const int vectors) {
    vf sum[GEMM_ROWS][GEMM_VECTORS];
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++) sum[r][v] = vf_zero();
    const float *a = t->a, *b = t->b;
    const size_t a_row = t->a_row, a_step = t->a_step, b_step = t->b_step, b_vector = t->b_vector;
    for (size_t k = t->k; k; k--, a += a_step, b += b_step) {
        vf w[GEMM_VECTORS];
        for (int v = 0; v < vectors; v++) w[v] = vf_load(b + (size_t)v * b_vector);
        for (int r = 0; r < rows; r++) {
            const vf x = vf_set(a[(size_t)r * a_row]);
            for (int v = 0; v < vectors; v++) sum[r][v] = vf_fma(x, w[v], sum[r][v]);
        }
    }
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++) gemm_store(t, sum[r][v], r, v, vectors);
}

// A function for each height and width, so that every accumulator is a register.
#define GEMM_TILE(rows, vectors) \
    static __attribute__((noinline)) void NAME(gemm_##rows##_##vectors)(const gemm_tile *t) { gemm_tile_of(t, rows, vectors); }
#define GEMM_WIDTHS_4(rows) GEMM_TILE(rows, 1) GEMM_TILE(rows, 2) GEMM_TILE(rows, 3) GEMM_TILE(rows, 4)
#define GEMM_WIDTHS_2(rows) GEMM_TILE(rows, 1) GEMM_TILE(rows, 2)
#define GEMM_WIDTHS_1(rows) GEMM_TILE(rows, 1)
#define GEMM_NAMES_4(rows) {NAME(gemm_##rows##_1), NAME(gemm_##rows##_2), NAME(gemm_##rows##_3), NAME(gemm_##rows##_4)}
#define GEMM_NAMES_2(rows) {NAME(gemm_##rows##_1), NAME(gemm_##rows##_2)}
#define GEMM_NAMES_1(rows) {NAME(gemm_##rows##_1)}
#define GEMM_WIDTHS(rows) JOIN(GEMM_WIDTHS, LARES_GEMM_VECTORS)(rows)
#define GEMM_NAMES(rows) JOIN(GEMM_NAMES, LARES_GEMM_VECTORS)(rows)

GEMM_WIDTHS(1) GEMM_WIDTHS(2) GEMM_WIDTHS(3) GEMM_WIDTHS(4) GEMM_WIDTHS(5) GEMM_WIDTHS(6)
static void (*const NAME(gemm_tiles)[6][GEMM_VECTORS])(const gemm_tile *) = {GEMM_NAMES(1), GEMM_NAMES(2), GEMM_NAMES(3),
                                                                              GEMM_NAMES(4), GEMM_NAMES(5), GEMM_NAMES(6)};

static inline size_t gemm_least(size_t x, size_t y) { return x < y ? x : y; }

/// All of a product, or of the part of one that a block takes.
static void NAME(lares_gemm_part)(const lares_gemm *g) {
    const float *b = g->packed_b;
    gemm_tile t = {.a_row = g->packed_a ? 1 : g->a_row, .a_step = g->packed_a ? LARES_GEMM_PANEL : g->a_column, .c_row = g->c_row};
    t.b_step = b ? 16 : g->b_row, t.b_vector = b ? 16 * g->packed_depth : 16, t.k = g->k;
    t.adding = g->adding, t.unary = g->unary;
    for (size_t i = 0; i < g->m; i += GEMM_ROWS) {
        const size_t rows = gemm_least(GEMM_ROWS, g->m - i);
        t.a = g->packed_a ? g->packed_a + i / LARES_GEMM_PANEL * LARES_GEMM_PANEL_STEP(g->k) + i % LARES_GEMM_PANEL : g->a + i * g->a_row;
        for (size_t j = 0; j < g->n; j += 16 * GEMM_VECTORS) {
            const size_t columns = gemm_least(16 * GEMM_VECTORS, g->n - j), vectors = (columns + 15) / 16;
            t.b = b ? b + j * g->packed_depth : g->b + j;
            t.c = g->c + i * g->c_row + j, t.bias = g->bias ? g->bias + j : NULL;
            t.valid = (int)(columns - 16 * (vectors - 1));
            NAME(gemm_tiles)[rows - 1][vectors - 1](&t);
        }
    }
}

typedef float gemm_four __attribute__((vector_size(16)));

/// Four rows of four floats, `step` apart, become columns, `to_step` apart.
OP void gemm_turn(const float *from, size_t step, float *to, size_t to_step) {
    gemm_four r[4], s[4];
    for (int i = 0; i < 4; i++) memcpy(&r[i], from + (size_t)i * step, 16);
    s[0] = __builtin_shufflevector(r[0], r[1], 0, 4, 1, 5), s[1] = __builtin_shufflevector(r[2], r[3], 0, 4, 1, 5);
    s[2] = __builtin_shufflevector(r[0], r[1], 2, 6, 3, 7), s[3] = __builtin_shufflevector(r[2], r[3], 2, 6, 3, 7);
    r[0] = __builtin_shufflevector(s[0], s[1], 0, 1, 4, 5), r[1] = __builtin_shufflevector(s[0], s[1], 2, 3, 6, 7);
    r[2] = __builtin_shufflevector(s[2], s[3], 0, 1, 4, 5), r[3] = __builtin_shufflevector(s[2], s[3], 2, 3, 6, 7);
    for (int i = 0; i < 4; i++) memcpy(to + (size_t)i * to_step, &r[i], 16);
}

OP void gemm_fetch(const float *p) { __builtin_prefetch(p, 0, 2); }

/// Panels of 16 columns of B, from `first` to `last`. Columns past the end are whatever lies there, or zero: nothing of them is kept.
static void NAME(lares_gemm_pack_b)(const lares_gemm *g, size_t first, size_t last) {
    const size_t step = 16 * g->packed_depth, behind = g->n % 16 ? 16 / g->b_row + 1 : 0;
    size_t k = 0;
    if (g->b_column == 1)  // row by row, as memory delivers them
        for (; k + behind < g->k; k++) {
            const float *b = g->b + k * g->b_row, *next = k + GEMM_AHEAD < g->k ? b + GEMM_AHEAD * g->b_row : b;
            for (size_t j = first; j < last; j++) gemm_fetch(next + 16 * j), vf_store(g->packed_b + step * j + 16 * k, vf_load(b + 16 * j));
        }
    for (size_t panel = first; panel < last; panel++) {
        const size_t columns = gemm_least(16, g->n - 16 * panel);
        const float *b = g->b + 16 * panel * g->b_column;
        float *to = g->packed_b + step * panel;
        size_t q = k;
        if (columns == 16 && g->b_row == 1)  // 16 by 16, so that a cache line that was read is used up
            for (; q + 16 <= g->k; q += 16)
                for (size_t j = 0; j < 16; j += 4)
                    for (size_t i = q; i < q + 16; i += 4) gemm_turn(b + i + j * g->b_column, g->b_column, to + 16 * i + j, 16);
        for (; q < g->k; q++)
            for (size_t j = 0; j < 16; j++) to[16 * q + j] = j < columns ? b[q * g->b_row + j * g->b_column] : 0;
    }
}

/// A in panels [row / 48][k][48]: eight tiles high, three vectors wide.
static void NAME(lares_gemm_pack_a)(const lares_gemm *g) {
    const size_t whole = g->a_row == 1 ? g->m / 16 * 16 : 0;
    for (size_t k = 0; k < g->k; k++) {
        const float *a = g->a + k * g->a_column, *next = k + GEMM_AHEAD < g->k ? a + GEMM_AHEAD * g->a_column : a;
        float *to = g->packed_a + LARES_GEMM_PANEL * k;
        for (size_t i = 0; i < g->m; i += LARES_GEMM_PANEL, to += LARES_GEMM_PANEL_STEP(g->k)) {
            const size_t rows = gemm_least(LARES_GEMM_PANEL, g->m - i);
            size_t r = 0;
            for (; r + 16 <= rows && i + r < whole; r += 16) gemm_fetch(next + i + r), vf_store(to + r, vf_load(a + i + r));
            for (; r < rows; r++) to[r] = a[(i + r) * g->a_row];
        }
    }
}
