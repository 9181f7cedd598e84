/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the family `epilogue`. */
#ifndef LAX_KERNEL_EPILOGUE_EPILOGUE_H
#define LAX_KERNEL_EPILOGUE_EPILOGUE_H

#include "kernel/kernel.h"

#define PASTE(a, b) a##_##b
#define NAME_OF(a, b) PASTE(a, b)

/* Of f32 and f64. */
struct epilogues {
    lax_i_epilogue_fn *f32, *f64;
};
extern const struct epilogues lax_i_epilogues_avx2, lax_i_epilogues_avx512;

#endif /* LAX_KERNEL_EPILOGUE_EPILOGUE_H */
