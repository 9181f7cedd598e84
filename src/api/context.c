/* SPDX-License-Identifier: Apache-2.0 */
/* Contexts of the public interface. The lowerings' names are known here, below the settings. */
#include "api/api.h"

static lax_status check_lowering(const lax_context_options *resolved, lax_error *why) {
    if (resolved->lowering == NULL || lax_i_lowering_exists(resolved->lowering)) return LAX_OK;
    return lax_i_fail(why, LAX_ERROR_LOWERING_NAME, "no operation has a lowering named '%.40s'",
                      resolved->lowering);
}

lax_status lax_context_create(const lax_context_options *options, lax_context **context,
                              lax_error *why) {
    lax_context_options own, resolved;
    lax_status s = lax_i_require(context, "context", why);
    if (s == LAX_OK) s = lax_i_copy_options(&own, sizeof own, options, "LAX_CONTEXT_OPTIONS", why);
    if (s == LAX_OK) s = lax_i_context_resolve(&own, &resolved, why);
    if (s == LAX_OK) s = check_lowering(&resolved, why);
    return s == LAX_OK ? lax_i_context_make(&resolved, context, why) : s;
}

void lax_context_destroy(lax_context *context) {
    if (context != NULL) lax_i_context_free(context);
}
