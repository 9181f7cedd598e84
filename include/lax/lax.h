/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file lax.h
 * The windowed family of jax.lax / XLA on CPUs, from C: generalized convolution, windowed
 * reductions, select-and-scatter, pad, cumulative reductions, their gradients and layout
 * conversions. This header is the whole public interface and its manual.
 *
 * Conventions that hold everywhere:
 * - Sizes, strides, paddings and dilations are int64_t; strides count elements, not bytes.
 * - Every fallible function returns ::lax_status and takes a `lax_error *why` last, which may be
 *   NULL. On failure `why` holds one sentence that names the argument, the dimension and the
 *   values that disagree. Nothing is printed, nothing aborts, and no output byte is written when
 *   a check fails.
 * - `ctx` may be NULL: serial, malloc, no plan cache, default policy.
 * - Every function may be called from several threads at once. Objects (::lax_context,
 *   ::lax_plan, ::lax_packed, ::lax_module, ::lax_region) are immutable after creation as far as
 *   the caller can see; releasing one while another thread uses it is the caller's error.
 * - Results are bitwise the same for every thread count, pointer alignment and workspace, and
 *   for plans, one-shot calls and weights packed ahead. They may differ between instruction
 *   sets and versions.
 * - Semantics are those of jax.lax 0.10 and XLA; docs/numerics.md lists the deliberate
 *   departures from XLA:CPU.
 */
#ifndef LAX_LAX_H
#define LAX_LAX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Version of this header; lax_version() gives the library's. */
#define LAX_VERSION_MAJOR 0
#define LAX_VERSION_MINOR 1
#define LAX_VERSION_PATCH 0

#define LAX_MAX_RANK 12    /**< largest rank of a tensor */
#define LAX_MAX_SPATIAL 10 /**< largest number of spatial dimensions of a convolution */
#define LAX_MAX_OPERANDS 8 /**< largest number of operands of a variadic reduction */

#if defined(_WIN32)
#define LAX_API
#elif defined(__GNUC__)
#define LAX_API __attribute__((visibility("default")))
#else
#define LAX_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------------------------------------
 * Status and errors
 * ------------------------------------------------------------------------------------------ */

/** One code for each condition that can be refused; lax_status_name() gives its name. */
typedef enum lax_status {
    LAX_OK = 0,

    /* arguments in general */
    LAX_ERROR_NULL = 1,         /**< a required pointer is NULL */
    LAX_ERROR_OPTIONS_SIZE = 2, /**< an options struct was not made by its macro */
    LAX_ERROR_ENUM = 3,         /**< an unknown enum value */
    LAX_ERROR_OPTION_TWICE = 4, /**< two options say the same thing in two ways */
    LAX_ERROR_COUNT = 5,        /**< a number of operands, results or inputs is wrong */

    /* element types */
    LAX_ERROR_DTYPE = 10,           /**< unknown or unset element type */
    LAX_ERROR_DTYPE_MISMATCH = 11,  /**< operands (or result) of different element types */
    LAX_ERROR_DTYPE_OPERATION = 12, /**< the operation is not defined for this element type */
    LAX_ERROR_PREFERRED_KIND = 13,  /**< preferred_element_type of an incompatible kind */
    LAX_ERROR_PREFERRED_SIGN = 14,  /**< preferred_element_type of the other signedness */
    LAX_ERROR_PREFERRED_WIDTH = 15, /**< preferred_element_type narrower than the operands */

    /* shapes */
    LAX_ERROR_RANK = 20,           /**< rank out of range */
    LAX_ERROR_RANK_MISMATCH = 21,  /**< ranks that must agree do not */
    LAX_ERROR_SIZE = 22,           /**< a negative size */
    LAX_ERROR_SHAPE_MISMATCH = 23, /**< a shape is not the one the operation needs or gives */
    LAX_ERROR_NOT_SCALAR = 24,     /**< a rank-0 tensor was needed */
    LAX_ERROR_OVERFLOW = 25,       /**< a product of sizes does not fit */
    LAX_ERROR_NOT_INJECTIVE = 26,  /**< two elements of an output share one address */
    LAX_ERROR_OVERLAP = 27,        /**< an output overlaps an input or another output */
    LAX_ERROR_PLAN_MISMATCH = 28,  /**< a tensor is not the one the plan was made for */

    /* dimension numbers */
    LAX_ERROR_LABELS_COUNT = 30,     /**< not three dimension strings */
    LAX_ERROR_LABELS_LENGTH = 31,    /**< a dimension string as long as the rank was needed */
    LAX_ERROR_LABELS_ROLE = 32,      /**< N, C / O, I (b, f / o, i) not exactly once */
    LAX_ERROR_LABELS_DUPLICATE = 33, /**< a spatial label twice */
    LAX_ERROR_LABELS_SPATIAL = 34,   /**< the strings have different spatial labels */
    LAX_ERROR_LABELS_RANGE = 35,     /**< an axis index or digit out of range */
    LAX_ERROR_LABELS_SYNTAX = 36,    /**< dim_labels that cannot be read */
    LAX_ERROR_LABELS_DEFAULT = 37,   /**< no default dimension numbers for this rank */

    /* windows */
    LAX_ERROR_WINDOW_SIZE = 40,      /**< a window (or kernel) dimension that is not positive */
    LAX_ERROR_WINDOW_STRIDE = 41,    /**< a window stride that is not positive */
    LAX_ERROR_DILATION = 42,         /**< a dilation that is not positive */
    LAX_ERROR_WINDOW_LENGTH = 43,    /**< a list of another length than the window has dimensions */
    LAX_ERROR_PADDING_NAME = 44,     /**< a padding string that is not VALID, SAME, SAME_LOWER */
    LAX_ERROR_PADDING_LENGTH = 45,   /**< the wrong number of (low, high) pairs */
    LAX_ERROR_PADDING_DILATED = 46,  /**< a padding string together with lhs_dilation */
    LAX_ERROR_PADDING_NEGATIVE = 47, /**< padding that leaves a negative size */
    LAX_ERROR_INTERIOR = 48,         /**< negative interior padding */

    /* groups and channels */
    LAX_ERROR_FEATURE_GROUPS = 50,   /**< feature_group_count that is not positive */
    LAX_ERROR_BATCH_GROUPS = 51,     /**< batch_group_count that is not positive */
    LAX_ERROR_BOTH_GROUPS = 52,      /**< both group counts above 1 */
    LAX_ERROR_FEATURE_DIVIDE = 53,   /**< feature_group_count does not divide the lhs features */
    LAX_ERROR_FEATURE_MISMATCH = 54, /**< lhs features / groups differ from the rhs's */
    LAX_ERROR_OUTPUT_DIVIDE = 55,    /**< a group count does not divide the output features */
    LAX_ERROR_BATCH_DIVIDE = 56,     /**< batch_group_count does not divide the batch */

    /* axes and values */
    LAX_ERROR_AXIS = 60,           /**< an axis out of range */
    LAX_ERROR_AXIS_DUPLICATE = 61, /**< an axis twice */
    LAX_ERROR_PERMUTATION = 62,    /**< not a permutation of the axes */
    LAX_ERROR_BITS = 63,           /**< exponent_bits or mantissa_bits out of range */
    LAX_ERROR_VALUE = 64,          /**< a parameter value out of its range */

    /* plans and machine */
    LAX_ERROR_UNSUPPORTED = 70,      /**< valid, but not supported by this build or version */
    LAX_ERROR_LOWERING_NAME = 71,    /**< no lowering of this name */
    LAX_ERROR_LOWERING_REFUSED = 72, /**< the forced lowering refuses this problem */
    LAX_ERROR_PACKED = 73,           /**< packed weights of another plan */
    LAX_ERROR_ALIGNMENT = 74,        /**< memory that must be 64-byte aligned is not */
    LAX_ERROR_MEMORY = 75,           /**< memory cannot be had */
    LAX_ERROR_THREADS = 76,          /**< the thread pool cannot be started */
    LAX_ERROR_CALLBACK = 77,         /**< for callbacks to return: their own failure */
    LAX_ERROR_BUFFER = 78,           /**< a caller's buffer is too small */

    /* text */
    LAX_ERROR_SYNTAX = 80,    /**< text that does not follow the grammar */
    LAX_ERROR_NAME = 81,      /**< an unknown or repeated name in a text */
    LAX_ERROR_ATTRIBUTE = 82, /**< an unknown, missing or repeated attribute */
    LAX_ERROR_TYPE = 83,      /**< the written type is not the inferred one */
    LAX_ERROR_LIMIT = 84,     /**< nesting, length or count above the bound */
    LAX_ERROR_ELIDED = 85,    /**< a constant whose values were elided when printing */

    /* exchange */
    LAX_ERROR_DLPACK_DTYPE = 90,  /**< a DLPack element type that the library lacks */
    LAX_ERROR_DLPACK_DEVICE = 91, /**< a DLPack tensor that is not in CPU memory */
    LAX_ERROR_DLPACK_VERSION = 92 /**< a DLPack major version that the library does not know */
} lax_status;

