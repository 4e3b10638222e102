// Work on single rows: norms, quantisation, activations, softmax.

/// e^x to about 1e-7 (minimax polynomial after taking out powers of two, Cephes expf); clamped to -87.3...88.
OP vf vf_exp(vf x) {
    x = vf_min(vf_max(x, vf_set(-87.3f)), vf_set(88.0f));
    const vf n = vf_round(vf_mul(x, vf_set(1.44269504f)));
    vf r = vf_fma(n, vf_set(-0.693359375f), x);
    r = vf_fma(n, vf_set(2.12194440e-4f), r);
    vf p = vf_set(1.9875691500e-4f);
    p = vf_fma(p, r, vf_set(1.3981999507e-3f));
    p = vf_fma(p, r, vf_set(8.3334519073e-3f));
    p = vf_fma(p, r, vf_set(4.1665795894e-2f));
    p = vf_fma(p, r, vf_set(1.6666665459e-1f));
    p = vf_fma(p, r, vf_set(5.0000001201e-1f));
    p = vf_fma(vf_mul(r, r), p, vf_add(r, vf_set(1)));
    return vf_mul(p, vf_exp2i(n));
}

OP vf vf_tanh(vf x) {
    const vf t = vf_exp(vf_mul(vf_abs(x), vf_set(-2)));
    const vf big = vf_div(vf_sub(vf_set(1), t), vf_add(vf_set(1), t));
    return vf_sign(big, x);
}

/// erf by Abramowitz and Stegun 7.1.26, within 1.5e-7.
OP vf vf_erf(vf x) {
    const vf a = vf_abs(x), t = vf_div(vf_set(1), vf_fma(a, vf_set(0.3275911f), vf_set(1)));
    vf p = vf_set(1.061405429f);
    p = vf_fma(p, t, vf_set(-1.453152027f));
    p = vf_fma(p, t, vf_set(1.421413741f));
    p = vf_fma(p, t, vf_set(-0.284496736f));
    p = vf_mul(vf_fma(p, t, vf_set(0.254829592f)), t);
    return vf_sign(vf_sub(vf_set(1), vf_mul(p, vf_exp(vf_mul(vf_mul(a, a), vf_set(-1))))), x);
}

OP vf vf_gelu_tanh(vf x) {
    const vf inner = vf_mul(vf_mul(x, vf_set(0.79788456f)), vf_fma(vf_mul(x, x), vf_set(0.044715f), vf_set(1)));
    return vf_mul(vf_mul(vf_set(0.5f), x), vf_add(vf_set(1), vf_tanh(inner)));
}

OP vf vf_activate(lares_activation kind, vf x) {
    switch (kind) {
    case LARES_SILU: return vf_div(x, vf_add(vf_set(1), vf_exp(vf_mul(x, vf_set(-1)))));
    case LARES_GELU_TANH: return vf_gelu_tanh(x);
    default: return vf_mul(vf_mul(vf_set(0.5f), x), vf_add(vf_set(1), vf_erf(vf_mul(x, vf_set(0.70710678f)))));
    }
}

static void NAME(lares_gate_f32)(lares_activation kind, float *gate, const float *up, size_t n) {
    for (size_t i = 0; i < n; i += 16) {
        const vf y = vf_activate(kind, vf_load(gate + i));
        vf_store(gate + i, up ? vf_mul(y, vf_load(up + i)) : y);
    }
}

static void NAME(lares_quantise_f32)(const float *x, size_t columns, const lares_quantised *out) {
    const lares_quantised o = *out;  // a copy, because bytes written through q might be the pointers themselves
    for (size_t b = 0; b < columns / LARES_BLOCK; b++, x += LARES_BLOCK) {
        const vf lo = vf_load(x), hi = vf_load(x + 16);
        const float top = vf_top(vf_max(vf_abs(lo), vf_abs(hi)));
        const float scale = top / 127.0f, inverse = top > 0 ? 127.0f / top : 0;
        const int first = vf_store_bytes(o.q + b * LARES_BLOCK, vf_mul(lo, vf_set(inverse)));
        const int second = vf_store_bytes(o.q + b * LARES_BLOCK + 16, vf_mul(hi, vf_set(inverse)));
        const float d = half_round(scale), exact = d * (float)(first + second), rounded = half_round(scale * (float)(first + second));
        o.d[b] = d;
        o.s[b] = exact;
        o.rounded[b] = rounded - rounded == 0 ? rounded : exact;  // past f16's range: infinite
        o.sums[2 * b] = (int16_t)first;
        o.sums[2 * b + 1] = (int16_t)second;
    }
}

