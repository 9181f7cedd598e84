/* SPDX-License-Identifier: Apache-2.0 */
/* One run of the command: its memory, given back at the end in one go, and its one error line. */
#include "cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* A block's header fills one cache line, so that what follows stays aligned. */
struct cli_block {
    struct cli_block *next;
};
enum { BLOCK_ALIGN = 64 };

void *cli_alloc(struct cli *cli, size_t count, size_t size) {
    if (size && count > (SIZE_MAX - 2 * BLOCK_ALIGN) / size) return NULL;
    size_t rounded = (count * size + BLOCK_ALIGN - 1) / BLOCK_ALIGN * BLOCK_ALIGN;
    struct cli_block *block = aligned_alloc(BLOCK_ALIGN, rounded + BLOCK_ALIGN);
    if (!block) return NULL;
    block->next = cli->blocks;
    cli->blocks = block;
    return (char *)block + BLOCK_ALIGN;
}

char *cli_copy(struct cli *cli, const char *text, size_t length) {
    char *copy = cli_alloc(cli, length + 1, 1);
    if (!copy) return NULL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

struct cli_block *cli_mark(const struct cli *cli) {
    return cli->blocks;
}

void cli_rewind(struct cli *cli, struct cli_block *mark) {
    while (cli->blocks != mark) {
        struct cli_block *block = cli->blocks;
        cli->blocks = block->next;
        free(block);
    }
}

int cli_fail(int status, const char *format, ...) {
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    /* File names and texts may hold anything; the error stays one line. */
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 127) *c = '?';
    cli_progress_clear();
    fprintf(stderr, "lax: %s\n", text);
    return status;
}

int cli_no_memory(void) { return cli_fail(CLI_MACHINE, "memory cannot be had"); }

int cli_refuse(const lax_error *why) {
    bool machine = why->status == LAX_ERROR_MEMORY || why->status == LAX_ERROR_THREADS;
    return cli_fail(machine ? CLI_MACHINE : CLI_REQUEST, "%s", why->text);
}

int cli_check(lax_status status, const lax_error *why) {
    return status == LAX_OK ? CLI_DONE : cli_refuse(why);
}
