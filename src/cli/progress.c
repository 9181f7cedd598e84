/* SPDX-License-Identifier: Apache-2.0 */
/* The progress line: a timer writes it once a second, so that single long library calls show it
 * too. Everything the timer touches is safe in a signal handler. */
#include "cli.h"

#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Written by the program, read by the handler. */
static const char *progress_name;
static volatile sig_atomic_t progress_done, progress_total, progress_elapsed, progress_shown;

static size_t put_text(char *line, size_t at, const char *text) {
    size_t length = strlen(text);
    memcpy(line + at, text, length);
    return at + length;
}

static size_t put_number(char *line, size_t at, long value) {
    char digits[24];
    size_t n = 0;
    do {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    while (n) line[at++] = digits[--n];
    return at;
}

static void on_alarm(int signal_number) {
    (void)signal_number;
    char line[160];
    progress_elapsed++;
    size_t at = put_text(line, 0, "\r\033[Klax ");
    at = put_text(line, at, progress_name);
    if (progress_total) {
        at = put_text(line, at, ": ");
        at = put_number(line, at, progress_done);
        at = put_text(line, at, " of ");
        at = put_number(line, at, progress_total);
    }
    at = put_text(line, at, ", ");
    at = put_number(line, at, progress_elapsed);
    at = put_text(line, at, " s");
    progress_shown = write(STDERR_FILENO, line, at) > 0;
    alarm(1);
}

void cli_progress_start(const char *name) {
    if (!isatty(STDERR_FILENO)) return;
    progress_name = name;
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
    if (sigaction(SIGALRM, &action, NULL) == 0) alarm(1);
}

void cli_progress_step(int64_t done, int64_t total) {
    progress_done = (sig_atomic_t)done;
    progress_total = (sig_atomic_t)total;
}

void cli_progress_clear(void) {
    if (!progress_shown) return;
    progress_shown = 0;
    const char wipe[] = "\r\033[K";
    if (write(STDERR_FILENO, wipe, sizeof wipe - 1) < 0) progress_shown = 0;
}

double cli_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}
