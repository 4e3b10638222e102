// Loops over floats of any length: functions with their derivatives, norms, softmax, optimizers.

/// The `count` floats at p, at most 16 of them; the rest are zero.
OP vf vf_take(const float *p, size_t count) {
    if (count >= 16) return vf_load(p);
    float some[16] = {0};
    memcpy(some, p, count * sizeof *p);
    return vf_load(some);
}
OP void vf_put(float *p, vf x, size_t count) {
    if (count >= 16) {
        vf_store(p, x);
        return;
    }
    float some[16];
    vf_store(some, x);
    memcpy(p, some, count * sizeof *p);
}

OP vf vf_sigmoid(vf x) { return vf_div(vf_set(1), vf_add(vf_set(1), vf_exp(vf_mul(x, vf_set(-1))))); }
OP vf vf_one_less(vf x) { return vf_sub(vf_set(1), x); }
OP vf vf_log(vf x) {
    float lanes[16];
    vf_store(lanes, x);
    for (int i = 0; i < 16; i++) lanes[i] = __builtin_logf(lanes[i]);
    return vf_load(lanes);
}
/// 1 where x > 0, else 0.
OP vf vf_positive(vf x) { return vf_min(vf_max(vf_mul(x, vf_set(0x1p126f)), vf_zero()), vf_set(1)); }

OP vf vf_unary(lares_unary f, vf x) {
    switch (f) {
    case LARES_RELU: return vf_max(vf_zero(), x);  // in this order NaN stays NaN on x86
    case LARES_SIGMOID: return vf_sigmoid(x);
    case LARES_TANH: return vf_tanh(x);
    case LARES_EXP: return vf_exp(x);
    case LARES_SQRT: return vf_sqrt(x);
    case LARES_UNARY_GELU: return vf_gelu_tanh(x);
    case LARES_UNARY_SILU: return vf_mul(x, vf_sigmoid(x));
    case LARES_LOG: return vf_log(x);
    case LARES_ABS: return vf_abs(x);
    case LARES_SQUARE: return vf_mul(x, x);
    case LARES_NEGATE: return vf_mul(x, vf_set(-1));
    case LARES_RECIPROCAL: return vf_div(vf_set(1), x);
    default: return x;
    }
}

/// The derivative of GELU by tanh: (1 + t) / 2 + x (1 - t²) u' / 2, where t = tanh u(x).
OP vf vf_gelu_slope(vf x) {
    const vf square = vf_mul(x, x), c = vf_set(0.79788456f), half = vf_set(0.5f);
    const vf t = vf_tanh(vf_mul(vf_mul(x, c), vf_fma(square, vf_set(0.044715f), vf_set(1))));
    const vf inner = vf_mul(c, vf_fma(square, vf_set(3 * 0.044715f), vf_set(1)));
    return vf_fma(vf_mul(vf_mul(half, x), vf_one_less(vf_mul(t, t))), inner, vf_fma(half, t, half));
}

OP vf vf_slope(lares_unary f, vf x, vf y) {
    switch (f) {
    case LARES_RELU: return vf_positive(y);
    case LARES_SIGMOID: return vf_mul(y, vf_one_less(y));
    case LARES_TANH: return vf_one_less(vf_mul(y, y));
    case LARES_EXP: return y;
    case LARES_SQRT: return vf_div(vf_set(0.5f), y);
    case LARES_UNARY_GELU: return vf_gelu_slope(x);
    case LARES_UNARY_SILU: {
        const vf s = vf_sigmoid(x);
        return vf_mul(s, vf_fma(x, vf_one_less(s), vf_set(1)));
    }
    case LARES_LOG: return vf_div(vf_set(1), x);
    case LARES_ABS: return vf_sub(vf_positive(x), vf_positive(vf_mul(x, vf_set(-1))));
    case LARES_SQUARE: return vf_add(x, x);
    case LARES_NEGATE: return vf_set(-1);
    case LARES_RECIPROCAL: return vf_mul(vf_mul(y, y), vf_set(-1));
    default: return vf_set(1);
    }
}

// A loop for each function: the choice is made once, outside.
#define UNARY_EACH(DO) \
    DO(LARES_RELU) DO(LARES_SIGMOID) DO(LARES_TANH) DO(LARES_EXP) DO(LARES_SQRT) DO(LARES_UNARY_GELU) DO(LARES_UNARY_SILU) DO(LARES_LOG) \
    DO(LARES_ABS) DO(LARES_SQUARE) DO(LARES_NEGATE) DO(LARES_RECIPROCAL) DO(LARES_IDENTITY)

OP void map_with(lares_unary f, const float *x, float *y, size_t n) {
    for (size_t i = 0; i < n; i += 16) vf_put(y + i, vf_unary(f, vf_take(x + i, n - i)), n - i);
}
static void NAME(lares_map)(lares_unary f, const float *x, float *y, size_t n) {
#define MAP(kind) case kind: map_with(kind, x, y, n); return;
    switch (f) { UNARY_EACH(MAP) }
#undef MAP
}

