/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of a verbose context: what was run, as HLO text that can be given back, its time and
 * its plan. The text is made with the plan, so that calls only add the rest. */
#include "api/api.h"

static size_t print_replay(const lax_operation *op, char *data, size_t capacity) {
    size_t length = lax_operation_print(op, data, capacity);
    bool mute = (op->reducer.fn != NULL && op->reducer.text == NULL) ||
                (op->select.fn != NULL && op->select.text == NULL);
    struct text text = {data, capacity, length};
    if (mute) lax_i_text_add(&text, " // not replayable: its callback has no text");
    return text.length;
}

void lax_i_keep_replay(const struct lax_context *ctx, const lax_operation *op, struct plan *plan) {
    size_t nbytes = print_replay(op, NULL, 0) + 1;
    plan->verbose = true;
    plan->log = ctx->log;
    plan->log_user = ctx->log_user;
    plan->replay = lax_i_allocate(&ctx->runtime->allocator, nbytes);
    if (plan->replay != NULL) print_replay(op, plan->replay, nbytes);
}

/* A line in data, as far as it fits; the bytes that it needs. */
static size_t print_line(char *data, size_t capacity, const struct plan *plan, const char *replay,
                         double ms) {
    struct text text = lax_i_text(data, capacity);
    lax_i_text_add(&text, "%s // %.4f ms, ", replay, ms);
    lax_i_print_plan(&text, plan);
    return text.length + 1;
}

/* A call that was done does not fail for its line: without memory the line says so. */
void lax_i_log_execution(const struct plan *plan, double start) {
    static const char lost[] = "// not replayable: memory for the line cannot be had";
    const lax_allocator *allocator = &plan->runtime->allocator;
    const char *replay = plan->replay == NULL ? lost : plan->replay;
    char room[1024], *line = room;
    double ms = lax_i_now_ms() - start;
    size_t nbytes = print_line(room, sizeof room, plan, replay, ms);
    if (nbytes > sizeof room) line = lax_i_allocate(allocator, nbytes);
    if (line == NULL)
        print_line(room, sizeof room, plan, lost, ms);
    else if (line != room)
        print_line(line, nbytes, plan, replay, ms);
    lax_i_log(plan->log, plan->log_user, line == NULL ? room : line);
    if (line != room) lax_i_release(allocator, line, nbytes);
}
