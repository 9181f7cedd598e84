/* SPDX-License-Identifier: Apache-2.0 */
/* lax layouts: one convolution in every order of each tensor's dimensions, and in seeded
 * combinations of orders, against the reference lowering. */
#include "layouts.h"

enum { EXHAUSTIVE_RANK = 5 };

struct layouts_arguments {
    int64_t seed, orders;
};

static const struct cli_option options[] = {
    CLI_OPTION(layouts_arguments, seed, .name = "seed", .kind = CLI_INTEGER, .value = "0",
               .help = "of the data and the combinations; default 0"),
    CLI_OPTION(layouts_arguments, orders, .name = "orders", .kind = CLI_COUNT, .value = "1000",
               .help = "number of seeded combinations of all three orders; default 1000"),
};

/* How far the run is. */
struct course {
    int64_t done, total;
};

static void identity(struct layout_variant *variant, int32_t rank) {
    for (int t = 0; t < LAYOUT_TENSORS; t++)
        for (int32_t d = 0; d < rank; d++) variant->order[t][d] = variant->physical[t][d] = d;
}

static int64_t factorial(int32_t n) {
    int64_t product = 1;
    for (int32_t i = 2; i <= n; i++) product *= i;
    return product;
}

/* Permutation number k of n in lexicographic order. */
static void permutation(int64_t k, int32_t n, int32_t *out) {
    int32_t left[LAX_MAX_RANK];
    for (int32_t i = 0; i < n; i++) left[i] = i;
    for (int32_t i = 0; i < n; i++) {
        int64_t block = factorial(n - 1 - i);
        int32_t pick = (int32_t)(k / block);
        k %= block;
        out[i] = left[pick];
        for (int32_t j = pick; j + 1 < n - i; j++) left[j] = left[j + 1];
    }
}

static void shuffle(uint64_t *seed, int32_t n, int32_t *order) {
    for (int32_t i = n - 1; i > 0; i--) {
        int32_t j = (int32_t)(cli_random(seed) % (uint64_t)(i + 1));
        int32_t keep = order[i];
        order[i] = order[j];
        order[j] = keep;
    }
}

static int try_one(struct cli *cli, const struct layout_test *test,
                   const struct layout_variant *variant, struct course *course) {
    struct cli_block *mark = cli_mark(cli);
    int status = cli_layouts_try(cli, test, variant);
    cli_rewind(cli, mark);
    cli_progress_step(++course->done, course->total);
    return status;
}

/* Every order of each tensor, the other two as given. */
static int try_all(struct cli *cli, const struct layout_test *test, struct course *course) {
    int32_t rank = test->operands[0].rank;
    struct layout_variant variant;
    for (int t = 0; t < LAYOUT_TENSORS; t++)
        for (int64_t k = 0; k < factorial(rank); k++) {
            identity(&variant, rank);
            permutation(k, rank, variant.order[t]);
            int status = try_one(cli, test, &variant, course);
            if (status) return status;
        }
    return CLI_DONE;
}

/* Orders of all three; every other time the memory's order is another one than the dimensions'. */
static int try_some(struct cli *cli, const struct layout_test *test, uint64_t seed, int64_t n,
                    struct course *course) {
    int32_t rank = test->operands[0].rank;
    struct layout_variant variant;
    for (int64_t i = 0; i < n; i++) {
        identity(&variant, rank);
        for (int t = 0; t < LAYOUT_TENSORS; t++) {
            shuffle(&seed, rank, variant.order[t]);
            if (i % 2) shuffle(&seed, rank, variant.physical[t]);
        }
        int status = try_one(cli, test, &variant, course);
        if (status) return status;
    }
    return CLI_DONE;
}

static int run(struct cli *cli, const void *arguments) {
    const struct layouts_arguments *a = arguments;
    struct layout_test test = {.largest_scale = 0};
    struct course course = {0, 0};
    uint64_t seed = (uint64_t)a->seed;
    int64_t orders = a->orders ? a->orders : 1000;
    int status = cli_problem(cli, cli->operands[0], &test.operation);
    if (!status && test.operation.op != LAX_OP_CONV)
        status = cli_fail(CLI_REQUEST, "layouts takes a convolution");
    if (!status) status = cli_layouts_prepare(cli, cli_random(&seed), &test);
    if (status) return status;
    int32_t rank = test.operands[0].rank;
    int64_t all = rank <= EXHAUSTIVE_RANK ? LAYOUT_TENSORS * factorial(rank) : 0;
    course.total = all + orders;
    if (all) status = try_all(cli, &test, &course);
    if (!status) status = try_some(cli, &test, seed, orders, &course);
    if (status) return status;
    cli_progress_clear();
    printf("%lld single orders and %lld combinations (seed %lld) agree with the reference "
           "lowering\n",
           (long long)all, (long long)orders, (long long)a->seed);
    return CLI_DONE;
}

const struct cli_command cli_cmd_layouts = {
    .name = "layouts",
    .summary = "tests layout conversions: one convolution in every order of dimensions",
    .usage = "'HLO TEXT' | MODULE [--seed 0] [--orders 1000]",
    .details =
        "Runs every order of each tensor's dimensions, the other two as given, then seeded\n"
        "combinations of orders of all three (above rank 5 only these), and compares with the\n"
        "reference lowering: bit for bit for integers and pred, within the documented bound for\n"
        "floats. At the first difference prints a line that replays it and exits with 2.",
    .example = "lax layouts '%y = f32[1,4,4,8] convolution(f32[1,4,4,3] %x, f32[3,3,3,8] %w),\n"
               "    window={size=3x3 pad=1_1x1_1}, dim_labels=b01f_01io->b01f'",
    .options = options,
    .n_options = CLI_COUNT_OF(options),
    .arguments_size = sizeof(struct layouts_arguments),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