OP void map_back_with(lares_unary f, const float *x, const float *y, const float *dy, float *dx, size_t n) {
    for (size_t i = 0; i < n; i += 16) {
        const vf slope = vf_slope(f, vf_take(x + i, n - i), vf_take(y + i, n - i));
        vf_put(dx + i, vf_mul(vf_take(dy + i, n - i), slope), n - i);
    }
}
static void NAME(lares_map_back)(lares_unary f, const float *x, const float *y, const float *dy, float *dx, size_t n) {
#define BACK(kind) case kind: map_back_with(kind, x, y, dy, dx, n); return;
    switch (f) { UNARY_EACH(BACK) }
#undef BACK
}

OP vf vf_binary(lares_binary f, vf a, vf b) {
    switch (f) {
    case LARES_ADD: return vf_add(a, b);
    case LARES_SUBTRACT: return vf_sub(a, b);
    case LARES_MULTIPLY: return vf_mul(a, b);
    case LARES_DIVIDE: return vf_div(a, b);
    case LARES_MAXIMUM: return vf_max(a, b);
    default: return vf_min(a, b);
    }
}
OP void zip_with(lares_binary f, const float *a, int a_step, const float *b, int b_step, float *out, size_t n) {
    const vf one = vf_set(a[0]), other = vf_set(b[0]);
    for (size_t i = 0; i < n; i += 16) {
        const vf x = a_step ? vf_take(a + i, n - i) : one, y = b_step ? vf_take(b + i, n - i) : other;
        vf_put(out + i, vf_binary(f, x, y), n - i);
    }
}
static void NAME(lares_zip)(lares_binary f, const float *a, int a_step, const float *b, int b_step, float *out, size_t n) {
    if (n == 0) return;
#define ZIP(kind) case kind: zip_with(kind, a, a_step, b, b_step, out, n); return;
    switch (f) { ZIP(LARES_ADD) ZIP(LARES_SUBTRACT) ZIP(LARES_MULTIPLY) ZIP(LARES_DIVIDE) ZIP(LARES_MAXIMUM) ZIP(LARES_MINIMUM) }
#undef ZIP
}

static void NAME(lares_add_scaled)(float *x, const float *y, float scale, size_t n) {
    const vf s = vf_set(scale);
    for (size_t i = 0; i < n; i += 16) vf_put(x + i, vf_fma(s, vf_take(y + i, n - i), vf_take(x + i, n - i)), n - i);
}

static void NAME(lares_scale_to)(const float *x, float scale, float *out, size_t n) {
    const vf s = vf_set(scale);
    for (size_t i = 0; i < n; i += 16) vf_put(out + i, vf_mul(s, vf_take(x + i, n - i)), n - i);
}

static float NAME(lares_sum)(const float *x, size_t n) {
    vf sum[4] = {vf_zero(), vf_zero(), vf_zero(), vf_zero()};
    size_t i = 0;
    for (; i + 64 <= n; i += 64)
        for (int j = 0; j < 4; j++) sum[j] = vf_add(sum[j], vf_load(x + i + 16 * j));
    for (; i < n; i += 16) sum[0] = vf_add(sum[0], vf_take(x + i, n - i));
    return vf_sum(vf_add(vf_add(sum[0], sum[1]), vf_add(sum[2], sum[3])));
}

static float NAME(lares_dot)(const float *x, const float *y, size_t n) {
    vf sum[2] = {vf_zero(), vf_zero()};
    size_t i = 0;
    for (; i + 32 <= n; i += 32)
        for (int j = 0; j < 2; j++) sum[j] = vf_fma(vf_load(x + i + 16 * j), vf_load(y + i + 16 * j), sum[j]);
    for (; i < n; i += 16) sum[0] = vf_fma(vf_take(x + i, n - i), vf_take(y + i, n - i), sum[0]);
    return vf_sum(vf_add(sum[0], sum[1]));
}

/// Where x is larger it takes the place of what is in out, and its place, a whole number's bits, that of what is in places.
static void NAME(lares_take_larger)(const float *restrict x, uint32_t place, float *restrict out, float *restrict places, size_t n) {
    float bits;
    memcpy(&bits, &place, sizeof bits);
    for (size_t i = 0; i < n; i++) {  // a plain loop, which compilers turn into vectors
        const int larger = x[i] > out[i];
        places[i] = larger ? bits : places[i];
        out[i] = larger ? x[i] : out[i];
    }
}

static void NAME(lares_sum_rows)(const float *x, size_t rows, size_t columns, size_t row, float *out) {
    size_t j = 0;
    for (; j + 64 <= columns; j += 64) {  // four vectors of each row, so that memory is read in longer pieces
        vf sum[4];
        for (int v = 0; v < 4; v++) sum[v] = vf_load(out + j + 16 * v);
        for (size_t i = 0; i < rows; i++)
            for (int v = 0; v < 4; v++) sum[v] = vf_add(sum[v], vf_load(x + i * row + j + 16 * v));
        for (int v = 0; v < 4; v++) vf_store(out + j + 16 * v, sum[v]);
    }
    for (; j < columns; j += 16) {
        vf sum = vf_take(out + j, columns - j);
        for (size_t i = 0; i < rows; i++) sum = vf_add(sum, vf_take(x + i * row + j, columns - j));
        vf_put(out + j, sum, columns - j);
    }
}

