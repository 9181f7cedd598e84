/* SPDX-License-Identifier: Apache-2.0 */
/* DLPack import and export without copies. */
#include "api/dlpack.h"

#include "api/api.h"

#include <stdlib.h>

static const struct {
    lax_dtype dtype;
    uint8_t code, bits;
} types[] = {
    {LAX_F64, DLPACK_FLOAT, 64},   {LAX_F32, DLPACK_FLOAT, 32},   {LAX_F16, DLPACK_FLOAT, 16},
    {LAX_BF16, DLPACK_BFLOAT, 16}, {LAX_S8, DLPACK_INT, 8},       {LAX_S16, DLPACK_INT, 16},
    {LAX_S32, DLPACK_INT, 32},     {LAX_S64, DLPACK_INT, 64},     {LAX_U8, DLPACK_UINT, 8},
    {LAX_U16, DLPACK_UINT, 16},    {LAX_U32, DLPACK_UINT, 32},    {LAX_U64, DLPACK_UINT, 64},
    {LAX_PRED, DLPACK_BOOL, 8},    {LAX_C64, DLPACK_COMPLEX, 64}, {LAX_C128, DLPACK_COMPLEX, 128},
};

/* --- import ----------------------------------------------------------------------------------- */

static lax_status import_dtype(const struct dlpack_tensor *t, lax_dtype *out, lax_error *why) {
    for (int i = 0; i < LAX_COUNTOF(types); i++)
        if (types[i].code == t->dtype.code && types[i].bits == t->dtype.bits && t->dtype.lanes == 1)
            return *out = types[i].dtype, LAX_OK;
    return lax_i_fail(why, LAX_ERROR_DLPACK_DTYPE,
                      "DLPack element type with code %u, %u bits and %u lanes is not supported",
                      t->dtype.code, t->dtype.bits, t->dtype.lanes);
}

static lax_status import_tensor(const struct dlpack_tensor *t, lax_tensor *out, lax_error *why) {
    lax_tensor view = {.rank = t->ndim};
    lax_status s = import_dtype(t, &view.dtype, why);
    if (s != LAX_OK) return s;
    if (t->device.type != DLPACK_CPU)
        return lax_i_fail(why, LAX_ERROR_DLPACK_DEVICE,
                          "the DLPack tensor is on device type %d, not in CPU memory (%d)",
                          t->device.type, DLPACK_CPU);
    if (t->ndim < 0 || t->ndim > LAX_MAX_RANK)
        return lax_i_fail(why, LAX_ERROR_RANK, "the DLPack tensor must have rank 0 to %d, got %d",
                          LAX_MAX_RANK, t->ndim);
    if (t->ndim > 0 && t->shape == NULL)
        return lax_i_fail(why, LAX_ERROR_NULL, "the DLPack tensor of rank %d has no shape",
                          t->ndim);
    size_t nbytes = (size_t)t->ndim * sizeof *t->shape;
    if (nbytes > 0) memcpy(view.shape, t->shape, nbytes);
    if (t->strides == NULL)
        lax_i_row_major(&view);
    else if (nbytes > 0)
        memcpy(view.strides, t->strides, nbytes);
    if (t->data != NULL) view.data = (char *)t->data + t->byte_offset;
    s = lax_i_check_tensor(&view, "the DLPack tensor", why);
    if (s == LAX_OK) *out = view;
    return s;
}

lax_status lax_tensor_from_dlpack(const struct DLManagedTensor *managed, lax_tensor *out,
                                  lax_error *why) {
    lax_status s = lax_i_require(managed, "managed", why);
    if (s == LAX_OK) s = lax_i_require(out, "out", why);
    return s == LAX_OK ? import_tensor(&managed->tensor, out, why) : s;
}

lax_status lax_tensor_from_dlpack_versioned(const struct DLManagedTensorVersioned *managed,
                                            lax_tensor *out, lax_error *why) {
    lax_status s = lax_i_require(managed, "managed", why);
    if (s == LAX_OK) s = lax_i_require(out, "out", why);
    if (s != LAX_OK) return s;
    if (managed->version.major != DLPACK_MAJOR)
        return lax_i_fail(why, LAX_ERROR_DLPACK_VERSION,
                          "the DLPack tensor has major version %u, known is %d",
                          managed->version.major, DLPACK_MAJOR);
    return import_tensor(&managed->tensor, out, why);
}

/* --- export ----------------------------------------------------------------------------------- */

/* An exported tensor owns its shape and strides, and remembers whom to tell. */
struct exported {
    union {
        struct DLManagedTensor plain;
        struct DLManagedTensorVersioned versioned;
    };
    int64_t shape[LAX_MAX_RANK], strides[LAX_MAX_RANK];
    void (*release)(void *user);
    void *user;
};

static void finish(struct exported *e) {
    if (e->release != NULL) e->release(e->user);
    free(e);
}

static void delete_plain(struct DLManagedTensor *self) {
    if (self != NULL) finish(self->context);
}

static void delete_versioned(struct DLManagedTensorVersioned *self) {
    if (self != NULL) finish(self->context);
}

static lax_status start_export(const lax_tensor *tensor, const void *managed, struct exported **out,
                               lax_error *why) {
    lax_status s = lax_i_require(tensor, "tensor", why);
    if (s == LAX_OK) s = lax_i_require(managed, "managed", why);
    if (s == LAX_OK) s = lax_i_check_tensor(tensor, "tensor", why);
    if (s != LAX_OK) return s;
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return lax_i_fail(why, LAX_ERROR_MEMORY, "%zu bytes for a DLPack tensor cannot be had",
                          sizeof **out);
    memcpy((*out)->shape, tensor->shape, sizeof tensor->shape);
    memcpy((*out)->strides, tensor->strides, sizeof tensor->strides);
    return LAX_OK;
}

static void fill_tensor(struct dlpack_tensor *t, const lax_tensor *tensor, struct exported *e) {
    *t = (struct dlpack_tensor){
        .data = tensor->data, .ndim = tensor->rank, .shape = e->shape, .strides = e->strides};
    t->device.type = DLPACK_CPU;
    t->dtype.lanes = 1;
    for (int i = 0; i < LAX_COUNTOF(types); i++)
        if (types[i].dtype == tensor->dtype)
            t->dtype.code = types[i].code, t->dtype.bits = types[i].bits;
}

lax_status lax_tensor_to_dlpack(const lax_tensor *tensor, void (*release)(void *user), void *user,
                                struct DLManagedTensor **managed, lax_error *why) {
    struct exported *e;
    lax_status s = start_export(tensor, managed, &e, why);
    if (s != LAX_OK) return s;
    e->release = release, e->user = user;
    fill_tensor(&e->plain.tensor, tensor, e);
    e->plain.context = e;
    e->plain.deleter = delete_plain;
    *managed = &e->plain;
    return LAX_OK;
}

lax_status lax_tensor_to_dlpack_versioned(const lax_tensor *tensor, bool read_only,
                                          void (*release)(void *user), void *user,
                                          struct DLManagedTensorVersioned **managed,
                                          lax_error *why) {
    struct exported *e;
    lax_status s = start_export(tensor, managed, &e, why);
    if (s != LAX_OK) return s;
    e->release = release, e->user = user;
    fill_tensor(&e->versioned.tensor, tensor, e);
    e->versioned.version.major = DLPACK_MAJOR, e->versioned.version.minor = DLPACK_MINOR;
    e->versioned.flags = read_only ? DLPACK_READ_ONLY : 0;
    e->versioned.context = e;
    e->versioned.deleter = delete_versioned;
    *managed = &e->versioned;
    return LAX_OK;
}
