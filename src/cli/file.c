/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files in, and output files that appear under their names only when all of them are
 * complete. */
#define _XOPEN_SOURCE 700 /* realpath */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The first guess is the file's size; a pipe's buffer doubles. */
static size_t first_capacity(FILE *file) {
    struct stat info;
    if (fstat(fileno(file), &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0)
        return (size_t)info.st_size + 1;
    return 1 << 16;
}

static int grow(struct cli *cli, struct cli_bytes *out, size_t *capacity) {
    if (*capacity > SIZE_MAX / 2) return cli_no_memory();
    unsigned char *larger = cli_alloc(cli, *capacity, 2);
    if (!larger) return cli_no_memory();
    memcpy(larger, out->data, out->size);
    out->data = larger;
    *capacity *= 2;
    return CLI_DONE;
}

static int read_all(struct cli *cli, FILE *file, struct cli_bytes *out) {
    size_t capacity = first_capacity(file);
    out->size = 0;
    out->data = cli_alloc(cli, capacity, 1);
    if (!out->data) return cli_no_memory();
    for (;;) {
        out->size += fread(out->data + out->size, 1, capacity - out->size, file);
        if (out->size < capacity) return CLI_DONE;
        int status = grow(cli, out, &capacity);
        if (status) return status;
    }
}

int cli_read_file(struct cli *cli, const char *path, struct cli_bytes *out) {
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rb");
    if (!file) return cli_fail(CLI_MACHINE, "cannot read %s: %s", path, strerror(errno));
    errno = 0;
    int status = read_all(cli, file, out);
    if (!status && ferror(file))
        status = cli_fail(CLI_MACHINE, "cannot read %s: %s", path, strerror(errno));
    if (!standard) fclose(file);
    return status;
}

/* The place of the temporary file: hidden, beside the target. */
static char *temporary_name(struct cli *cli, const char *target) {
    const char *slash = strrchr(target, '/');
    size_t folder = slash ? (size_t)(slash - target) + 1 : 0;
    char *name = cli_alloc(cli, folder + 64, 1);
    if (!name) return NULL;
    memcpy(name, target, folder);
    snprintf(name + folder, 64, ".lax-%ld-%d.part", (long)getpid(), cli->n_outputs);
    return name;
}

/* A link is followed, so that its target is replaced and not the link. */
static char *resolve(struct cli *cli, const char *path) {
    char *real = realpath(path, NULL);
    const char *target = real ? real : path;
    char *copy = cli_copy(cli, target, strlen(target));
    free(real);
    return copy;
}

static FILE *open_beside(struct cli *cli, struct cli_output *output, const struct stat *old) {
    output->target = resolve(cli, output->path);
    char *temporary = output->target ? temporary_name(cli, output->target) : NULL;
    if (!temporary) return NULL;
    int descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0) return NULL;
    output->temporary = temporary;
    if (old && fchmod(descriptor, old->st_mode & 0777) != 0) errno = 0;
    FILE *file = fdopen(descriptor, "wb");
    if (!file) close(descriptor);
    return file;
}

static FILE *open_output(struct cli *cli, struct cli_output *output) {
    if (strcmp(output->path, "-") == 0) return stdout;
    struct stat old;
    bool exists = stat(output->path, &old) == 0;
    if (exists && !S_ISREG(old.st_mode)) return fopen(output->path, "wb");
    return open_beside(cli, output, exists ? &old : NULL);
}

int cli_open_output(struct cli *cli, const char *path, FILE **file) {
    if (cli->n_outputs == CLI_MAX_OUTPUTS)
        return cli_fail(CLI_REQUEST, "more than %d output files", CLI_MAX_OUTPUTS);
    struct cli_output *output = &cli->outputs[cli->n_outputs];
    *output = (struct cli_output){.path = path};
    errno = 0;
    output->file = open_output(cli, output);
    cli->n_outputs++;
    *file = output->file;
    if (output->file) return CLI_DONE;
    return cli_fail(CLI_MACHINE, "cannot write %s: %s", path,
                    errno ? strerror(errno) : "memory cannot be had");
}

static int close_output(struct cli_output *output) {
    FILE *file = output->file;
    output->file = NULL;
    errno = 0;
    int bad = ferror(file);
    bad |= file == stdout ? fflush(file) : fclose(file);
    if (!bad) return CLI_DONE;
    return cli_fail(CLI_MACHINE, "cannot write %s: %s", output->path,
                    errno ? strerror(errno) : "the device failed");
}

static int rename_output(struct cli_output *output) {
    if (!output->temporary) return CLI_DONE;
    if (rename(output->temporary, output->target) != 0)
        return cli_fail(CLI_MACHINE, "cannot write %s: %s", output->path, strerror(errno));
    output->temporary = NULL;
    return CLI_DONE;
}

/* When one of several files cannot be put in place, those already there go away again. */
static void undo(struct cli *cli, int n) {
    for (int i = 0; i < n; i++)
        if (cli->outputs[i].target) unlink(cli->outputs[i].target);
}

int cli_commit(struct cli *cli) {
    int status = CLI_DONE;
    for (int i = 0; i < cli->n_outputs && !status; i++) status = close_output(&cli->outputs[i]);
    for (int i = 0; i < cli->n_outputs && !status; i++) {
        status = rename_output(&cli->outputs[i]);
        if (status) undo(cli, i);
    }
    if (!status) cli->n_outputs = 0;
    return status;
}

void cli_discard(struct cli *cli) {
    for (int i = 0; i < cli->n_outputs; i++) {
        struct cli_output *output = &cli->outputs[i];
        if (output->file && output->file != stdout) fclose(output->file);
        if (output->temporary) unlink(output->temporary);
    }
    cli->n_outputs = 0;
}

/* The handler's view of the session. */
static struct cli *guarded;

static void on_end(int signal_number) {
    for (int i = 0; i < guarded->n_outputs; i++)
        if (guarded->outputs[i].temporary) unlink(guarded->outputs[i].temporary);
    raise(signal_number);
}

void cli_guard_outputs(struct cli *cli) {
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
    guarded = cli;
    struct sigaction action = {.sa_handler = on_end, .sa_flags = (int)SA_RESETHAND};
    for (int i = 0; i < CLI_COUNT_OF(signals); i++) {
        struct sigaction old;
        if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
}
