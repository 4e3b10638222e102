// Gates of recurrent cells, as bodies of fork-joins over rows: one row (sequence) of one step. What lies past `hidden` belongs to the next gate, so tails are taken apart.

/// c = f c' + i g, h = o tanh c (Hochreiter & Schmidhuber 1997, with forget gates: Gers et al. 2000).
static void NAME(lares_lstm)(void *step, size_t row) {
    const lares_cell *s = step;
    const size_t n = s->hidden, at = row * n;
    float *gate = s->gates + row * 4 * n;
    for (size_t j = 0; j < n; j += 16) {
        const size_t left = n - j;
        const vf i = vf_sigmoid(vf_take(gate + j, left)), f = vf_sigmoid(vf_take(gate + n + j, left));
        const vf g = vf_tanh(vf_take(gate + 2 * n + j, left)), o = vf_sigmoid(vf_take(gate + 3 * n + j, left));
        const vf c = vf_fma(f, vf_take(s->before + at + j, left), vf_mul(i, g)), t = vf_tanh(c);
        vf_put(gate + j, i, left), vf_put(gate + n + j, f, left), vf_put(gate + 2 * n + j, g, left), vf_put(gate + 3 * n + j, o, left);
        vf_put(s->cell + at + j, c, left), vf_put(s->tanh_cell + at + j, t, left), vf_put(s->out + at + j, vf_mul(o, t), left);
    }
}

static void NAME(lares_lstm_back)(void *step, size_t row) {
    const lares_cell_back *s = step;
    const size_t n = s->hidden, at = row * n;
    const float *gate = s->gates + row * 4 * n;
    float *d = s->d_gates + row * 4 * n;
    for (size_t j = 0; j < n; j += 16) {
        const size_t left = n - j;
        const vf i = vf_take(gate + j, left), f = vf_take(gate + n + j, left), g = vf_take(gate + 2 * n + j, left), o = vf_take(gate + 3 * n + j, left);
        const vf t = vf_take(s->tanh_cell + at + j, left), dh = vf_take(s->d_out + at + j, left);
        const vf dc = vf_fma(vf_mul(dh, o), vf_one_less(vf_mul(t, t)), vf_take(s->d_cell + at + j, left));
        vf_put(d + j, vf_mul(vf_mul(dc, g), vf_mul(i, vf_one_less(i))), left);
        vf_put(d + n + j, vf_mul(vf_mul(dc, vf_take(s->before + at + j, left)), vf_mul(f, vf_one_less(f))), left);
        vf_put(d + 2 * n + j, vf_mul(vf_mul(dc, i), vf_one_less(vf_mul(g, g))), left);
        vf_put(d + 3 * n + j, vf_mul(vf_mul(dh, t), vf_mul(o, vf_one_less(o))), left);
        vf_put(s->d_cell + at + j, vf_mul(dc, f), left);
    }
}

/// h = (1 - z) n + z h', n = tanh(x_n + r u_n) (Cho et al. 2014, with the reset gate after the product).
static void NAME(lares_gru)(void *step, size_t row) {
    const lares_cell *s = step;
    const size_t n = s->hidden, at = row * n;
    float *gate = s->gates + row * 3 * n;
    const float *u = s->recurrent + row * 3 * n;
    for (size_t j = 0; j < n; j += 16) {
        const size_t left = n - j;
        const vf r = vf_sigmoid(vf_add(vf_take(gate + j, left), vf_take(u + j, left)));
        const vf z = vf_sigmoid(vf_add(vf_take(gate + n + j, left), vf_take(u + n + j, left)));
        const vf v = vf_take(u + 2 * n + j, left), h = vf_take(s->before + at + j, left);
        const vf c = vf_tanh(vf_fma(r, v, vf_take(gate + 2 * n + j, left)));
        vf_put(gate + j, r, left), vf_put(gate + n + j, z, left), vf_put(gate + 2 * n + j, c, left);
        vf_put(s->candidate + at + j, v, left), vf_put(s->out + at + j, vf_fma(z, vf_sub(h, c), c), left);
    }
}

static void NAME(lares_gru_back)(void *step, size_t row) {
    const lares_cell_back *s = step;
    const size_t n = s->hidden, at = row * n;
    const float *gate = s->gates + row * 3 * n;
    float *d = s->d_gates + row * 3 * n, *du = s->d_recurrent + row * 3 * n;
    for (size_t j = 0; j < n; j += 16) {
        const size_t left = n - j;
        const vf r = vf_take(gate + j, left), z = vf_take(gate + n + j, left), c = vf_take(gate + 2 * n + j, left);
        const vf dh = vf_take(s->d_out + at + j, left), h = vf_take(s->before + at + j, left);
        const vf dc = vf_mul(vf_mul(dh, vf_one_less(z)), vf_one_less(vf_mul(c, c)));
        const vf dr = vf_mul(vf_mul(dc, vf_take(s->candidate + at + j, left)), vf_mul(r, vf_one_less(r)));
        const vf dz = vf_mul(vf_mul(dh, vf_sub(h, c)), vf_mul(z, vf_one_less(z)));
        vf_put(d + j, dr, left), vf_put(d + n + j, dz, left), vf_put(d + 2 * n + j, dc, left);
        vf_put(du + j, dr, left), vf_put(du + n + j, dz, left), vf_put(du + 2 * n + j, vf_mul(dc, r), left);
        vf_put(s->d_cell + at + j, vf_mul(dh, z), left);
    }
}
