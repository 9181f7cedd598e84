/* SPDX-License-Identifier: Apache-2.0 */
/* DLPack's structs, in the tests' own words from its specification (versions 0.x and 1.x). */
#ifndef LAX_TESTS_DLPACK_ABI_H
#define LAX_TESTS_DLPACK_ABI_H

#include <stdint.h>

enum {
    ABI_CPU = 1,
    ABI_INT = 0,
    ABI_UINT = 1,
    ABI_FLOAT = 2,
    ABI_BFLOAT = 4,
    ABI_COMPLEX = 5,
    ABI_BOOL = 6
};

struct abi_tensor {
    void *data;
    struct {
        int32_t type, id;
    } device;
    int32_t ndim;
    struct {
        uint8_t code, bits;
        uint16_t lanes;
    } dtype;
    int64_t *shape, *strides;
    uint64_t byte_offset;
};

struct DLManagedTensor {
    struct abi_tensor dl;
    void *manager;
    void (*deleter)(struct DLManagedTensor *self);
};

struct DLManagedTensorVersioned {
    struct {
        uint32_t major, minor;
    } version;
    void *manager;
    void (*deleter)(struct DLManagedTensorVersioned *self);
    uint64_t flags;
    struct abi_tensor dl;
};

#endif
