/* SPDX-License-Identifier: Apache-2.0 */
/* Wrong contexts and DLPack tensors, memory that cannot be had, and NULL for what is required. */
#include <string.h>

#include "api/dlpack_abi.h"
#include "api/errors.h"
#include "property/corner.h"
#include "support/support.h"

static float zeros[64];

static lax_status context_with(const lax_context_options *options, lax_error *why) {
    lax_context *context = NULL;
    lax_status status = lax_context_create(options, &context, why);
    lax_context_destroy(context);
    return status;
}

static lax_status context_policy(struct bed *bed, lax_error *why) {
    (void)bed;
    return context_with(&LAX_CONTEXT_OPTIONS(.policy = (lax_policy)11), why);
}

static lax_status context_isa(struct bed *bed, lax_error *why) {
    (void)bed;
    return context_with(&LAX_CONTEXT_OPTIONS(.max_isa = (lax_isa)12), why);
}

static lax_status context_threads(struct bed *bed, lax_error *why) {
    (void)bed;
    return context_with(&LAX_CONTEXT_OPTIONS(.num_threads = -1), why);
}

static lax_status context_lowering(struct bed *bed, lax_error *why) {
    (void)bed;
    return context_with(&LAX_CONTEXT_OPTIONS(.lowering = "winograd9"), why);
}

static lax_status context_allocator(struct bed *bed, lax_error *why) {
    struct counting c;
    lax_context_options o = LAX_CONTEXT_OPTIONS(.num_threads = 1);
    (void)bed;
    o.allocator.allocate = counting_allocator(&c).allocate;
    return context_with(&o, why);
}

static lax_status context_size(struct bed *bed, lax_error *why) {
    (void)bed;
    return context_with(&(lax_context_options){.num_threads = 1}, why);
}

static lax_status context_null(struct bed *bed, lax_error *why) {
    (void)bed;
    return lax_context_create(NULL, NULL, why);
}

static lax_status context_memory(struct bed *bed, lax_error *why) {
    struct counting c;
    lax_allocator allocator = counting_allocator(&c);
    (void)bed;
    c.fail_at = 0;
    return context_with(&LAX_CONTEXT_OPTIONS(.allocator = allocator, .num_threads = 1), why);
}

static lax_status import(uint8_t code, uint8_t bits, uint16_t lanes, int32_t device,
                         lax_error *why) {
    int64_t shape[1] = {4};
    struct DLManagedTensor m = {.dl = {zeros, {device, 0}, 1, {code, bits, lanes}, shape, NULL, 0}};
    lax_tensor out;
    return lax_tensor_from_dlpack(&m, &out, why);
}

static lax_status dlpack_float8(struct bed *bed, lax_error *why) {
    (void)bed;
    return import(ABI_FLOAT, 8, 1, ABI_CPU, why);
}

static lax_status dlpack_lanes(struct bed *bed, lax_error *why) {
    (void)bed;
    return import(ABI_FLOAT, 32, 4, ABI_CPU, why);
}

static lax_status dlpack_code(struct bed *bed, lax_error *why) {
    (void)bed;
    return import(17, 8, 1, ABI_CPU, why);
}

static lax_status dlpack_device(struct bed *bed, lax_error *why) {
    (void)bed;
    return import(ABI_FLOAT, 32, 1, 2, why);
}

static lax_status dlpack_rank(struct bed *bed, lax_error *why) {
    int64_t shape[13] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    struct DLManagedTensor m = {
        .dl = {zeros, {ABI_CPU, 0}, 13, {ABI_FLOAT, 32, 1}, shape, NULL, 0}};
    lax_tensor out;
    (void)bed;
    return lax_tensor_from_dlpack(&m, &out, why);
}

static lax_status dlpack_version(struct bed *bed, lax_error *why) {
    int64_t shape[1] = {4};
    struct DLManagedTensorVersioned m = {
        .version = {2, 0}, .dl = {zeros, {ABI_CPU, 0}, 1, {ABI_FLOAT, 32, 1}, shape, NULL, 0}};
    lax_tensor out;
    (void)bed;
    return lax_tensor_from_dlpack_versioned(&m, &out, why);
}

static lax_status dlpack_export(struct bed *bed, lax_error *why) {
    lax_tensor t = lax_tensor_of(LAX_F32, zeros, SHAPE(-3));
    struct DLManagedTensor *managed = NULL;
    (void)bed;
    return lax_tensor_to_dlpack(&t, NULL, NULL, &managed, why);
}

static lax_status dlpack_null(struct bed *bed, lax_error *why) {
    (void)bed;
    return lax_tensor_from_dlpack(NULL, NULL, why);
}

static lax_status module_inputs(struct bed *bed, lax_error *why) {
    static const char text[] = "%r = f32[2]{0} negate(f32[2]{0} %x)";
    lax_module *module;
    lax_error unused;
    lax_tensor x = lax_tensor_of(LAX_F32, zeros, SHAPE(2)), y = bed_tensor(bed, LAX_F32, SHAPE(2));
    must(lax_module_parse(text, sizeof text - 1, &module, &unused), &unused, "parse");
    lax_status status = lax_module_run(NULL, module, &x, 0, &y, 1, why);
    lax_module_release(module);
    return status;
}

static const struct error_call rows[] = {
    {"context, policy", LAX_ERROR_ENUM, "policy is 11", context_policy},
    {"context, isa", LAX_ERROR_ENUM, "max_isa is 12", context_isa},
    {"context, threads", LAX_ERROR_VALUE, "num_threads is -1", context_threads},
    {"context, lowering", LAX_ERROR_LOWERING_NAME, "winograd9", context_lowering},
    {"context, allocator", LAX_ERROR_VALUE, "allocator.release is NULL", context_allocator},
    {"context, size", LAX_ERROR_OPTIONS_SIZE, "LAX_CONTEXT_OPTIONS", context_size},
    {"context, NULL", LAX_ERROR_NULL, "context", context_null},
    {"context, memory", LAX_ERROR_MEMORY, "no memory", context_memory},
    {"DLPack, float8", LAX_ERROR_DLPACK_DTYPE, "8 bits", dlpack_float8},
    {"DLPack, lanes", LAX_ERROR_DLPACK_DTYPE, "4 lanes", dlpack_lanes},
    {"DLPack, code", LAX_ERROR_DLPACK_DTYPE, "code 17", dlpack_code},
    {"DLPack, device", LAX_ERROR_DLPACK_DEVICE, "device type 2", dlpack_device},
    {"DLPack, rank", LAX_ERROR_RANK, "got 13", dlpack_rank},
    {"DLPack, version", LAX_ERROR_DLPACK_VERSION, "major version 2", dlpack_version},
    {"DLPack, size", LAX_ERROR_SIZE, "size -3", dlpack_export},
    {"DLPack, NULL", LAX_ERROR_NULL, "NULL", dlpack_null},
    {"module, inputs", LAX_ERROR_COUNT, "0", module_inputs},
};

static void run(int32_t i, struct bed *bed, struct error_result *result, lax_error *why) {
    error_call_run(&rows[i], bed, result, why);
}

const struct error_table errors_exchange = {"exchange", sizeof rows / sizeof *rows, run};