/** What went wrong. Fill with zeros or leave uninitialised; every failing call sets all of it. */
typedef struct lax_error {
    lax_status status; /**< the code that the call returned */
    int32_t line;      /**< for texts: line of the offending token, from 1; else 0 */
    int32_t column;    /**< for texts: column of the offending token, from 1; else 0 */
    char text[500];    /**< one sentence, NUL-terminated, without a newline */
} lax_error;

/** The name of a status, e.g. "LAX_ERROR_RANK"; "unknown status" for other values. */
LAX_API const char *lax_status_name(lax_status status);

/** The library's version, e.g. "0.1.0". */
LAX_API const char *lax_version(void);

/* ---------------------------------------------------------------------------------------------
 * Element types and tensors
 * ------------------------------------------------------------------------------------------ */

/** Element types. pred is one byte, any nonzero value is true, results are 0 or 1. */
typedef enum lax_dtype {
    LAX_DTYPE_UNSET = 0,
    LAX_F64,
    LAX_F32,
    LAX_F16,
    LAX_BF16,
    LAX_S8,
    LAX_S16,
    LAX_S32,
    LAX_S64,
    LAX_U8,
    LAX_U16,
    LAX_U32,
    LAX_U64,
    LAX_PRED,
    LAX_C64, /**< float real, imaginary */
    LAX_C128 /**< double real, imaginary */
} lax_dtype;

/** Bytes of one element; 0 for an unknown type. */
LAX_API size_t lax_dtype_size(lax_dtype dtype);
/** XLA's name ("f32", "pred", ...); "invalid" for an unknown type. */
LAX_API const char *lax_dtype_name(lax_dtype dtype);
/** The type of this name; LAX_DTYPE_UNSET when there is none. */
LAX_API lax_dtype lax_dtype_from_name(const char *name);

/**
 * A strided view of memory. `data` points at logical element [0, ..., 0]; element i is at
 * data + sum_d i[d] * strides[d] elements, so strides may have any sign, and 0 on inputs
 * (broadcast). Outputs must be injective. data may be NULL when a size is 0. Layouts are views:
 * the library never asks for a contiguous copy. The struct owns nothing.
 */
typedef struct lax_tensor {
    void *data;
    lax_dtype dtype;
    int32_t rank;                  /**< 0 to LAX_MAX_RANK */
    int64_t shape[LAX_MAX_RANK];   /**< sizes, each >= 0 */
    int64_t strides[LAX_MAX_RANK]; /**< in elements */
} lax_tensor;

/** A row-major contiguous tensor. shape may be NULL when rank is 0. A rank outside
 *  0 to LAX_MAX_RANK is stored as it is and refused by the call that gets the tensor. */
LAX_API lax_tensor lax_tensor_of(lax_dtype dtype, void *data, int32_t rank, const int64_t *shape);
/** A view with axes permuted: result axis i is axis permutation[i] of `tensor`. The permutation
 *  is trusted; lax_transpose() checks. */
LAX_API lax_tensor lax_tensor_permuted(const lax_tensor *tensor, const int32_t *permutation);
/** Number of elements; -1 if it does not fit in int64_t or the tensor is malformed. */
LAX_API int64_t lax_tensor_elements(const lax_tensor *tensor);

/* ---------------------------------------------------------------------------------------------
 * Context
 * ------------------------------------------------------------------------------------------ */

/** How far results may depart from direct summation. */
typedef enum lax_policy {
    LAX_POLICY_UNSET = 0, /**< the context's policy, or default */
    LAX_POLICY_DEFAULT,   /**< error within direct summation's bound (docs/numerics.md) */
    LAX_POLICY_EXACT,     /**< the reference's order class; padding never multiplies weights */
    LAX_POLICY_FAST       /**< transform domains and low-precision splits are allowed */
} lax_policy;

/** Instruction-set levels. avx2 implies FMA and F16C; avx512 is F, BW, DQ, VL, CD. */
typedef enum lax_isa {
    LAX_ISA_UNSET = 0, /**< LAX_MAX_ISA or the best of this machine */
    LAX_ISA_SCALAR,
    LAX_ISA_AVX2,
    LAX_ISA_AVX512,
    LAX_ISA_AMX
} lax_isa;

/** Memory of one context. allocate returns memory aligned to `alignment` (a power of two up to
 *  4096) or NULL; release gets what allocate gave and its size. Both may be called from several
 *  threads at once. */
typedef struct lax_allocator {
    void *(*allocate)(void *user, size_t nbytes, size_t alignment);
    void (*release)(void *user, void *memory, size_t nbytes);
    void *user;
} lax_allocator;

/** One task of a parallel loop. */
typedef void (*lax_task)(void *argument, int64_t index);

/**
 * A host's threads: run task(argument, i) once for every i in [0, count) and return when all are
 * done. Tasks may run inline, in any order, one at a time, on any thread; no task waits for
 * another; nested calls may run inline.
 */
typedef void (*lax_parallel_for)(void *user, int64_t count, lax_task task, void *argument);

/** Receives one line (no newline) per call when logging is on. */
typedef void (*lax_log)(void *user, const char *line);

typedef struct lax_context_options {
    size_t size;                   /**< set by LAX_CONTEXT_OPTIONS */
    lax_allocator allocator;       /**< zero: aligned malloc */
    lax_parallel_for parallel_for; /**< NULL: the built-in pool */
    void *parallel_user;           /**< first argument of parallel_for */
    int32_t num_threads;           /**< 0: LAX_NUM_THREADS, or this process's CPUs; 1: serial */
    lax_isa max_isa;               /**< unset: LAX_MAX_ISA, or the best of this machine */
    lax_policy policy;             /**< unset: default */
    bool flush_subnormals;         /**< treat subnormal floats as zero (FTZ and DAZ) */
    lax_log log;                   /**< with verbose: receives the lines; NULL: standard error */
    void *log_user;
    bool verbose; /**< also LAX_VERBOSE=1: one replayable line a call; log must outlive plans */
    const char *lowering; /**< NULL: LAX_LOWERING; force this lowering where it exists */
    int32_t cache_plans;  /**< plans kept for one-shot calls; 0: 256; -1: no cache */
    size_t cache_nbytes;  /**< bytes kept by the cache; 0: 64 MiB */
} lax_context_options;
#define LAX_CONTEXT_OPTIONS(...)                                                                   \
    ((lax_context_options){.size = sizeof(lax_context_options), __VA_ARGS__})

typedef struct lax_context lax_context;

