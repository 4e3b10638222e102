// The kernels of one instruction set, from its simd_*.h: include that first.
#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define NAME(f) JOIN(f, LARES_ISA)
#define STRING_(x) #x
#define STRING(x) STRING_(x)

#include "layout.h"
#include "matmul.inc.h"
#include "rows.inc.h"
#include "words.inc.h"
#include "attention.inc.h"
#include "learn.inc.h"
#include "learn_cells.inc.h"
#include "gemm.inc.h"
#include "word_vectors.inc.h"

static const lares_learn_set NAME(lares_learn) = {
    .gemm_part = NAME(lares_gemm_part),
    .gemm_pack_a = NAME(lares_gemm_pack_a),
    .gemm_pack_b = NAME(lares_gemm_pack_b),
    .map = NAME(lares_map),
    .map_back = NAME(lares_map_back),
    .zip = NAME(lares_zip),
    .add_scaled = NAME(lares_add_scaled),
    .scale_to = NAME(lares_scale_to),
    .sum = NAME(lares_sum),
    .dot = NAME(lares_dot),
    .take_larger = NAME(lares_take_larger),
    .sum_rows = NAME(lares_sum_rows),
    .softmax_back = NAME(lares_softmax_back),
    .normalise = NAME(lares_normalise),
    .normalise_back = NAME(lares_normalise_back),
    .adam = NAME(lares_adam),
    .lstm = NAME(lares_lstm),
    .lstm_back = NAME(lares_lstm_back),
    .gru = NAME(lares_gru),
    .gru_back = NAME(lares_gru_back),
    .word_step = NAME(lares_word_step),
    .word_vectors = NAME(lares_word_vectors),
};

const lares_kernel_set NAME(lares_set) = {
    .name = STRING(LARES_ISA),
    .matmul =
        {
            [LARES_Q4] = NAME(lares_matmul_q4),
            [LARES_Q4M] = NAME(lares_matmul_q4m),
            [LARES_Q5] = NAME(lares_matmul_q5),
            [LARES_Q5M] = NAME(lares_matmul_q5m),
            [LARES_Q8] = NAME(lares_matmul_q8),
            [LARES_Q8_UPPER] = NAME(lares_matmul_q8_upper),
            [LARES_Q2S] = NAME(lares_matmul_q2s),
            [LARES_Q3S] = NAME(lares_matmul_q3s),
            [LARES_Q6S] = NAME(lares_matmul_q6s),
            [LARES_F32] = NAME(lares_matmul_f32),
            [LARES_F16] = NAME(lares_matmul_f16),
            [LARES_BF16] = NAME(lares_matmul_bf16),
            [LARES_W14] = NAME(lares_matmul_w14),
        },
    .quantise = NAME(lares_quantise_f32),
    .to_words = NAME(lares_to_words_f32),
    .rms_norm = NAME(lares_rms_norm_f32),
    .layer_norm = NAME(lares_layer_norm_f32),
    .add = NAME(lares_add_f32),
    .gate = NAME(lares_gate_f32),
    .rotate = NAME(lares_rotate_f32),
    .to_half = NAME(lares_to_half_f32),
    .round_half = NAME(lares_round_half_f32),
    .attend = NAME(lares_attend_f16),
    .merge = NAME(lares_merge_f32),
    .scale = NAME(lares_scale_f32),
    .maximum = NAME(lares_maximum_f32),
    .exp_sum = NAME(lares_exp_sum_f32),
    .learn = &NAME(lares_learn),
};
