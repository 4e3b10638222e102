// What of a product is packed, and how it is cut for the pool.
#include "lares_learn.h"

#include <stdatomic.h>

enum { ROWS_MOST = 48, ROWS_FEW = 384, COLUMNS_MOST = 256, COLUMNS_LEAST = 64, DEPTH = 512, ALONE = 1 << 15, TASKS = 4, TURNED_AREA = 1 << 17, SHARED = 4 };

typedef struct {
    lares_gemm g;
    const lares_learn_set *set;
    size_t rows, columns, depth;  // of a block of the result, and of a piece of its sums
    size_t row_blocks, column_blocks;
    int turns_a, packs_b;     // by each block, piece by piece: what it packs is still in its processor's cache when the tiles come
    int shares_b;             // before all blocks, because several read it
    float *slots;             // where blocks pack; as many as can be under way at once
    size_t slot, slot_count;  // floats of each
    _Atomic unsigned char taken[LARES_POOL_THREADS + 1];
} cut;

static size_t least(size_t x, size_t y) { return x < y ? x : y; }
static size_t most(size_t x, size_t y) { return x > y ? x : y; }
static size_t blocks(size_t n, size_t size) { return (n + size - 1) / size; }
static size_t rounded(size_t n, size_t size) { return blocks(n, size) * size; }

// Transposed rows are read one float a cache line: worth turning when every one is used often.
static int turns_a(const lares_gemm *g) { return g->a_column != 1 && g->k >= 128 && g->n >= 64; }

// Rows far apart meet in few lines of the cache and each is on a page of its own: 5% for 256 by 1024. Little is read as it lies.
static int packs_b(const lares_gemm *g) { return g->b && (g->b_column != 1 || g->n % 16 || (g->m >= 256 && g->k * g->n >= 1 << 16)); }

size_t lares_gemm_packed_room(const lares_gemm *g) { return rounded(g->n, 16) * g->k; }

void lares_gemm_pack(const lares_learn_set *set, const lares_gemm *product) {
    lares_gemm g = *product;
    g.packed_depth = g.k;
    set->gemm_pack_b(&g, 0, blocks(g.n, 16));
}

static void pack_shared(void *context, size_t index) {
    const cut *c = context;
    c->set->gemm_pack_b(&c->g, SHARED * index, least(SHARED * (index + 1), blocks(c->g.n, 16)));
}

/// A free slot: there are as many as threads, so one is found at once.
static size_t claim(cut *c) {
    for (size_t i = 0;; i = (i + 1) % c->slot_count)
        if (!atomic_exchange(&c->taken[i], 1)) return i;
}

/// Floats that a block's part of A takes when it is packed.
static size_t turned_room(const cut *c) { return c->turns_a ? blocks(c->rows, LARES_GEMM_PANEL) * LARES_GEMM_PANEL_STEP(c->depth) : 0; }

/// The part of a product that a block adds from depth `k` on.
static lares_gemm part_of(const cut *c, size_t from, size_t left, size_t k, float *slot) {
    lares_gemm p = c->g;
    p.m = least(c->rows, p.m - from), p.n = least(c->columns, p.n - left), p.k = least(c->depth, c->g.k - k);
    p.a += from * p.a_row + k * p.a_column, p.c += from * p.c_row + left;
    if (p.b) p.b += k * p.b_row + left * p.b_column;
    if (p.packed_b) p.packed_b += left * p.packed_depth + 16 * k;
    if (c->turns_a) p.packed_a = slot;
    if (c->packs_b) p.packed_b = slot + turned_room(c), p.packed_depth = c->depth + 1;
    p.adding = p.adding || k > 0;
    const int last = k + p.k == c->g.k;
    p.bias = last && p.bias ? p.bias + left : NULL;
    if (!last || p.applied) p.unary = LARES_IDENTITY;
    return p;
}

/// f of a block's sums while they are near: in a tile's registers the functions of many steps make too much code.
static void apply(const cut *c, size_t from, size_t left) {
    const size_t rows = least(c->rows, c->g.m - from), columns = least(c->columns, c->g.n - left);
    for (size_t i = from; i < from + rows; i++) {
        const size_t at = i * c->g.c_row + left;
        c->set->map(c->g.unary, c->g.c + at, c->g.applied + at, columns);
    }
}

