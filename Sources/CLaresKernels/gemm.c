// What of a product is packed, and how it is cut for the pool.
#include "lares_learn.h"

enum { ROWS_MOST = 48, ROWS_FEW = 384, COLUMNS_MOST = 256, COLUMNS_LEAST = 64, DEPTH = 512, ALONE = 1 << 15, TASKS = 4 };

typedef struct {
    lares_gemm g;
    const lares_learn_set *set;
    size_t rows, columns;  // of a block of the result
    size_t row_blocks, column_blocks;
    int packs_a, packs_b;    // by each block, for itself: what it packs is still in its processor's cache when the tiles come
    int shares_a, shares_b;  // before all blocks, because several read it
} cut;

static size_t least(size_t x, size_t y) { return x < y ? x : y; }
static size_t most(size_t x, size_t y) { return x > y ? x : y; }
static size_t blocks(size_t n, size_t size) { return (n + size - 1) / size; }

// Transposed rows are read one float a cache line: worth turning when every one is used often.
static int turns_a(const lares_gemm *g) { return g->a_column != 1 && g->k >= 128 && g->n >= 128; }

// Below half a million floats B stays in the second-level cache and its rows are read as they lie.
static int packs_b(const lares_gemm *g) { return g->b && (g->b_column != 1 || g->n % 16 || (g->m >= 256 && g->k * g->n >= 1 << 19)); }

size_t lares_gemm_packed_room(const lares_gemm *g) { return blocks(g->n, 16) * 16 * g->k; }

size_t lares_gemm_room(const lares_gemm *g) {
    return (turns_a(g) ? g->m * LARES_GEMM_ROW(g->k) : 0) + (packs_b(g) ? lares_gemm_packed_room(g) : 0);
}

void lares_gemm_pack(const lares_learn_set *set, const lares_gemm *g) {
    for (size_t j = 0; j < blocks(g->n, 16); j++) set->gemm_pack_b(g, j, 0, g->k);
}

static void pack_shared(void *context, size_t index) {
    const cut *c = context;
    const size_t columns = c->shares_b ? blocks(c->g.n, 16) : 0;
    if (index < columns) c->set->gemm_pack_b(&c->g, index, 0, c->g.k);
    else c->set->gemm_pack_a(&c->g, index - columns, 0, c->g.k);
}

/// Depth goes in pieces so that a block's part of B stays in the second-level cache.
static void block(void *context, size_t index) {
    const cut *c = context;
    const lares_gemm *g = &c->g;
    const size_t from = index % c->row_blocks * c->rows, left = index / c->row_blocks * c->columns;
    lares_gemm_block b = {from, least(from + c->rows, g->m), left, least(left + c->columns, g->n), 0, 0};
    const size_t pieces = most(1, blocks(g->k, DEPTH)), depth = blocks(blocks(g->k, pieces), 16) * 16;
    do {
        b.depth = least(depth, g->k - b.k);
        for (size_t j = left / 16; c->packs_b && j < blocks(b.right, 16); j++) c->set->gemm_pack_b(g, j, b.k, b.depth);
        for (size_t i = from / 16; c->packs_a && i < blocks(b.to, 16); i++) c->set->gemm_pack_a(g, i, b.k, b.depth);
        c->set->gemm_part(g, &b);
        b.k += b.depth;
    } while (b.k < g->k);
}

/// Few rows make one block as high as the product, so that B is read once; many rows are cut so that a block's A stays near.
static void cut_blocks(cut *c, size_t threads) {
    const size_t tasks = TASKS * threads, few = c->g.m <= ROWS_FEW;
    c->columns = least(COLUMNS_MOST, few ? blocks(blocks(c->g.n, tasks), COLUMNS_LEAST) * COLUMNS_LEAST : c->g.n);
    c->column_blocks = blocks(c->g.n, c->columns);
    if (few && c->column_blocks >= 2 * threads) return;
    c->rows = least(ROWS_MOST, blocks(blocks(c->g.m * c->column_blocks, tasks), 6) * 6);
    c->row_blocks = blocks(c->g.m, c->rows);
}

static cut cut_for(int threads, lares_gemm g, const lares_learn_set *set, float *scratch) {
    const int b = packs_b(&g), a = turns_a(&g);
    if (b) g.packed_b = scratch;
    if (a) g.packed_a = scratch + (b ? lares_gemm_packed_room(&g) : 0);
    cut c = {g, set, g.m, g.n, 1, 1, 0, 0, 0, 0};
    if (threads > 1 && g.m * g.n * g.k >= ALONE) cut_blocks(&c, (size_t)threads);
    c.shares_b = b && c.row_blocks > 1;
    c.shares_a = a && (c.column_blocks > 1 || c.rows % 16);  // panels of 16 rows don't straddle blocks
    if (c.row_blocks == 1 && c.column_blocks == 1) c.shares_a = 0;
    c.packs_a = a && !c.shares_a, c.packs_b = b && !c.shares_b;
    return c;
}

void lares_gemm_run(lares_pool *pool, int threads, const lares_learn_set *set, lares_gemm product, float *scratch) {
    cut c = cut_for(threads, product, set, scratch);
    const size_t shared = (c.shares_b ? blocks(c.g.n, 16) : 0) + (c.shares_a ? blocks(c.g.m, 16) : 0), all = c.row_blocks * c.column_blocks;
    if (shared) lares_pool_run(pool, shared, pack_shared, &c);
    if (all == 1) block(&c, 0);
    else lares_pool_run(pool, all, block, &c);
}
