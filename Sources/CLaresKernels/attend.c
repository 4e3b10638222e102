#include "lares_kernels.h"

void lares_attend_queries(const lares_queries *queries, const lares_attend *job) {
    const float *q[LARES_ROWS];
    float *out[LARES_ROWS];
    int32_t first[LARES_ROWS], last[LARES_ROWS];
    for (size_t i = 0, r = 0; i < queries->count; i++) {
        const int32_t at = queries->position + (int32_t)i;
        for (size_t h = 0; h < queries->heads; h++, r++) {
            q[r] = queries->queries + i * queries->query_stride + h * job->head;
            out[r] = queries->out + i * queries->out_stride + h * job->head;
            first[r] = queries->window > 0 && at >= queries->window ? at - queries->window + 1 : 0;
            last[r] = at;
        }
    }
    lares_attend full = *job;
    full.rows = queries->count * queries->heads;
    full.q = q, full.out = out, full.first = first, full.last = last;
    queries->set->attend(&full);
}