/**
 * Creates a context. options may be NULL. This is the only function that reads the environment:
 * LAX_MAX_ISA, LAX_NUM_THREADS, LAX_VERBOSE, LAX_LOWERING; fields that are set win over it.
 * Errors: LAX_ERROR_ENUM, LAX_ERROR_VALUE (also for malformed environment values),
 * LAX_ERROR_LOWERING_NAME, LAX_ERROR_MEMORY, LAX_ERROR_THREADS.
 * After fork() a child may go on using the context: the built-in pool starts anew.
 */
LAX_API lax_status lax_context_create(const lax_context_options *options, lax_context **context,
                                      lax_error *why);
/** Destroys a context; NULL is fine. Plans and packed weights made with it stay valid as long as
 *  its allocator does; they run serially from then on. No call that uses the context may be under
 *  way, so it must not be destroyed from inside a callback (reducer, selector, task, log,
 *  allocator) of such a call; the same holds for releasing the plan that is executing. */
LAX_API void lax_context_destroy(lax_context *context);

/** Describes version, instruction sets, caches, kernels, threads and built-in libraries, a line
 *  each. Writes at most `capacity` bytes with the NUL; returns the length that it needs. */
LAX_API size_t lax_info(const lax_context *context, char *text, size_t capacity);

/* ---------------------------------------------------------------------------------------------
 * Convolution
 * ------------------------------------------------------------------------------------------ */

/** Dimension numbers as axis indices, jax.lax.ConvDimensionNumbers: lhs_spec = (N axis, C axis,
 *  spatial axes...), rhs_spec = (O, I, spatial...), out_spec = (N, C, spatial...). */
typedef struct lax_conv_dimension_numbers {
    int32_t lhs_spec[LAX_MAX_RANK];
    int32_t rhs_spec[LAX_MAX_RANK];
    int32_t out_spec[LAX_MAX_RANK];
} lax_conv_dimension_numbers;

/** Activation functions of an epilogue. */
typedef enum lax_activation {
    LAX_ACTIVATION_NONE = 0,
    LAX_RELU,
    LAX_RELU6,
    LAX_CLAMP,      /**< min(max(x, alpha), beta) */
    LAX_LEAKY_RELU, /**< x < 0 ? alpha * x : x */
    LAX_GELU_ERF,   /**< x * Phi(x); within 2 ulp + 1e-7 |x| of it in f32 */
    LAX_GELU_TANH,  /**< the tanh form of jax.nn.gelu(approximate=True) */
    LAX_SILU,
    LAX_SIGMOID,
    LAX_TANH
} lax_activation;

/** What happens to an accumulator before the one rounding to the output type, in this order:
 *  + bias[output feature], + residual, activation. Float results only. */
typedef struct lax_epilogue {
    size_t size;                /**< set by LAX_EPILOGUE */
    const lax_tensor *bias;     /**< rank 1, one element an output feature, type of the result;
                                     its data is read at each execution and must outlive plans */
    const lax_tensor *residual; /**< shape and type of the result; for plans only its form
                                     counts, data comes with each execution */
    lax_activation activation;
    double alpha, beta; /**< parameters of LAX_CLAMP and LAX_LEAKY_RELU */
} lax_epilogue;
#define LAX_EPILOGUE(...) ((lax_epilogue){.size = sizeof(lax_epilogue), __VA_ARGS__})

/**
 * Options of a convolution with n spatial dimensions. Arrays count as unset when all of their
 * entries are zero; otherwise their first n entries are validated and the rest must be zero.
 * Entry i belongs to spatial dimension i in the order in which rhs_spec names them.
 */
typedef struct lax_conv_options {
    size_t size;                             /**< set by LAX_CONV_OPTIONS */
    int64_t window_strides[LAX_MAX_SPATIAL]; /**< > 0; unset: 1 */
    const char *padding;                     /**< "VALID", "SAME", "SAME_LOWER", any case */
    int64_t pads[LAX_MAX_SPATIAL][2];        /**< (low, high), negative allowed; unset: 0 */
    int64_t lhs_dilation[LAX_MAX_SPATIAL];   /**< > 0; unset: 1 */
    int64_t rhs_dilation[LAX_MAX_SPATIAL];   /**< > 0; unset: 1 */
    bool window_reversal[LAX_MAX_SPATIAL];   /**< XLA only; JAX never reverses */
    const char *dimension_numbers[3];        /**< lhs, rhs, out, e.g. "NHWC","HWIO","NHWC" */
    const char *dim_labels;                  /**< XLA's form, e.g. "b01f_01io->b01f" */
    lax_conv_dimension_numbers indices;      /**< axis triples; unset (all 0): N C ..., O I ... */
    int64_t feature_group_count;             /**< 0 means 1 */
    int64_t batch_group_count;               /**< 0 means 1 */
    lax_dtype preferred_element_type;        /**< type of products, sums and result */
    lax_policy policy;                       /**< unset: the context's */
    const char *lowering;                    /**< NULL: the planner's choice, or the context's */
    bool open_batch;                         /**< plans: batch size is read at execution */
} lax_conv_options;
#define LAX_CONV_OPTIONS(...) ((lax_conv_options){.size = sizeof(lax_conv_options), __VA_ARGS__})

/**
 * jax.lax.conv_general_dilated (XLA Convolution): cross-correlation of lhs with rhs. options may
 * be NULL (strides 1, VALID, NCHW/OIHW/NCHW). Operands have one element type (u8 with s8 gives
 * s32, our one exception), rank n + 2 with n in 0 to LAX_MAX_SPATIAL; out has the shape that
 * lax_conv_general_dilated_shape() tells and the preferred element type, or the operands'.
 * f16 and bf16 accumulate in f32 and round once; integers wrap; pred is OR of ANDs. Padding taps
 * are skipped. Both group counts above 1 are refused, as XLA does.
 */
LAX_API lax_status lax_conv_general_dilated(lax_context *ctx, const lax_tensor *lhs,
                                            const lax_tensor *rhs, const lax_conv_options *options,
                                            lax_tensor *out, lax_error *why);
/** Shape, type and row-major strides of the result (data NULL); reads no data. */
LAX_API lax_status lax_conv_general_dilated_shape(const lax_tensor *lhs, const lax_tensor *rhs,
                                                  const lax_conv_options *options, lax_tensor *out,
                                                  lax_error *why);

/** jax.lax.conv: NCHW, OIHW, NCHW; window_strides has n entries, NULL means 1. */
LAX_API lax_status lax_conv(lax_context *ctx, const lax_tensor *lhs, const lax_tensor *rhs,
                            const int64_t *window_strides, const char *padding, lax_tensor *out,
                            lax_error *why);

/** jax.lax.conv_with_general_padding: conv_general_dilated restricted to the default dimension
 *  numbers and one group; options that set either are refused with LAX_ERROR_VALUE. */
LAX_API lax_status lax_conv_with_general_padding(lax_context *ctx, const lax_tensor *lhs,
                                                 const lax_tensor *rhs,
                                                 const lax_conv_options *options, lax_tensor *out,
                                                 lax_error *why);

/** Options of jax.lax.conv_transpose. */
typedef struct lax_conv_transpose_options {
    size_t size;                           /**< set by LAX_CONV_TRANSPOSE_OPTIONS */
    int64_t strides[LAX_MAX_SPATIAL];      /**< > 0; unset: 1 */
    const char *padding;                   /**< "SAME" or "VALID", exactly; NULL: pads, or SAME */
    bool explicit_pads;                    /**< use pads even if they are all zero */
    int64_t pads[LAX_MAX_SPATIAL][2];      /**< pads of the dilated convolution */
    int64_t rhs_dilation[LAX_MAX_SPATIAL]; /**< > 0; unset: 1 */
    const char *dimension_numbers[3];      /**< NULL: NC, NHC, NHWC, NHWDC by rank */
    const char *dim_labels;
    lax_conv_dimension_numbers indices;
    bool transpose_kernel;       /**< flip rhs and swap its I and O axes */
    bool use_consistent_padding; /**< pads (a, b) mean (k-1-a, k-1-b) */
    lax_dtype preferred_element_type;
    lax_policy policy;
    const char *lowering;
} lax_conv_transpose_options;
#define LAX_CONV_TRANSPOSE_OPTIONS(...)                                                            \
    ((lax_conv_transpose_options){.size = sizeof(lax_conv_transpose_options), __VA_ARGS__})

