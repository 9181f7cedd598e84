/* SPDX-License-Identifier: Apache-2.0 */
/* The structs of DLPack's ABI, versions 0.x and 1.x, as its specification lays them out. Declared
 * here because distributions ship headers without the versioned struct. */
#ifndef LAX_API_DLPACK_H
#define LAX_API_DLPACK_H

#include <stdint.h>

enum dlpack_device { DLPACK_CPU = 1 };

enum dlpack_code {
    DLPACK_INT = 0,
    DLPACK_UINT = 1,
    DLPACK_FLOAT = 2,
    DLPACK_BFLOAT = 4,
    DLPACK_COMPLEX = 5,
    DLPACK_BOOL = 6
};

enum { DLPACK_MAJOR = 1, DLPACK_MINOR = 0 };
enum { DLPACK_READ_ONLY = 1 };

struct dlpack_tensor {
    void *data;
    struct {
        int32_t type, id;
    } device;
    int32_t ndim;
    struct {
        uint8_t code, bits;
        uint16_t lanes;
    } dtype;
    int64_t *shape;
    int64_t *strides; /* in elements; NULL: row-major */
    uint64_t byte_offset;
};

struct DLManagedTensor {
    struct dlpack_tensor tensor;
    void *context;
    void (*deleter)(struct DLManagedTensor *self);
};

struct DLManagedTensorVersioned {
    struct {
        uint32_t major, minor;
    } version;
    void *context;
    void (*deleter)(struct DLManagedTensorVersioned *self);
    uint64_t flags;
    struct dlpack_tensor tensor;
};

#endif /* LAX_API_DLPACK_H */
