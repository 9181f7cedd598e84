/* SPDX-License-Identifier: Apache-2.0 */
/* Weights packed ahead: a relocatable blob with a fingerprint in its header. */
#include "api/api.h"

enum { PACKED_MAGIC = 0x4c50414b };

/* The head of a blob; weights follow at LAX_ALIGNMENT. */
struct lax_packed {
    uint32_t magic;
    uint64_t fingerprint;
    uint64_t nbytes; /* of the weights; 0: `rhs` refers to the caller's memory */
    void *rhs;
};

/* What lax_plan_pack() keeps in front of a blob, to release it without its plan. */
struct owner {
    lax_allocator allocator;
    size_t nbytes;
};

_Static_assert(sizeof(struct lax_packed) <= LAX_ALIGNMENT, "the head fits its room");
_Static_assert(sizeof(struct owner) <= LAX_ALIGNMENT, "the owner fits its room");

static size_t blob_nbytes(const struct plan *plan) { return LAX_ALIGNMENT + plan->packed_nbytes; }

size_t lax_plan_packed_size(const lax_plan *plan) {
    const struct plan *p = (const struct plan *)plan;
    return p == NULL || p->problem.kind != PROBLEM_CONV || p->n_operands < 2 ? 0 : blob_nbytes(p);
}

static lax_status check_weights(const struct plan *plan, const lax_tensor *rhs, lax_error *why) {
    if (plan->problem.kind != PROBLEM_CONV || plan->n_operands < 2)
        return lax_i_fail(why, LAX_ERROR_UNSUPPORTED,
                          "only plans of convolutions have weights to pack");
    lax_status s = lax_i_check_form(rhs, &plan->operands[1], -1, "rhs", why);
    if (s == LAX_OK && rhs->data == NULL && lax_tensor_elements(rhs) != 0)
        s = lax_i_fail(why, LAX_ERROR_NULL, "rhs has no data");
    return s;
}

static lax_status pack_at(const struct plan *plan, const lax_tensor *rhs, void *memory,
                          lax_error *why) {
    struct lax_packed *head = memory;
    *head = (struct lax_packed){PACKED_MAGIC, plan->fingerprint, plan->packed_nbytes, NULL};
    if (plan->packed_nbytes == 0) return head->rhs = rhs->data, LAX_OK;
    return lax_i_pack(plan, rhs->data, (char *)memory + LAX_ALIGNMENT, why);
}

lax_status lax_plan_pack_into(const lax_plan *plan, const lax_tensor *rhs, void *memory,
                              size_t nbytes, lax_packed **packed, lax_error *why) {
    const struct plan *p = (const struct plan *)plan;
    lax_status s = lax_i_require(plan, "plan", why);
    if (s == LAX_OK) s = lax_i_require(rhs, "rhs", why);
    if (s == LAX_OK) s = lax_i_require(memory, "memory", why);
    if (s == LAX_OK) s = lax_i_require(packed, "packed", why);
    if (s == LAX_OK) s = check_weights(p, rhs, why);
    if (s != LAX_OK) return s;
    if ((uintptr_t)memory % LAX_ALIGNMENT != 0)
        return lax_i_fail(why, LAX_ERROR_ALIGNMENT, "memory at %p is not %d-byte aligned", memory,
                          LAX_ALIGNMENT);
    if (nbytes < blob_nbytes(p))
        return lax_i_fail(why, LAX_ERROR_BUFFER, "memory has %zu bytes, packed weights need %zu",
                          nbytes, blob_nbytes(p));
    s = pack_at(p, rhs, memory, why);
    if (s == LAX_OK) *packed = memory;
    return s;
}

lax_status lax_plan_pack(const lax_plan *plan, const lax_tensor *rhs, lax_packed **packed,
                         lax_error *why) {
    const struct plan *p = (const struct plan *)plan;
    lax_status s = lax_i_require(plan, "plan", why);
    if (s == LAX_OK) s = lax_i_require(rhs, "rhs", why);
    if (s == LAX_OK) s = lax_i_require(packed, "packed", why);
    if (s == LAX_OK) s = check_weights(p, rhs, why);
    if (s != LAX_OK) return s;
    size_t nbytes = LAX_ALIGNMENT + blob_nbytes(p);
    char *memory = lax_i_allocate(&p->runtime->allocator, nbytes);
    if (memory == NULL)
        return lax_i_fail(why, LAX_ERROR_MEMORY, "%zu bytes for packed weights cannot be had",
                          nbytes);
    struct owner owner = {p->runtime->allocator, nbytes};
    memcpy(memory, &owner, sizeof owner);
    s = pack_at(p, rhs, memory + LAX_ALIGNMENT, why);
    if (s == LAX_OK)
        *packed = (lax_packed *)(void *)(memory + LAX_ALIGNMENT);
    else
        lax_i_release(&owner.allocator, memory, nbytes);
    return s;
}

void lax_packed_release(lax_packed *packed) {
    struct owner owner;
    if (packed == NULL) return;
    char *memory = (char *)packed - LAX_ALIGNMENT;
    memcpy(&owner, memory, sizeof owner);
    lax_i_release(&owner.allocator, memory, owner.nbytes);
}

lax_status lax_i_packed_weights(const struct plan *plan, const lax_packed *packed,
                                const void **weights, void **rhs, lax_error *why) {
    if (plan->problem.kind != PROBLEM_CONV || packed->magic != PACKED_MAGIC ||
        packed->fingerprint != plan->fingerprint)
        return lax_i_fail(why, LAX_ERROR_PACKED,
                          "packed weights have fingerprint %016llx, the plan needs %016llx",
                          (unsigned long long)packed->fingerprint,
                          (unsigned long long)plan->fingerprint);
    if (packed->nbytes == 0)
        *rhs = packed->rhs;
    else
        *weights = (const char *)packed + LAX_ALIGNMENT;
    return LAX_OK;
}