/** jax.lax.conv_transpose (fractionally strided; not the gradient unless transpose_kernel). */
LAX_API lax_status lax_conv_transpose(lax_context *ctx, const lax_tensor *lhs,
                                      const lax_tensor *rhs,
                                      const lax_conv_transpose_options *options, lax_tensor *out,
                                      lax_error *why);
LAX_API lax_status lax_conv_transpose_shape(const lax_tensor *lhs, const lax_tensor *rhs,
                                            const lax_conv_transpose_options *options,
                                            lax_tensor *out, lax_error *why);
/** The conv_general_dilated options that compute the same; its strings are static. */
LAX_API lax_status lax_conv_transpose_as_conv(const lax_tensor *lhs, const lax_tensor *rhs,
                                              const lax_conv_transpose_options *options,
                                              lax_conv_options *conv, lax_error *why);

/**
 * jax.lax.conv_general_dilated_patches: every window of lhs as channels, channel index
 * c * prod(filter_shape) + row-major filter index, zero in padding and holes. filter_shape has n
 * entries in the order of rhs_spec. Values are copied exactly (JAX's identity-matrix product
 * spreads NaN and inf). Group counts must be unset.
 */
LAX_API lax_status lax_conv_general_dilated_patches(lax_context *ctx, const lax_tensor *lhs,
                                                    const int64_t *filter_shape,
                                                    const lax_conv_options *options,
                                                    lax_tensor *out, lax_error *why);
LAX_API lax_status lax_conv_general_dilated_patches_shape(const lax_tensor *lhs,
                                                          const int64_t *filter_shape,
                                                          const lax_conv_options *options,
                                                          lax_tensor *out, lax_error *why);

/**
 * jax.lax.conv_general_dilated_local: a kernel for every output position. rhs, laid out by
 * rhs_spec, has the output's spatial sizes, I = C * prod(filter_shape) (order as in patches), O.
 */
LAX_API lax_status lax_conv_general_dilated_local(lax_context *ctx, const lax_tensor *lhs,
                                                  const lax_tensor *rhs,
                                                  const int64_t *filter_shape,
                                                  const lax_conv_options *options, lax_tensor *out,
                                                  lax_error *why);
LAX_API lax_status lax_conv_general_dilated_local_shape(const lax_tensor *lhs,
                                                        const lax_tensor *rhs,
                                                        const int64_t *filter_shape,
                                                        const lax_conv_options *options,
                                                        lax_tensor *out, lax_error *why);

/**
 * Gradients of conv_general_dilated exactly as JAX's transpose rules build them. `options` are
 * the forward call's. grad has the forward result's shape. If grad's type differs from the other
 * operand's (preferred_element_type), that operand is converted to grad's type and the result
 * is rounded to the output's type. grad_lhs gets lhs's shape from its output, grad_rhs rhs's.
 * Errors: those of the forward call, and LAX_ERROR_SHAPE_MISMATCH for grad.
 */
LAX_API lax_status lax_conv_general_dilated_grad_lhs(lax_context *ctx, const lax_tensor *grad,
                                                     const lax_tensor *rhs,
                                                     const lax_conv_options *options,
                                                     lax_tensor *lhs_grad, lax_error *why);
LAX_API lax_status lax_conv_general_dilated_grad_rhs(lax_context *ctx, const lax_tensor *lhs,
                                                     const lax_tensor *grad,
                                                     const lax_conv_options *options,
                                                     lax_tensor *rhs_grad, lax_error *why);

/**
 * Options of the forward convolution that computes a gradient, as JAX's rules give them (shapes
 * only). grad_lhs: conv(grad, rhs') with window_reversal set; rhs' is rhs when there are no
 * groups, otherwise rhs with its O axis split in (groups, O / groups) and the groups merged,
 * outermost, into the I axis; with batch groups the result's feature axis is split and its
 * groups merged into the batch. grad_rhs: conv(lhs, grad).
 */
LAX_API lax_status lax_conv_grad_lhs_options(const lax_tensor *lhs, const lax_tensor *rhs,
                                             const lax_conv_options *forward,
                                             lax_conv_options *gradient, lax_error *why);
LAX_API lax_status lax_conv_grad_rhs_options(const lax_tensor *lhs, const lax_tensor *rhs,
                                             const lax_conv_options *forward,
                                             lax_conv_options *gradient, lax_error *why);

/* ---------------------------------------------------------------------------------------------
 * Reducers and windows
 * ------------------------------------------------------------------------------------------ */

/** Built-in reducers. add and mul are refused on pred, and/or/xor on floats, logaddexp on
 *  anything but floats and complex; max and min follow IEEE 754-2019 maximum and minimum (NaN
 *  wins, -0 < +0), or/and on pred, lexicographic on complex. */
typedef enum lax_reducer_kind {
    LAX_REDUCER_UNSET = 0,
    LAX_ADD,
    LAX_MUL,
    LAX_MAX,
    LAX_MIN,
    LAX_AND,
    LAX_OR,
    LAX_XOR,
    LAX_LOGADDEXP
} lax_reducer_kind;

/**
 * A reducer of the caller's. For each of n lanes, combine the accumulators acc[k][lane] and the
 * elements elem[k][lane] of all operands k into out[k][lane]; out[k] may be acc[k]. The vectors
 * are contiguous, of the operands' types. It must be reentrant: several threads call it. It is
 * called in row-major window order (a left fold, never reassociated). A status other than LAX_OK
 * stops the call with that status; outputs are then unspecified.
 */
typedef lax_status (*lax_reducer_fn)(void *user, int64_t n, const void *const *acc,
                                     const void *const *elem, void *const *out);

/** Comparisons of select_and_scatter: replace the pick unless select(pick, next). */
typedef enum lax_select {
    LAX_SELECT_UNSET = 0, /**< ge */
    LAX_GE,
    LAX_GT,
    LAX_LE,
    LAX_LT
} lax_select;

/** What becomes of NaN where pairs are compared. */
typedef enum lax_nan_rule {
    LAX_NAN_FORGOTTEN = 0, /**< it replaces what was there, and whatever follows replaces it */
    LAX_NAN_HELD,          /**< the first one replaces what was there, and stays */
    LAX_NAN_PASSED         /**< it replaces nothing */
} lax_nan_rule;

/**
 * What a callback on two operands computes if it keeps one of two pairs of a key and a payload: the
 * accumulator's while select(accumulator's key, element's key). Such reductions need not call it.
 * lax_region_reducer() finds this in regions; the initial values begin the fold as ever.
 */
typedef struct lax_pair {
    lax_select select; /**< unset: nothing is known */
    lax_nan_rule nan;  /**< of keys that are floats */
    int32_t key;       /**< the operand that holds keys, 0 or 1 */
    bool lower;        /**< of equal keys the lower payload, an integer, is kept */
} lax_pair;

/** A reducer: a built-in kind, or a callback. lax_region_reducer() fills one from text. */
typedef struct lax_reducer {
    size_t size;           /**< set by LAX_REDUCER */
    lax_reducer_kind kind; /**< built-in, or unset when fn is given */
    lax_reducer_fn fn;
    void *user;
    const char *text; /**< HLO computations for replay lines, the reducer last; or NULL */
    lax_pair pair;    /**< what fn is known to compute */
} lax_reducer;
#define LAX_REDUCER(...) ((lax_reducer){.size = sizeof(lax_reducer), __VA_ARGS__})

