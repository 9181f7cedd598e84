/* SPDX-License-Identifier: Apache-2.0 */
/* Running the command as a process in a folder of its own, and the files that its tests read. */
#ifndef LAX_TESTS_CLI_COMMAND_H
#define LAX_TESTS_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

/* What one run left. */
struct outcome {
    int status;      /* exit status; -1: ended by a signal */
    char out[20000]; /* the beginning of standard output and error */
    char err[8000];
};

/* Makes the folder with the tests' files; removes it with all that lies in it. */
void command_setup(void);
void command_teardown(void);

/* Runs `lax WORDS` in a shell, in the folder; `before` is put in front, e.g. assignments. */
void command_run(const char *before, const char *words, struct outcome *outcome);
/* Whether a file is in the folder; its beginning and its size. */
bool command_file(const char *name, void *bytes, size_t capacity, size_t *size);
void command_write(const char *name, const void *bytes, size_t size);
/* Number of files in the folder: nothing may be left behind. */
int command_count_files(void);
/* Whether every line has at most 100 columns. */
bool command_is_narrow(const char *text);

#endif