/// dx = scale y (dy - y·dy), for y = softmax(scale x).
static void NAME(lares_softmax_back)(const float *y, const float *dy, float scale, float *dx, size_t n) {
    const vf mean = vf_set(NAME(lares_dot)(y, dy, n)), s = vf_set(scale);
    for (size_t i = 0; i < n; i += 16)
        vf_put(dx + i, vf_mul(vf_mul(s, vf_take(y + i, n - i)), vf_sub(vf_take(dy + i, n - i), mean)), n - i);
}

/// y = (x - mean) / deviation · weight + bias, or without the mean when not `centred` (root mean square); keeps mean and 1 / deviation.
static void NAME(lares_normalise)(
    const float *x, const float *weight, const float *bias, float epsilon, int centred, size_t n, float *y, float *statistics) {
    const float mean = centred ? NAME(lares_sum)(x, n) / (float)n : 0;
    const vf middle = vf_set(mean);
    vf squares = vf_zero();
    size_t i = 0;
    for (; i + 16 <= n; i += 16) {
        const vf v = vf_sub(vf_load(x + i), middle);
        squares = vf_fma(v, v, squares);
    }
    float sum = vf_sum(squares);
    for (; i < n; i++) sum += (x[i] - mean) * (x[i] - mean);
    const float scale = 1 / __builtin_sqrtf(sum / (float)n + epsilon);
    for (i = 0; i < n; i += 16) {
        const vf v = vf_mul(vf_sub(vf_take(x + i, n - i), middle), vf_set(scale));
        vf_put(y + i, vf_fma(v, vf_take(weight + i, n - i), bias ? vf_take(bias + i, n - i) : vf_zero()), n - i);
    }
    statistics[0] = mean, statistics[1] = scale;
}

/// With u = dy weight and v the normalised x: dx = (u - mean(u) - v mean(u v)) / deviation; d_weight += dy v, d_bias += dy.
static void NAME(lares_normalise_back)(
    const float *x, const float *weight, const float *dy, const float *statistics, int centred, size_t n, float *dx, float *d_weight, float *d_bias) {
    const vf middle = vf_set(statistics[0]), scale = vf_set(statistics[1]);
    vf sum = vf_zero(), product = vf_zero();
    for (size_t i = 0; i < n; i += 16) {
        const size_t left = n - i;
        const vf d = vf_take(dy + i, left), u = vf_mul(d, vf_take(weight + i, left));
        const vf v = vf_mul(vf_sub(vf_take(x + i, left), middle), scale);
        sum = vf_add(sum, u), product = vf_fma(u, v, product);
        vf_put(d_weight + i, vf_fma(d, v, vf_take(d_weight + i, left)), left);
        if (d_bias) vf_put(d_bias + i, vf_add(d, vf_take(d_bias + i, left)), left);
    }
    const vf mean = vf_set(centred ? vf_sum(sum) / (float)n : 0), along = vf_set(vf_sum(product) / (float)n);
    for (size_t i = 0; i < n; i += 16) {
        const size_t left = n - i;
        const vf u = vf_mul(vf_take(dy + i, left), vf_take(weight + i, left));
        const vf v = vf_mul(vf_sub(vf_take(x + i, left), middle), scale);
        vf_put(dx + i, vf_mul(scale, vf_sub(vf_sub(u, mean), vf_mul(v, along))), left);
    }
}

/// Numbers below 2^-60 shrink to zero: their squares, and means of zeros, would be denormal, and steps four times as long.
OP vf vf_faded(vf x) { return vf_mul(x, vf_min(vf_mul(vf_abs(x), vf_set(0x1p60f)), vf_set(1))); }
OP vf vf_faded_square(vf x) { return vf_mul(x, vf_min(vf_mul(x, vf_set(0x1p120f)), vf_set(1))); }

/// Kingma & Ba 2015, algorithm 1; with `decay` as Loshchilov & Hutter 2019 have it.
static void NAME(lares_adam)(const lares_adam *s, float *w, const float *g, float *m, float *v, size_t n) {
    const vf keep = vf_set(1 - s->rate * s->decay), rate = vf_set(-s->rate * s->correction1);
    for (size_t i = 0; i < n; i += 16) {
        const size_t left = n - i;
        const vf d = vf_faded(vf_take(g + i, left));
        const vf first = vf_fma(vf_set(s->beta1), vf_take(m + i, left), vf_mul(vf_set(1 - s->beta1), d));
        const vf second = vf_fma(vf_set(s->beta2), vf_take(v + i, left), vf_mul(vf_set(1 - s->beta2), vf_mul(d, d)));
        const vf size = vf_add(vf_sqrt(vf_mul(second, vf_set(s->correction2))), vf_set(s->epsilon));
        vf_put(m + i, vf_faded(first), left), vf_put(v + i, vf_faded_square(second), left);
        vf_put(w + i, vf_fma(vf_take(w + i, left), keep, vf_div(vf_mul(rate, first), size)), left);
    }
}