/** A selection of the caller's: keep[lane] = select(current[lane], next[lane]) as 0 or 1. */
typedef lax_status (*lax_select_fn)(void *user, int64_t n, const void *current, const void *next,
                                    uint8_t *keep);

/** A selector: a comparison, or a callback. */
typedef struct lax_selector {
    size_t size; /**< set by LAX_SELECTOR */
    lax_select kind;
    lax_select_fn fn;
    void *user;
    const char *text; /**< as in lax_reducer */
} lax_selector;
#define LAX_SELECTOR(...) ((lax_selector){.size = sizeof(lax_selector), __VA_ARGS__})

/** Options of a window over every dimension of an operand of rank r (batch and features too:
 *  use 1). Arrays as in lax_conv_options, with r entries. A padding string is resolved with the
 *  dilated window and the undilated operand, as JAX does. */
typedef struct lax_window_options {
    size_t size;                               /**< set by LAX_WINDOW_OPTIONS */
    int64_t window_dimensions[LAX_MAX_RANK];   /**< > 0; unset: 1 */
    int64_t window_strides[LAX_MAX_RANK];      /**< > 0; unset: 1 */
    const char *padding;                       /**< "VALID", "SAME", "SAME_LOWER", any case */
    int64_t pads[LAX_MAX_RANK][2];             /**< (low, high), negative allowed; unset: 0 */
    int64_t base_dilation[LAX_MAX_RANK];       /**< > 0; unset: 1 */
    int64_t window_dilation[LAX_MAX_RANK];     /**< > 0; unset: 1 */
    const void *init_values[LAX_MAX_OPERANDS]; /**< one element each; NULL: the identity (for
                                                    select_and_scatter: zero) */
    lax_policy policy;
    const char *lowering;
} lax_window_options;
#define LAX_WINDOW_OPTIONS(...)                                                                    \
    ((lax_window_options){.size = sizeof(lax_window_options), __VA_ARGS__})

/**
 * jax.lax.reduce_window with a built-in reducer. The initial value is folded once per window,
 * holes and padding are skipped; a window of padding only gives the initial value. Sums of f16
 * and bf16 accumulate in f32 and round once. The order of float sums is fixed but unspecified.
 * Padding that leaves a negative size gives an empty result.
 */
LAX_API lax_status lax_reduce_window(lax_context *ctx, const lax_tensor *operand,
                                     lax_reducer_kind reducer, const lax_window_options *options,
                                     lax_tensor *out, lax_error *why);
/** Any reducer over `count` operands of one shape (1 to LAX_MAX_OPERANDS). Built-in kinds take
 *  one operand. With a callback every init value is required. */
LAX_API lax_status lax_reduce_window_n(lax_context *ctx, int32_t count, const lax_tensor *operands,
                                       const lax_reducer *reducer,
                                       const lax_window_options *options, lax_tensor *out,
                                       lax_error *why);
/** Shape of each result; the type is the operand's. */
LAX_API lax_status lax_reduce_window_shape(const lax_tensor *operand,
                                           const lax_window_options *options, lax_tensor *out,
                                           lax_error *why);

/**
 * Arg-max (select ge or gt) or arg-min (le, lt) windows: values as reduce_window max/min gives
 * them, and the row-major index into the operand (padding not counted) of the element they come
 * from, s32 or s64: the first of equals for ge and le, the last for gt and lt; the first NaN
 * where there is one; -1 (and the identity) in windows of padding only. values may be NULL; an
 * operation with one result means the indices.
 */
LAX_API lax_status lax_reduce_window_arg(lax_context *ctx, const lax_tensor *operand,
                                         lax_select select, const lax_window_options *options,
                                         lax_tensor *values, lax_tensor *indices, lax_error *why);

/** Gradient of reduce_window add, max or min with respect to its operand. For add only
 *  operand's shape and type are read. max and min give each cotangent to the element that
 *  select_and_scatter with ge / le picks. All dilations are supported. */
LAX_API lax_status lax_reduce_window_grad(lax_context *ctx, const lax_tensor *grad,
                                          const lax_tensor *operand, lax_reducer_kind reducer,
                                          const lax_window_options *options,
                                          lax_tensor *operand_grad, lax_error *why);

/**
 * XLA SelectAndScatter: out starts as the initial value (options->init_values[0], default 0);
 * each source element is scattered, scatter(current, source), in row-major order, to the element
 * that the selector picks in its window: the first in-bounds element, replaced by each following
 * one unless select(pick, next). All-padding windows scatter nothing. source has the shape of
 * the window-reduced operand. Dilations (an extension) behave as in reduce_window.
 */
LAX_API lax_status lax_select_and_scatter(lax_context *ctx, const lax_tensor *operand,
                                          const lax_selector *select, const lax_tensor *source,
                                          const lax_reducer *scatter,
                                          const lax_window_options *options, lax_tensor *out,
                                          lax_error *why);
/** With scatter = add (or, for pred). */
LAX_API lax_status lax_select_and_scatter_add(lax_context *ctx, const lax_tensor *source,
                                              const lax_tensor *operand, lax_select select,
                                              const lax_window_options *options, lax_tensor *out,
                                              lax_error *why);
/** Checks that source fits and tells the result: operand's shape and type. */
LAX_API lax_status lax_select_and_scatter_shape(const lax_tensor *operand, const lax_tensor *source,
                                                const lax_window_options *options, lax_tensor *out,
                                                lax_error *why);
/**
 * The tangent of max/min windows (jax.lax's _select_and_gather_add): a window reduction over
 * (operand, tangents) pairs from (-inf or +inf, 0), keeping the accumulator's pair when
 * select(accumulator, next), select ge or le. Floats and pred. tangents and operand have one
 * shape.
 */
LAX_API lax_status lax_select_and_gather_add(lax_context *ctx, const lax_tensor *tangents,
                                             const lax_tensor *operand, lax_select select,
                                             const lax_window_options *options, lax_tensor *out,
                                             lax_error *why);

/* ---------------------------------------------------------------------------------------------
 * Pooling
 * ------------------------------------------------------------------------------------------ */

/** Whose defaults pooling options have; docs/pooling.md has them side by side. */
typedef enum lax_pool_convention {
    LAX_POOL_UNSET = 0, /**< flax */
    LAX_POOL_FLAX,      /**< strides 1, channels last, averages count padding */
    LAX_POOL_TORCH,     /**< strides as the window, channels first, averages count padding, indices
                             into each channel's own plane */
    LAX_POOL_ONNX       /**< strides 1, channels first, averages leave padding out; "SAME_UPPER" and
                             "NOTSET" are padding words */
} lax_pool_convention;

/** Options of pooling with n = rank - 2 spatial dimensions. */
typedef struct lax_pool_options {
    size_t size;                      /**< set by LAX_POOL_OPTIONS */
    int64_t window[LAX_MAX_SPATIAL];  /**< > 0; unset: 1 */
    int64_t strides[LAX_MAX_SPATIAL]; /**< > 0; unset: 1 */
    const char *padding;              /**< "VALID", "SAME", "SAME_LOWER" */
    int64_t pads[LAX_MAX_SPATIAL][2];
    int64_t dilation[LAX_MAX_SPATIAL]; /**< of the window; unset: 1 */
    const char *layout;                /**< e.g. "NHWC", "NCHW"; NULL: as the convention says */
    bool exclude_padding;              /**< averages: divide by the elements inside */
    bool ceil_mode;                    /**< ONNX: round the output size up; the last window
                                               starts inside the operand or its low padding */
    lax_policy policy;
    const char *lowering;
    lax_pool_convention convention;
    bool include_padding; /**< averages count padding where the convention does not */
    bool global; /**< the window is all of the spatial dimensions, and set by nothing else */
} lax_pool_options;
#define LAX_POOL_OPTIONS(...) ((lax_pool_options){.size = sizeof(lax_pool_options), __VA_ARGS__})

