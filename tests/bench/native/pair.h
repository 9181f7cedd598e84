/* SPDX-License-Identifier: Apache-2.0 */
/* What side_by_side calls through ctypes: our side of a pair, made from HLO text by any build of
 * liblax that is on this machine, and the loop that times two calls in turns. */
#ifndef LAX_BENCH_PAIR_H
#define LAX_BENCH_PAIR_H

#include <stdint.h>

enum { PAIR_OPERANDS = 4, PAIR_TEXT = 512 };

/* A problem as text, and how to plan it. */
struct pair_request {
    const char *library, *text, *lowering; /* path of liblax.so, HLO, name or NULL */
    int64_t threads, isa, prepacked;       /* isa: a lax_isa */
    void *inputs[PAIR_OPERANDS], *outputs[PAIR_OPERANDS];
};

/* What became of it. */
struct pair_report {
    double plan_us;
    int64_t workspace;
    char lowering[PAIR_TEXT], error[PAIR_TEXT];
};

/* NULL, and report->error, when it cannot be planned. Memory of inputs and outputs stays the
 * caller's. */
void *pair_open(const struct pair_request *request, struct pair_report *report);
void pair_run(void *ours);
void pair_close(void *ours);

typedef void (*pair_call)(void *argument);

/* How long to measure, and the multiply-adds whose peak is sampled between the pairs. */
struct pair_measure {
    double seconds;
    int64_t capacity;  /* most pairs */
    int64_t bits, isa; /* as peaks_fma() wants them */
    int64_t cpu_time; /* count this process's time only, which neighbours on the core do not add to;
                          for one thread */
    double peak;      /* set: the best sample, in Gflop/s */
};

/* Times a and b in turns, which of them goes first alternating too: seconds of pair i go to
 * times[2 i] (a) and times[2 i + 1] (b). At least ten pairs, two where one takes a second, one
 * where it takes six. Returns the number of pairs. Both sides have run before. */
int64_t pair_alternate(pair_call a, void *for_a, pair_call b, void *for_b, struct pair_measure *how,
                       double *times);

#endif /* LAX_BENCH_PAIR_H */