/// Depth goes in pieces so that a block's part of B stays in the second-level cache.
static void block(void *context, size_t index) {
    cut *c = context;
    const size_t from = index % c->row_blocks * c->rows, left = index / c->row_blocks * c->columns;
    const size_t slot = c->slot ? claim(c) : 0;
    size_t k = 0;
    do {
        const lares_gemm p = part_of(c, from, left, k, c->slots + slot * c->slot);
        if (c->packs_b) c->set->gemm_pack_b(&p, 0, blocks(p.n, 16));
        if (c->turns_a) c->set->gemm_pack_a(&p);
        c->set->gemm_part(&p);
        k += c->depth;
    } while (k < c->g.k);
    if (c->g.applied) apply(c, from, left);
    if (c->slot) atomic_store(&c->taken[slot], 0);
}

/// Few rows make one block as high as the product, so that B is read once; many rows are cut so that a block's A stays near.
static void cut_blocks(cut *c, size_t threads) {
    const size_t tasks = TASKS * threads, few = c->g.m <= ROWS_FEW;
    c->columns = least(COLUMNS_MOST, few ? rounded(blocks(c->g.n, tasks), COLUMNS_LEAST) : c->g.n);
    c->column_blocks = blocks(c->g.n, c->columns);
    if (few && c->column_blocks >= 2 * threads) return;
    c->rows = least(ROWS_MOST, rounded(blocks(c->g.m * c->column_blocks, tasks), 6));
    c->row_blocks = blocks(c->g.m, c->rows);
}

/// Blocks that turn their part of A are large and nearly square: each number is packed for many products.
static void cut_turned(cut *c, size_t threads) {
    while (c->row_blocks * c->column_blocks < 2 * threads || c->rows * c->columns > TURNED_AREA) {
        if (c->columns >= c->rows && c->columns > COLUMNS_LEAST) c->columns = rounded(blocks(c->columns, 2), COLUMNS_LEAST);
        else if (c->rows > ROWS_MOST) c->rows = rounded(blocks(c->rows, 2), 6);
        else return;
        c->row_blocks = blocks(c->g.m, c->rows), c->column_blocks = blocks(c->g.n, c->columns);
    }
}

static void cut_for(cut *c, int threads, lares_gemm g, const lares_learn_set *set, float *scratch) {
    const size_t pieces = most(1, blocks(g.k, DEPTH));
    *c = (cut){.g = g, .set = set, .rows = g.m, .columns = g.n, .depth = rounded(blocks(g.k, pieces), 16), .row_blocks = 1, .column_blocks = 1};
    c->turns_a = turns_a(&g);
    if (threads > 1 && g.m * g.n * g.k >= ALONE) (c->turns_a ? cut_turned : cut_blocks)(c, (size_t)threads);
    c->packs_b = packs_b(&g) && (c->turns_a || c->row_blocks == 1);
    c->shares_b = packs_b(&g) && !c->packs_b;
    if (g.packed_b || c->shares_b) c->g.packed_depth = g.k;
    if (c->shares_b) c->g.packed_b = scratch;
    c->slots = scratch + (c->shares_b ? lares_gemm_packed_room(&g) : 0);
    c->slot = turned_room(c) + (c->packs_b ? rounded(c->columns, 16) * (c->depth + 1) : 0);
    c->slot_count = least((size_t)threads, c->row_blocks * c->column_blocks);
}

size_t lares_gemm_room(const lares_gemm *g, int threads) {
    cut c;
    cut_for(&c, threads, *g, NULL, NULL);
    return (c.shares_b ? lares_gemm_packed_room(g) : 0) + c.slot_count * c.slot;
}

void lares_gemm_run(lares_pool *pool, int threads, const lares_learn_set *set, lares_gemm product, float *scratch) {
    cut c;
    cut_for(&c, threads, product, set, scratch);
    if (c.shares_b) lares_pool_run(pool, blocks(c.g.n, 16 * SHARED), pack_shared, &c);
    const size_t all = c.row_blocks * c.column_blocks;
    if (all == 1) block(&c, 0);
    else lares_pool_run(pool, all, block, &c);
}
