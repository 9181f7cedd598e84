/* SPDX-License-Identifier: Apache-2.0 */
/* Public scans: five names for one operation. */
#include "api/api.h"

struct scan {
    lax_reducer_kind kind;
    int32_t axis;
    bool reverse;
};

static lax_status run_scan(lax_context *ctx, const lax_tensor *operand, struct scan scan,
                           lax_tensor *out, lax_error *why) {
    lax_status s = lax_i_require(operand, "operand", why);
    if (s == LAX_OK) s = lax_i_require(out, "out", why);
    if (s != LAX_OK) return s;
    if (out->rank == -1) return lax_i_fail(why, LAX_ERROR_RANK, "out has rank -1");
    lax_operation op = LAX_OPERATION(.op = LAX_OP_SCAN, .n_operands = 1, .n_results = 1,
                                     .axis = scan.axis, .reverse = scan.reverse);
    op.reducer = LAX_REDUCER(.kind = scan.kind);
    op.operands[0] = *operand;
    op.results[0] = *out;
    return lax_i_run(ctx, &op, &operand, &out, why);
}

lax_status lax_cumsum(lax_context *ctx, const lax_tensor *operand, int32_t axis, bool reverse,
                      lax_tensor *out, lax_error *why) {
    return run_scan(ctx, operand, (struct scan){LAX_ADD, axis, reverse}, out, why);
}

lax_status lax_cumprod(lax_context *ctx, const lax_tensor *operand, int32_t axis, bool reverse,
                       lax_tensor *out, lax_error *why) {
    return run_scan(ctx, operand, (struct scan){LAX_MUL, axis, reverse}, out, why);
}

lax_status lax_cummax(lax_context *ctx, const lax_tensor *operand, int32_t axis, bool reverse,
                      lax_tensor *out, lax_error *why) {
    return run_scan(ctx, operand, (struct scan){LAX_MAX, axis, reverse}, out, why);
}

lax_status lax_cummin(lax_context *ctx, const lax_tensor *operand, int32_t axis, bool reverse,
                      lax_tensor *out, lax_error *why) {
    return run_scan(ctx, operand, (struct scan){LAX_MIN, axis, reverse}, out, why);
}

lax_status lax_cumlogsumexp(lax_context *ctx, const lax_tensor *operand, int32_t axis, bool reverse,
                            lax_tensor *out, lax_error *why) {
    return run_scan(ctx, operand, (struct scan){LAX_LOGADDEXP, axis, reverse}, out, why);
}