LAX_API lax_status lax_max_pool(lax_context *ctx, const lax_tensor *operand,
                                const lax_pool_options *options, lax_tensor *out, lax_error *why);
LAX_API lax_status lax_min_pool(lax_context *ctx, const lax_tensor *operand,
                                const lax_pool_options *options, lax_tensor *out, lax_error *why);
/** Window sums divided by the window's size, or with exclude_padding by the number of elements
 *  inside the operand (0 / 0 = NaN where there is none). Elements of high padding added by
 *  ceil_mode never count. Floats and complex; f16 and bf16 divide before their one rounding. */
LAX_API lax_status lax_avg_pool(lax_context *ctx, const lax_tensor *operand,
                                const lax_pool_options *options, lax_tensor *out, lax_error *why);
/** max (select ge, gt) or min (le, lt) pooling with lax_reduce_window_arg()'s indices; in torch's
 *  convention they are row-major in the spatial dimensions only. */
LAX_API lax_status lax_pool_indices(lax_context *ctx, const lax_tensor *operand, lax_select select,
                                    const lax_pool_options *options, lax_tensor *out,
                                    lax_tensor *indices, lax_error *why);
LAX_API lax_status lax_pool_shape(const lax_tensor *operand, const lax_pool_options *options,
                                  lax_tensor *out, lax_error *why);
/**
 * Pooling to a given number of outputs: output i of a spatial dimension pools elements
 * floor(i * in / out) to ceil((i + 1) * in / out) - 1, as torch.nn.AdaptiveAvgPool2d does; windows
 * differ in size and may overlap. reducer: LAX_MAX or LAX_MIN, or LAX_ADD for averages. The sizes
 * are those of out; operand's must be positive. Of the options only convention, layout, policy and
 * lowering may be set.
 */
LAX_API lax_status lax_adaptive_pool(lax_context *ctx, const lax_tensor *operand,
                                     lax_reducer_kind reducer, const lax_pool_options *options,
                                     lax_tensor *out, lax_error *why);
/** The window over `axis` whose sum of squares local response normalization divides by: `size`
 *  channels around each, fewer at the ends. An even size has its extra channel behind in ONNX's
 *  convention and before in torch's (and by default). For lax_reduce_window() with LAX_ADD. */
LAX_API lax_status lax_lrn_window(const lax_tensor *operand, int32_t axis, int64_t size,
                                  lax_pool_convention convention, lax_window_options *window,
                                  lax_error *why);
/** The window options (all dimensions, explicit pads) that the pooling options stand for. */
LAX_API lax_status lax_pool_window(const lax_tensor *operand, const lax_pool_options *options,
                                   lax_window_options *window, lax_error *why);

/* ---------------------------------------------------------------------------------------------
 * Scans
 * ------------------------------------------------------------------------------------------ */

/** jax.lax.cumsum: running sums along `axis` (0 to rank - 1), from the end when `reverse`. out
 *  has operand's shape and type and may be the identical view. Numbers only (no pred). */
LAX_API lax_status lax_cumsum(lax_context *ctx, const lax_tensor *operand, int32_t axis,
                              bool reverse, lax_tensor *out, lax_error *why);
LAX_API lax_status lax_cumprod(lax_context *ctx, const lax_tensor *operand, int32_t axis,
                               bool reverse, lax_tensor *out, lax_error *why);
LAX_API lax_status lax_cummax(lax_context *ctx, const lax_tensor *operand, int32_t axis,
                              bool reverse, lax_tensor *out, lax_error *why);
LAX_API lax_status lax_cummin(lax_context *ctx, const lax_tensor *operand, int32_t axis,
                              bool reverse, lax_tensor *out, lax_error *why);
/** log(cumsum(exp)) without overflow; floats and complex. */
LAX_API lax_status lax_cumlogsumexp(lax_context *ctx, const lax_tensor *operand, int32_t axis,
                                    bool reverse, lax_tensor *out, lax_error *why);

/* ---------------------------------------------------------------------------------------------
 * Data movement and reductions
 * ------------------------------------------------------------------------------------------ */

/** A padding configuration: result size low + dilate(size, interior + 1) + high per dimension;
 *  interior padding first, then the edges, which drop elements where negative. */
typedef struct lax_pad_options {
    size_t size;                    /**< set by LAX_PAD_OPTIONS */
    int64_t low[LAX_MAX_RANK];      /**< any sign */
    int64_t high[LAX_MAX_RANK];     /**< any sign */
    int64_t interior[LAX_MAX_RANK]; /**< >= 0 */
} lax_pad_options;
#define LAX_PAD_OPTIONS(...) ((lax_pad_options){.size = sizeof(lax_pad_options), __VA_ARGS__})

/** jax.lax.pad. padding_value points at one element of operand's type; NULL means 0. Values are
 *  moved bit for bit. A negative result size is refused. */
LAX_API lax_status lax_pad(lax_context *ctx, const lax_tensor *operand, const void *padding_value,
                           const lax_pad_options *options, lax_tensor *out, lax_error *why);
LAX_API lax_status lax_pad_shape(const lax_tensor *operand, const lax_pad_options *options,
                                 lax_tensor *out, lax_error *why);
/** Gradient of pad with respect to its operand: operand_grad has the operand's shape. */
LAX_API lax_status lax_pad_grad_operand(lax_context *ctx, const lax_tensor *grad,
                                        const lax_pad_options *options, lax_tensor *operand_grad,
                                        lax_error *why);
/** Gradient of pad with respect to the padding value, a rank-0 tensor: the sum of grad over the
 *  padding. operand_shape has grad's rank. */
LAX_API lax_status lax_pad_grad_value(lax_context *ctx, const lax_tensor *grad,
                                      const int64_t *operand_shape, const lax_pad_options *options,
                                      lax_tensor *value_grad, lax_error *why);

/** jax.lax.transpose: out axis i is operand axis permutation[i] (NULL: the axes as they are).
 *  When out's type differs, elements are converted as XLA's convert does. */
LAX_API lax_status lax_transpose(lax_context *ctx, const lax_tensor *operand,
                                 const int32_t *permutation, lax_tensor *out, lax_error *why);
LAX_API lax_status lax_transpose_shape(const lax_tensor *operand, const int32_t *permutation,
                                       lax_tensor *out, lax_error *why);
/** The permutation from one layout string to another, e.g. "NHWC" to "NCHW": 0, 3, 1, 2. */
LAX_API lax_status lax_layout_permutation(const char *from, const char *to,
                                          int32_t permutation[LAX_MAX_RANK], lax_error *why);

/** jax.lax.reduce over `n_dimensions` distinct dimensions with a built-in reducer. */
LAX_API lax_status lax_reduce(lax_context *ctx, const lax_tensor *operand, lax_reducer_kind reducer,
                              int32_t n_dimensions, const int32_t *dimensions, lax_tensor *out,
                              lax_error *why);

/** Variadic reduce: what lax_reduce_window_n() is to lax_reduce_window(). */
typedef struct lax_reduce_options {
    size_t size; /**< set by LAX_REDUCE_OPTIONS */
    int32_t n_dimensions;
    int32_t dimensions[LAX_MAX_RANK];
    const void *init_values[LAX_MAX_OPERANDS];
    lax_policy policy;
    const char *lowering;
} lax_reduce_options;
#define LAX_REDUCE_OPTIONS(...)                                                                    \
    ((lax_reduce_options){.size = sizeof(lax_reduce_options), __VA_ARGS__})
