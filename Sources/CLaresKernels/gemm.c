// What of a product is packed, and how it is cut for the pool. The figures are from Benchmarks, 64...1024 a side.
#include "lares_learn.h"

enum { ROWS_MOST = 48, COLUMNS_MOST = 256, COLUMNS_LEAST = 64, ALONE = 1 << 15, TASKS = 4 };

typedef struct {
    lares_gemm g;
    const lares_learn_set *set;
    size_t rows, columns;          // of a block of the result
    size_t row_blocks, column_blocks;
    int shares_a, shares_b;        // packed before all blocks, because several read it
} cut;

static size_t least(size_t x, size_t y) { return x < y ? x : y; }
static size_t blocks(size_t n, size_t size) { return (n + size - 1) / size; }

// Transposed rows are read one float a cache line: worth turning when every one is used often.
static int packs_a(const lares_gemm *g) { return g->a_column != 1 && g->k >= 128 && g->n >= 128; }

// Below half a million floats B stays in the second-level cache and its rows are read as they lie.
static int packs_b(const lares_gemm *g) { return g->b_column != 1 || g->n % 16 || (g->m >= 256 && g->k * g->n >= 1 << 19); }

size_t lares_gemm_room(const lares_gemm *g) {
    return (packs_a(g) ? g->m * LARES_GEMM_ROW(g->k) : 0) + (packs_b(g) ? blocks(g->n, 16) * 16 * g->k : 0);
}

static lares_gemm with_scratch(lares_gemm g, float *scratch) {
    g.packed_b = packs_b(&g) ? scratch : 0;
    g.packed_a = packs_a(&g) ? scratch + (g.packed_b ? blocks(g.n, 16) * 16 * g.k : 0) : 0;
    return g;
}

static void pack_a(const cut *c, size_t from, size_t to) {
    for (size_t i = from / 16; i < blocks(to, 16); i++) c->set->gemm_pack_a(&c->g, i);
}

static void pack_b(const cut *c, size_t left, size_t right) {
    for (size_t j = left / 16; j < blocks(right, 16); j++) c->set->gemm_pack_b(&c->g, j);
}

/// What several blocks read is packed before all of them, in a fork-join of its own.
static void pack_shared(void *context, size_t index) {
    const cut *c = context;
    const size_t columns = c->shares_b ? blocks(c->g.n, 16) : 0;
    if (index < columns) c->set->gemm_pack_b(&c->g, index);
    else c->set->gemm_pack_a(&c->g, index - columns);
}

/// What one block alone reads is packed by it, and is still in its processor's cache when the tiles come.
static void block(void *context, size_t index) {
    const cut *c = context;
    const size_t from = index % c->row_blocks * c->rows, to = least(from + c->rows, c->g.m);
    const size_t left = index / c->row_blocks * c->columns, right = least(left + c->columns, c->g.n);
    if (c->g.packed_b && !c->shares_b) pack_b(c, left, right);
    if (c->g.packed_a && !c->shares_a) pack_a(c, from, to);
    c->set->gemm_part(&c->g, from, to, left, right);
}

static cut cut_for(int threads, lares_gemm g, const lares_learn_set *set) {
    cut c = {g, set, g.m, g.n, 1, 1, 0, 0};
    if (threads == 1 || g.m * g.n * g.k < ALONE) return c;
    const size_t tasks = TASKS * (size_t)threads;
    c.columns = least(COLUMNS_MOST, blocks(blocks(g.n, g.m > 2 * ROWS_MOST ? 1 : tasks), COLUMNS_LEAST) * COLUMNS_LEAST);
    c.column_blocks = blocks(g.n, c.columns);
    const size_t rows = blocks(g.m * c.column_blocks, tasks);
    if (g.m > 2 * ROWS_MOST || c.column_blocks == 1) c.rows = least(ROWS_MOST, blocks(rows, 6) * 6);
    c.row_blocks = blocks(g.m, c.rows);
    c.shares_b = g.packed_b && c.row_blocks > 1;
    c.shares_a = g.packed_a && (c.column_blocks > 1 || c.rows % 16);  // panels of 16 rows don't straddle blocks
    return c;
}

void lares_gemm_run(lares_pool *pool, int threads, const lares_learn_set *set, lares_gemm product, float *scratch) {
    cut c = cut_for(threads, with_scratch(product, scratch), set);
    const size_t shared = (c.shares_b ? blocks(c.g.n, 16) : 0) + (c.shares_a ? blocks(c.g.m, 16) : 0);
    if (shared) lares_pool_run(pool, shared, pack_shared, &c);
    if (c.row_blocks * c.column_blocks == 1) block(&c, 0);
    else lares_pool_run(pool, c.row_blocks * c.column_blocks, block, &c);
}

void lares_gemms_one(void *products, size_t index) {
    const lares_gemms *all = products;
    lares_gemm g = all->first;
    g.a += index * all->a_next, g.b += index * all->b_next, g.c += index * all->c_next;
    lares_gemm_run(0, 1, all->set, g, all->scratch + index * lares_gemm_room(&g));
}
