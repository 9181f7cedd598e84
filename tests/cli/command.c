/* SPDX-License-Identifier: Apache-2.0 */
/* The processes and files of the command's tests. The .npy files are written here by hand, so that
 * nothing is read back by the code that wrote it. */
#include "cli/command.h"

#include <check.h>
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[200];

static const char *command_path(void) {
    const char *path = getenv("LAX_COMMAND");
    return path ? path : LAX_TEST_COMMAND;
}

static void place(const char *name, char path[400]) { snprintf(path, 400, "%s/%s", folder, name); }

void command_write(const char *name, const void *bytes, size_t size) {
    char path[400];
    place(name, path);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

static void write_text(const char *name, const char *text) {
    command_write(name, text, strlen(text));
}

/* version: of the header, 1 to 3 */
static void write_npy(const char *name, int version, const char *header, const void *data,
                      size_t size) {
    unsigned char bytes[1000] = {0x93, 'N', 'U', 'M', 'P', 'Y', (unsigned char)version, 0};
    size_t length = strlen(header), at = version == 1 ? 10 : 12;
    bytes[8] = (unsigned char)length;
    memcpy(bytes + at, header, length);
    memcpy(bytes + at + length, data, size);
    command_write(name, bytes, at + length + size);
}

#define C_ORDER(type, shape) "{'descr': '" type "', 'fortran_order': False, 'shape': " shape ", }\n"
#define F_ORDER(type, shape) "{'descr': '" type "', 'fortran_order': True, 'shape': " shape ", }\n"

static void write_arrays(void) {
    float nine[9], four[4] = {0, 1, 2, 3}, special[4] = {1.5f, -2, 0, 0};
    const unsigned char big[12] = {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6};
    const unsigned char bytes[12] = {0, 1, 2, 3, 100, 101, 102, 103, 252, 253, 254, 255};
    const uint16_t halves[4] = {0x3f80, 0x4000, 0xbf80, 0x7f80};
    const int8_t small[6] = {-128, 127, 1, -1, 5, 0};
    const double complex[4] = {1, 2, -3, 0.5};
    const int64_t wide[2] = {INT64_MIN, INT64_MAX};
    for (int i = 0; i < 9; i++) nine[i] = (float)i;
    memcpy(&special[2], &(uint32_t){0x7fc00000}, 4);
    memcpy(&special[3], &(uint32_t){0xff800000}, 4);
    write_npy("x.npy", 1, C_ORDER("<f4", "(1, 1, 3, 3)"), nine, sizeof nine);
    write_npy("w.npy", 1, C_ORDER("<f4", "(1, 1, 2, 2)"), four, sizeof four);
    write_npy("m.npy", 2, C_ORDER("<f4", "(3, 3)"), nine, sizeof nine);
    write_npy("y.npy", 1, C_ORDER("<f4", "(1, 1, 2, 2)"), four, sizeof four);
    write_npy("b.npy", 1, C_ORDER("<f4", "(1,)"), (float[]){-30}, 4);
    write_npy("special.npy", 1, C_ORDER("<f4", "(4,)"), special, sizeof special);
    write_npy("big.npy", 1, C_ORDER(">u2", "(2, 3)"), big, sizeof big);
    write_npy("bigf.npy", 3, F_ORDER(">u2", "(2, 3)"), big, sizeof big);
    write_npy("u8.npy", 1, C_ORDER("|u1", "(1, 2, 2, 3)"), bytes, sizeof bytes);
    write_npy("bf16.npy", 1, C_ORDER("<V2", "(4,)"), halves, sizeof halves);
    write_npy("u16.npy", 1, C_ORDER("<u2", "(4,)"), halves, sizeof halves);
    write_npy("pred.npy", 1, C_ORDER("|b1", "(3,)"), "\1\0\2", 3);
    write_npy("s8.npy", 1, C_ORDER("|i1", "(2, 3)"), small, sizeof small);
    write_npy("c128.npy", 1, C_ORDER("<c16", "(2,)"), complex, sizeof complex);
    write_npy("s64.npy", 1, C_ORDER("<i8", "(2,)"), wide, sizeof wide);
    write_npy("scalar.npy", 1, C_ORDER("<f4", "()"), four + 1, 4);
    write_npy("empty.npy", 1, C_ORDER("<f4", "(2, 0)"), nine, 0);
    write_npy("short.npy", 1, C_ORDER("<f4", "(3, 3)"), nine, sizeof nine - 1);
    write_npy("huge.npy", 1, C_ORDER("<f4", "(4611686018427387904, 4)"), nine, sizeof nine);
    write_npy("object.npy", 1, C_ORDER("|O", "(3,)"), nine, 24);
    write_npy("text.npy", 1, C_ORDER("<U4", "(1,)"), nine, 16);
    write_npy("broken.npy", 1, "{'descr': '<f4', 'shape': (3, }\n", nine, 12);
}

static void write_texts(void) {
    write_text("add.hlo", "HloModule two\n\nENTRY main {\n  a = f32[3,3]{1,0} parameter(0)\n"
                          "  b = f32[3,3]{1,0} parameter(1)\n  s = f32[3,3]{1,0} add(a, b)\n"
                          "  p = f32[3,3]{1,0} multiply(a, b)\n"
                          "  ROOT r = (f32[3,3]{1,0}, f32[3,3]{1,0}) tuple(s, p)\n}\n");
    write_text("bf16.mlir", "func.func @main(%a: tensor<4xbf16>) -> tensor<4xbf16> {\n"
                            "  %0 = stablehlo.add %a, %a : tensor<4xbf16>\n"
                            "  return %0 : tensor<4xbf16>\n}\n");
    write_text("conv.hlo",
               "HloModule conv\n\nENTRY main {\n  x = f32[1,1,3,3]{3,2,1,0} parameter(0)\n"
               "  w = f32[1,1,2,2]{3,2,1,0} parameter(1)\n"
               "  y = f32[1,1,2,2]{3,2,1,0} convolution(x, w), window={size=2x2}, "
               "dim_labels=bf01_oi01->bf01\n"
               "  ROOT n = f32[1,1,2,2]{3,2,1,0} negate(y)\n}\n");
    write_text("wrong.hlo",
               "HloModule wrong\n\nENTRY main {\n  a = f32[3,3]{1,0} frobnicate(b)\n}\n");
    write_text("layers.csv",
               "name,class,N,spatial,Cin,Cout,kernel,stride,padding,lhs_dilation,rhs_dilation,"
               "groups,batch_groups,layout,source_network,out_spatial,macs_dense,macs_useful,"
               "macs_valid,dim_labels,tier,direction\n"
               "one,3x3,1,6x6,8,4,3x3,1x1,1:1x1:1,1x1,1x1,1,1,NHWC,none,6x6,10368,10368,8192,"
               "b01f_01io->b01f,1,fwd\n"
               "wrong,3x3,1,6x6,8,4,3x3,1x1,1:1x1:1,1x1,1x1,3,1,NHWC,none,6x6,1,1,1,"
               "b01f_01io->b01f,1,fwd\n"
               "two,grad,4,5x5,6,8,5x5,1x1,1:1x1:1,1x1,1x1,1,1,NHWC,none,3x3,43200,43200,1,"
               "f01b_i01o->01bf,2,bwd_w\n");
    write_text("windows.csv",
               "name,op,reducer,operand_shape,window,stride,padding,base_dilation,"
               "window_dilation,layout,source_network,out_shape,naive_ops\n"
               "max,reduce_window,max,1x6x6x2,1x2x2x1,1x2x2x1,0:0x0:0x0:0x0:0,1x1x1x1,1x1x1x1,"
               "NHWC,none,1x3x3x2,72\n"
               "pair,reduce_window_variadic,max-with-payload(2 operands),1x6x6x2,1x2x2x1,1x2x2x1,"
               "0:0x0:0x0:0x0:0,1x1x1x1,1x1x1x1,NHWC,none,1x3x3x2,72\n"
               "grad,select_and_scatter,ge/add,1x6x6x2,1x2x2x1,1x2x2x1,0:0x0:0x0:0x0:0,1x1x1x1,"
               "1x1x1x1,NHWC,none,1x3x3x2,72\n");
}

void command_setup(void) {
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/lax-cli-XXXXXX", base ? base : P_tmpdir);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    write_arrays();
    write_texts();
}

void command_teardown(void) {
    struct dirent *entry;
    char path[400];
    DIR *list = opendir(folder);
    while (list && (entry = readdir(list)) != NULL) {
        snprintf(path, sizeof path, "%s/%.150s", folder, entry->d_name);
        if (entry->d_name[0] != '.' || strncmp(entry->d_name, ".lax", 4) == 0) unlink(path);
    }
    if (list) closedir(list);
    rmdir(folder);
}

int command_count_files(void) {
    int n = 0;
    struct dirent *entry;
    DIR *list = opendir(folder);
    ck_assert_ptr_nonnull(list);
    while ((entry = readdir(list)) != NULL) n++;
    closedir(list);
    return n;
}

bool command_file(const char *name, void *bytes, size_t capacity, size_t *size) {
    char path[400];
    struct stat info;
    place(name, path);
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    size_t n = fread(bytes, 1, capacity, file);
    *size = fstat(fileno(file), &info) == 0 ? (size_t)info.st_size : n;
    fclose(file);
    return true;
}

static void read_stream(const char *name, char *text, size_t capacity) {
    size_t size = 0;
    memset(text, 0, capacity);
    ck_assert(command_file(name, text, capacity - 1, &size));
}

void command_run(const char *before, const char *words, struct outcome *outcome) {
    char line[4000], path[400];
    int length = snprintf(line, sizeof line, "cd '%s' && { %s '%s' %s ; } >.out 2>.err </dev/null",
                          folder, before, command_path(), words);
    ck_assert_int_lt(length, (int)sizeof line);
    int status = system(line);
    outcome->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    read_stream(".out", outcome->out, sizeof outcome->out);
    read_stream(".err", outcome->err, sizeof outcome->err);
    place(".out", path);
    unlink(path);
    place(".err", path);
    unlink(path);
}

bool command_is_narrow(const char *text) {
    while (*text) {
        size_t length = strcspn(text, "\n");
        if (length > 100) return false;
        text += length + (text[length] == '\n');
    }
    return true;
}