LAX_API lax_status lax_reduce_n(lax_context *ctx, int32_t count, const lax_tensor *operands,
                                const lax_reducer *reducer, const lax_reduce_options *options,
                                lax_tensor *out, lax_error *why);
LAX_API lax_status lax_reduce_shape(const lax_tensor *operand, int32_t n_dimensions,
                                    const int32_t *dimensions, lax_tensor *out, lax_error *why);

/** jax.lax.reduce_precision: round to exponent_bits >= 1 and mantissa_bits >= 0, no subnormals
 *  in the target format. Real floats. */
LAX_API lax_status lax_reduce_precision(lax_context *ctx, const lax_tensor *operand,
                                        int32_t exponent_bits, int32_t mantissa_bits,
                                        lax_tensor *out, lax_error *why);

/* ---------------------------------------------------------------------------------------------
 * Helpers without data
 * ------------------------------------------------------------------------------------------ */

/** jax.lax.conv_dimension_numbers from three strings; ranks are those of lhs and rhs. */
LAX_API lax_status lax_conv_dimension_numbers_from_strings(int32_t lhs_rank, int32_t rhs_rank,
                                                           const char *const strings[3],
                                                           lax_conv_dimension_numbers *out,
                                                           lax_error *why);
/** From XLA's dim_labels; *rank gets the number of dimensions. */
LAX_API lax_status lax_conv_dimension_numbers_from_labels(const char *dim_labels, int32_t *rank,
                                                          lax_conv_dimension_numbers *out,
                                                          lax_error *why);
/** Prints as JAX does: ConvDimensionNumbers(lhs_spec=(0, 1, 2, 3), ...). Returns the length. */
LAX_API size_t lax_conv_dimension_numbers_print(const lax_conv_dimension_numbers *numbers,
                                                int32_t rank, char *text, size_t capacity);
/** Prints as XLA's dim_labels. Returns the length. */
LAX_API size_t lax_conv_dim_labels_print(const lax_conv_dimension_numbers *numbers, int32_t rank,
                                         char *text, size_t capacity);
/** jax.lax.padtype_to_pads: n sizes, (dilated) windows and strides, and a padding string. */
LAX_API lax_status lax_padtype_to_pads(int32_t n, const int64_t *in_shape,
                                       const int64_t *window_shape, const int64_t *window_strides,
                                       const char *padding, int64_t (*pads)[2], lax_error *why);
/** The pads that conv_transpose uses for one dimension: dilated kernel k, stride s. */
LAX_API lax_status lax_conv_transpose_padding(int64_t k, int64_t s, const char *padding,
                                              int64_t pads[2], lax_error *why);

/* ---------------------------------------------------------------------------------------------
 * Operations and plans
 * ------------------------------------------------------------------------------------------ */

/** The operations of the family, as plans and texts know them. */
typedef enum lax_op {
    LAX_OP_UNSET = 0,
    LAX_OP_CONV,                  /**< operands lhs, rhs */
    LAX_OP_CONV_GRAD_LHS,         /**< operands grad, rhs; the result has lhs's shape */
    LAX_OP_CONV_GRAD_RHS,         /**< operands lhs, grad; the result has rhs's shape */
    LAX_OP_CONV_PATCHES,          /**< operand lhs */
    LAX_OP_CONV_LOCAL,            /**< operands lhs, rhs */
    LAX_OP_REDUCE_WINDOW,         /**< operands 1 to LAX_MAX_OPERANDS */
    LAX_OP_AVG_POOL,              /**< operand */
    LAX_OP_REDUCE_WINDOW_ARG,     /**< operand; results values, indices */
    LAX_OP_SELECT_AND_SCATTER,    /**< operands operand, source */
    LAX_OP_SELECT_AND_GATHER_ADD, /**< operands tangents, operand */
    LAX_OP_SCAN,                  /**< operand */
    LAX_OP_PAD,                   /**< operand */
    LAX_OP_TRANSPOSE,             /**< operand */
    LAX_OP_REDUCE,                /**< operands 1 to LAX_MAX_OPERANDS */
    LAX_OP_REDUCE_PRECISION       /**< operand */
} lax_op;

/**
 * One operation with everything but the data: what texts parse into and plans are made from.
 * Only the members named for the op count. Tensors' data is ignored. A result whose rank is -1
 * is inferred (row-major); results otherwise must be as inferred, with strides of their own.
 */
typedef struct lax_operation {
    size_t size; /**< set by LAX_OPERATION */
    lax_op op;
    int32_t n_operands, n_results;
    lax_tensor operands[LAX_MAX_OPERANDS];
    lax_tensor results[LAX_MAX_OPERANDS];
    lax_conv_options conv;                 /**< CONV*; the forward options for gradients */
    lax_epilogue epilogue;                 /**< CONV, refused elsewhere; size 0: none */
    int64_t filter_shape[LAX_MAX_SPATIAL]; /**< CONV_PATCHES, CONV_LOCAL */
    lax_window_options window;             /**< REDUCE_WINDOW*, AVG_POOL, SELECT_AND_* */
    bool exclude_padding;                  /**< AVG_POOL: divide by the elements inside */
    int64_t ceil_pads[LAX_MAX_RANK];       /**< AVG_POOL: trailing high padding that never counts */
    lax_reducer reducer;                   /**< REDUCE_WINDOW, REDUCE, SCAN; scatter */
    lax_selector select;                   /**< SELECT_AND_*, REDUCE_WINDOW_ARG */
    int32_t axis;                          /**< SCAN */
    bool reverse;                          /**< SCAN */
    lax_pad_options pad;                   /**< PAD */
    const void *padding_value;             /**< PAD; NULL: 0 */
    int32_t permutation[LAX_MAX_RANK];     /**< TRANSPOSE */
    lax_reduce_options reduce;             /**< REDUCE */
    int32_t exponent_bits, mantissa_bits;  /**< REDUCE_PRECISION */
    int32_t num_threads; /**< largest number of threads at execution; 0: context's */
    bool xla_rules; /**< as texts: refuse what XLA refuses instead of what JAX refuses; padding that
                         leaves a negative size gives 0, add and mul on pred are or and and, any
                         preferred_element_type goes */
} lax_operation;
#define LAX_OPERATION(...) ((lax_operation){.size = sizeof(lax_operation), __VA_ARGS__})

/** Infers what the operation's results are: sets n_results and results[]. */
LAX_API lax_status lax_operation_infer(lax_operation *operation, lax_error *why);
/**
 * Prints the operation as one line of HLO text with operand shapes and layouts; what HLO cannot
 * say travels in frontend_attributes={lax....}. lax_module_parse() reads it back. Returns the
 * length; at most `capacity` bytes are written with the NUL.
 */
LAX_API size_t lax_operation_print(const lax_operation *operation, char *text, size_t capacity);
/** The same with the reducer's computations in front, as a whole module. */
LAX_API size_t lax_operation_print_module(const lax_operation *operation, char *text,
                                          size_t capacity);
/**
 * Explains, a line each: spec, shape, canonical problem, every lowering with its refusal, plan,
 * workspace and predicted cost. Works for forced lowerings that refuse, too. *needed gets the
 * length; at most `capacity` bytes are written with the NUL.
 */
LAX_API lax_status lax_explain(lax_context *ctx, const lax_operation *operation, char *text,
                               size_t capacity, size_t *needed, lax_error *why);
/** Runs one operation once: inputs as lax_plan_execute() takes them. Tensors' forms come from
 *  `operation`, only data pointers are taken from the arguments. */
LAX_API lax_status lax_operation_run(lax_context *ctx, const lax_operation *operation,
                                     const lax_tensor *const *inputs, lax_tensor *const *outputs,
                                     lax_error *why);

typedef struct lax_plan lax_plan;
typedef struct lax_packed lax_packed;