static void NAME(lares_rms_norm_f32)(const float *x, const float *weight, float epsilon, size_t n, float *out) {
    vf sum = vf_zero();
    for (size_t i = 0; i < n; i += 16) { const vf v = vf_load(x + i); sum = vf_fma(v, v, sum); }
    const vf scale = vf_set(1.0f / __builtin_sqrtf(vf_sum(sum) / (float)n + epsilon));
    for (size_t i = 0; i < n; i += 16) vf_store(out + i, vf_mul(vf_mul(vf_load(x + i), scale), vf_load(weight + i)));
}

static void NAME(lares_layer_norm_f32)(const float *x, const float *add, const float *weight, const float *bias, float epsilon, size_t n, float *out) {
    vf sum = vf_zero(), squares = vf_zero();
    for (size_t i = 0; i < n; i += 16) {
        const vf v = add ? vf_add(vf_load(x + i), vf_load(add + i)) : vf_load(x + i);
        vf_store(out + i, v);
        sum = vf_add(sum, v);
    }
    const vf mean = vf_set(vf_sum(sum) / (float)n);
    for (size_t i = 0; i < n; i += 16) { const vf v = vf_sub(vf_load(out + i), mean); squares = vf_fma(v, v, squares); }
    const vf scale = vf_set(1.0f / __builtin_sqrtf(vf_sum(squares) / (float)n + epsilon));
    for (size_t i = 0; i < n; i += 16) {
        const vf v = vf_mul(vf_sub(vf_load(out + i), mean), scale);
        vf_store(out + i, vf_add(vf_mul(v, vf_load(weight + i)), vf_load(bias + i)));
    }
}

static void NAME(lares_add_f32)(float *x, const float *y, size_t n) {
    for (size_t i = 0; i < n; i += 16) vf_store(x + i, vf_add(vf_load(x + i), vf_load(y + i)));
}

static void NAME(lares_scale_f32)(float *x, float by, size_t n) {
    for (size_t i = 0; i < n; i += 16) vf_store(x + i, vf_mul(vf_load(x + i), vf_set(by)));
}

static void NAME(lares_to_half_f32)(const float *x, uint16_t *out, size_t n) {
    for (size_t i = 0; i < n; i += 16) vf_store_f16(out + i, vf_load(x + i));
}

OP vf vf_half(vf x) {
    uint16_t h[16];
    vf_store_f16(h, x);
    return vf_load_f16(h);
}

static void NAME(lares_round_half_f32)(float *x, size_t n) {
    for (size_t i = 0; i < n; i += 16) vf_store(x + i, vf_half(vf_load(x + i)));
}

static void NAME(lares_rotate_f32)(float *x, const float *cosines, const float *sines, size_t pairs, int interleaved) {
    const size_t step = interleaved ? 2 : 1, apart = interleaved ? 1 : pairs;
    for (size_t i = 0; i < pairs; i++) {
        const float a = x[i * step], b = x[i * step + apart];
        x[i * step] = a * cosines[i] - b * sines[i];
        x[i * step + apart] = a * sines[i] + b * cosines[i];
    }
}

static float NAME(lares_maximum_f32)(const float *x, size_t n) {
    vf top = vf_set(-__builtin_inff());
    size_t i = 0;
    for (; i + 16 <= n; i += 16) top = vf_max(vf_load(x + i), top);
    float m = vf_top(top);
    for (; i < n; i++) m = x[i] > m ? x[i] : m;
    return m;
}

static float NAME(lares_exp_sum_f32)(float *x, float minus, size_t n, int store) {
    vf sum = vf_zero();
    const vf m = vf_set(minus);
    size_t i = 0;
    for (; i + 16 <= n; i += 16) {
        const vf e = vf_exp(vf_sub(vf_load(x + i), m));
        if (store) vf_store(x + i, e);
        sum = vf_add(sum, e);
    }
    if (i < n) {
        float rest[16], kept[16];
        for (size_t j = 0; j < 16; j++) rest[j] = i + j < n ? x[i + j] : -__builtin_inff();
        vf_store(kept, vf_exp(vf_sub(vf_load(rest), m)));
        for (size_t j = 0; i + j < n; j++) {
            if (store) x[i + j] = kept[j];
            rest[j] = kept[j];
        }
        for (size_t j = n - i; j < 16; j++) rest[j] = 0;
        sum = vf_add(sum, vf_load(rest));
    }
    return vf_sum(sum);
}