/** Makes the plan of an operation: validated once, immutable, shareable between threads. */
LAX_API lax_status lax_operation_plan(lax_context *ctx, const lax_operation *operation,
                                      lax_plan **plan, lax_error *why);
/** The plan of a convolution; epilogue may be NULL. */
LAX_API lax_status lax_conv_plan(lax_context *ctx, const lax_tensor *lhs, const lax_tensor *rhs,
                                 const lax_conv_options *options, const lax_epilogue *epilogue,
                                 const lax_tensor *out, lax_plan **plan, lax_error *why);
/** The plan of a window reduction over `count` operands. */
LAX_API lax_status lax_reduce_window_plan(lax_context *ctx, int32_t count,
                                          const lax_tensor *operands, const lax_reducer *reducer,
                                          const lax_window_options *options, const lax_tensor *out,
                                          lax_plan **plan, lax_error *why);
/** Gives the plan back; NULL is fine. */
LAX_API void lax_plan_release(lax_plan *plan);

/** Bytes of workspace that an execution needs, 64-byte aligned; 0: none. */
LAX_API size_t lax_plan_workspace_size(const lax_plan *plan);
/** The name of the lowering that the plan uses; one token, lives as long as the plan. */
LAX_API const char *lax_plan_lowering(const lax_plan *plan);
/** One line about lowering, kernel, blocks and workspace. Returns the length. */
LAX_API size_t lax_plan_print(const lax_plan *plan, char *text, size_t capacity);

/** Bytes that lax_plan_pack_into() needs, with its head; 0 when the operation has no weights. */
LAX_API size_t lax_plan_packed_size(const lax_plan *plan);
/** Packs weights ahead, in the library's memory. A plan with nothing to pack gives a blob that
 *  copies the weights' form only; it refers to `rhs`'s memory, which must then outlive it. */
LAX_API lax_status lax_plan_pack(const lax_plan *plan, const lax_tensor *rhs, lax_packed **packed,
                                 lax_error *why);
/** The same in the caller's memory: 64-byte aligned, lax_plan_packed_size() bytes. The blob is
 *  relocatable by memcpy, and serves every plan of the same fingerprint (lowering, blocking,
 *  instruction set, types, shape, taps that meet the input, version). Not a file format. */
LAX_API lax_status lax_plan_pack_into(const lax_plan *plan, const lax_tensor *rhs, void *memory,
                                      size_t nbytes, lax_packed **packed, lax_error *why);
/** Releases what lax_plan_pack() made; NULL is fine. Never for lax_plan_pack_into()'s. */
LAX_API void lax_packed_release(lax_packed *packed);

/**
 * Executes a plan. inputs: the operation's operands in order (a convolution with packed weights
 * leaves rhs out), then the epilogue's residual if it has one. outputs: its results in order.
 * Forms must be those of the plan; with open_batch the batch size is read from inputs[0] and
 * must agree in outputs[0]. workspace: lax_plan_workspace_size() bytes, 64-byte aligned, or
 * NULL to let the library get it. Several executions may run at once, each with its own
 * workspace.
 */
LAX_API lax_status lax_plan_execute(const lax_plan *plan, const lax_tensor *const *inputs,
                                    const lax_packed *packed, lax_tensor *const *outputs,
                                    void *workspace, lax_error *why);

/* ---------------------------------------------------------------------------------------------
 * Text: HLO and StableHLO
 * ------------------------------------------------------------------------------------------ */

typedef struct lax_module lax_module;
typedef struct lax_region lax_region;

/**
 * Parses HLO text (one instruction, or a module) or StableHLO text (pretty or generic), `length`
 * bytes, docs/hlo-text.md. Errors carry line and column. MLIR bytecode is refused with a
 * sentence that says how to print text. A single instruction must carry its operands' shapes and
 * becomes a module whose parameters are its operands.
 */
LAX_API lax_status lax_module_parse(const char *text, size_t length, lax_module **module,
                                    lax_error *why);
LAX_API void lax_module_release(lax_module *module);

LAX_API int32_t lax_module_n_parameters(const lax_module *module);
LAX_API int32_t lax_module_n_results(const lax_module *module);
/** Form (row-major, data NULL) of parameter or result i of ENTRY or main. */
LAX_API lax_status lax_module_parameter(const lax_module *module, int32_t i, lax_tensor *out,
                                        lax_error *why);
LAX_API lax_status lax_module_result(const lax_module *module, int32_t i, lax_tensor *out,
                                     lax_error *why);
/** Evaluates ENTRY or main. Shapes and types of inputs and outputs must be the module's, strides
 *  are free. Outputs may lie on inputs, not on each other; on a failure none of them is written
 *  to. Memory for values in between comes from the context's allocator. */
LAX_API lax_status lax_module_run(lax_context *ctx, const lax_module *module,
                                  const lax_tensor *inputs, int32_t n_inputs, lax_tensor *outputs,
                                  int32_t n_outputs, lax_error *why);
/** Prints the module as HLO text. Returns the length. */
LAX_API size_t lax_module_print(const lax_module *module, char *text, size_t capacity);

/** Number of operations of the family in ENTRY or main. */
LAX_API int32_t lax_module_n_operations(const lax_module *module);
/** Operation i of the family in ENTRY, with physical layouts as strides. Pointers in it live as
 *  long as the module. */
LAX_API lax_status lax_module_operation(const lax_module *module, int32_t i,
                                        lax_operation *operation, lax_error *why);
/** Lists the instructions of ENTRY that are not of the family, comma-separated. */
LAX_API size_t lax_module_others(const lax_module *module, char *text, size_t capacity);

/** Parses one computation (HLO: `name { ... }` with ROOT, or a StableHLO region
 *  `({ ^bb0(...): ... })` or its inside) that works on scalars. */
LAX_API lax_status lax_region_parse(const char *text, size_t length, lax_region **region,
                                    lax_error *why);
LAX_API void lax_region_release(lax_region *region);
/** A reducer from a region of 2n parameters and n results: built-in where it is recognised,
 *  else interpreted. It lives as long as the region. */
LAX_API lax_status lax_region_reducer(const lax_region *region, lax_reducer *reducer,
                                      lax_error *why);
/** A selector from a region of two parameters and a pred result. */
LAX_API lax_status lax_region_selector(const lax_region *region, lax_selector *selector,
                                       lax_error *why);

/* ---------------------------------------------------------------------------------------------
 * DLPack, zero copy
 * ------------------------------------------------------------------------------------------ */

struct DLManagedTensor;
struct DLManagedTensorVersioned;

/** Views a DLPack tensor. The caller keeps it, and calls its deleter when done with the view.
 *  CPU memory only; bool becomes pred, bfloat bf16. Lanes other than 1 are refused. */
LAX_API lax_status lax_tensor_from_dlpack(const struct DLManagedTensor *managed, lax_tensor *out,
                                          lax_error *why);
LAX_API lax_status lax_tensor_from_dlpack_versioned(const struct DLManagedTensorVersioned *managed,
                                                    lax_tensor *out, lax_error *why);
/** Exports a tensor. `release(user)` (may be NULL) is called once, when the consumer calls the
 *  deleter; memory must stay valid until then. Memory of the struct itself comes from malloc.
 *  pred is exported as DLPack bool, which consumers before DLPack 0.8 do not know. */
LAX_API lax_status lax_tensor_to_dlpack(const lax_tensor *tensor, void (*release)(void *user),
                                        void *user, struct DLManagedTensor **managed,
                                        lax_error *why);
LAX_API lax_status lax_tensor_to_dlpack_versioned(const lax_tensor *tensor, bool read_only,
                                                  void (*release)(void *user), void *user,
                                                  struct DLManagedTensorVersioned **managed,
                                                  lax_error *why);

#ifdef __cplusplus
}
#endif

#endif /* LAX_LAX_H */
