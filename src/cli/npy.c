/* SPDX-License-Identifier: Apache-2.0 */
/* NumPy's .npy files: every order and byte order is read (versions 1 to 3 of the header), C order
 * and this machine's byte order are written. bf16, which NumPy lacks, is written as '<V2'. */
#include "cli.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

/* What the header says. */
struct npy_header {
    char order; /* < > | = */
    char kind;  /* NumPy's letter of the type */
    int item;   /* bytes of an element */
    bool fortran;
    bool has_descr, has_shape, has_order;
    int32_t rank;
    int64_t shape[LAX_MAX_RANK];
};

/* A place in the header's text, which is a Python dictionary. */
struct cursor {
    const char *at, *end;
};

static void skip_space(struct cursor *c) {
    while (c->at < c->end && isspace((unsigned char)*c->at)) c->at++;
}

static bool accept(struct cursor *c, char expected) {
    skip_space(c);
    if (c->at == c->end || *c->at != expected) return false;
    c->at++;
    return true;
}

/* A quoted word; `out` holds it with a NUL. */
static bool read_string(struct cursor *c, char out[32]) {
    skip_space(c);
    if (c->at == c->end || (*c->at != '\'' && *c->at != '"')) return false;
    char quote = *c->at++;
    size_t n = 0;
    while (c->at < c->end && *c->at != quote && n < 31) out[n++] = *c->at++;
    out[n] = '\0';
    return accept(c, quote);
}

static bool read_descr(struct cursor *c, struct npy_header *h) {
    char text[32];
    int64_t item;
    if (!read_string(c, text) || !strchr("<>|=", text[0]) || !text[0] || !text[1]) return false;
    if (!cli_parse_integer(text + 2, strlen(text + 2), &item) || item < 0 || item > 1 << 20)
        return false;
    h->order = text[0];
    h->kind = text[1];
    h->item = (int)item;
    return h->has_descr = true;
}

static bool read_bool(struct cursor *c, struct npy_header *h) {
    skip_space(c);
    size_t left = (size_t)(c->end - c->at);
    h->fortran = left >= 4 && memcmp(c->at, "True", 4) == 0;
    if (!h->fortran && !(left >= 5 && memcmp(c->at, "False", 5) == 0)) return false;
    c->at += h->fortran ? 4 : 5;
    return h->has_order = true;
}

static bool read_shape(struct cursor *c, struct npy_header *h) {
    if (!accept(c, '(')) return false;
    for (h->rank = 0; !accept(c, ')'); h->rank++) {
        const char *start = c->at;
        while (c->at < c->end && isdigit((unsigned char)*c->at)) c->at++;
        if (h->rank == LAX_MAX_RANK) return false;
        if (!cli_parse_integer(start, (size_t)(c->at - start), &h->shape[h->rank])) return false;
        if (c->at < c->end && *c->at == 'L') c->at++; /* Python 2 wrote long integers so */
        if (!accept(c, ',') && !(c->at < c->end && *c->at == ')')) return false;
    }
    return h->has_shape = true;
}

static bool read_dictionary(struct cursor *c, struct npy_header *h) {
    if (!accept(c, '{')) return false;
    while (!accept(c, '}')) {
        char key[32];
        bool good = read_string(c, key) && accept(c, ':');
        if (good && strcmp(key, "descr") == 0)
            good = read_descr(c, h);
        else if (good && strcmp(key, "fortran_order") == 0)
            good = read_bool(c, h);
        else if (good && strcmp(key, "shape") == 0)
            good = read_shape(c, h);
        else
            good = false;
        if (!good) return false;
        accept(c, ',');
    }
    return h->has_descr && h->has_order && h->has_shape;
}

/* The header's text and where the data start. */
static bool locate(struct cli_bytes bytes, struct cursor *text, size_t *data_at) {
    if (bytes.size < 12) return false;
    int wide = bytes.data[6] == 2 || bytes.data[6] == 3 ? 4 : 2;
    if (bytes.data[6] < 1 || bytes.data[6] > 3) return false;
    size_t length = 0;
    for (int i = wide - 1; i >= 0; i--) length = length << 8 | bytes.data[8 + i];
    size_t start = 8 + (size_t)wide;
    if (length > bytes.size - start) return false;
    text->at = (const char *)bytes.data + start;
    text->end = text->at + length;
    *data_at = start + length;
    return true;
}

static const struct npy_type {
    lax_dtype dtype;
    char kind;
    int item;
} types[] = {{LAX_F64, 'f', 8},  {LAX_F32, 'f', 4}, {LAX_F16, 'f', 2},  {LAX_BF16, 'V', 2},
             {LAX_S8, 'i', 1},   {LAX_S16, 'i', 2}, {LAX_S32, 'i', 4},  {LAX_S64, 'i', 8},
             {LAX_U8, 'u', 1},   {LAX_U16, 'u', 2}, {LAX_U32, 'u', 4},  {LAX_U64, 'u', 8},
             {LAX_PRED, 'b', 1}, {LAX_C64, 'c', 8}, {LAX_C128, 'c', 16}};

static lax_dtype find_type(const struct npy_header *h, lax_dtype wanted) {
    if (wanted == LAX_BF16 && h->item == 2 && strchr("fiuV", h->kind)) return LAX_BF16;
    for (int i = 0; i < CLI_COUNT_OF(types); i++)
        if (types[i].kind == h->kind && types[i].item == h->item) return types[i].dtype;
    return LAX_DTYPE_UNSET;
}

static bool machine_is_little(void) {
    const uint16_t probe = 1;
    uint8_t first;
    memcpy(&first, &probe, 1);
    return first == 1;
}

/* Reverses the bytes of each number; complex elements are two numbers. */
static void swap_bytes(unsigned char *data, int64_t elements, lax_dtype dtype) {
    size_t size = lax_dtype_size(dtype) / (cli_is_complex(dtype) ? 2 : 1);
    size_t n = (size_t)elements * (cli_is_complex(dtype) ? 2 : 1);
    for (unsigned char *p = data; n--; p += size)
        for (size_t i = 0; i < size / 2; i++) {
            unsigned char keep = p[i];
            p[i] = p[size - 1 - i];
            p[size - 1 - i] = keep;
        }
}

static void use_fortran_order(lax_tensor *tensor) {
    int64_t stride = 1;
    for (int d = 0; d < tensor->rank; d++) {
        tensor->strides[d] = stride;
        stride *= tensor->shape[d];
    }
}

static int take_data(struct cli *cli, const char *path, struct cli_bytes data,
                     const struct npy_header *h, lax_tensor *tensor) {
    int64_t elements = lax_tensor_elements(tensor);
    size_t size = lax_dtype_size(tensor->dtype);
    if (elements < 0 || (uint64_t)elements > data.size / size)
        return cli_fail(CLI_REQUEST, "%s: %zu bytes of data are fewer than its shape needs", path,
                        data.size);
    int status = cli_tensor_alloc(cli, tensor);
    if (status) return status;
    if (elements) memcpy(tensor->data, data.data, (size_t)elements * size);
    bool little = h->order == '<' || (h->order != '>' && machine_is_little());
    if (little != machine_is_little()) swap_bytes(tensor->data, elements, tensor->dtype);
    if (h->fortran) use_fortran_order(tensor);
    return CLI_DONE;
}

int cli_npy_read(struct cli *cli, const char *path, struct cli_bytes bytes, lax_dtype wanted,
                 lax_tensor *tensor) {
    struct npy_header h = {0};
    struct cursor text;
    size_t at;
    if (!locate(bytes, &text, &at) || !read_dictionary(&text, &h))
        return cli_fail(CLI_REQUEST, "%s: its .npy header cannot be read", path);
    lax_dtype dtype = find_type(&h, wanted);
    if (dtype == LAX_DTYPE_UNSET)
        return cli_fail(CLI_REQUEST, "%s: NumPy's type '%c%c%d' is unsupported", path, h.order,
                        h.kind, h.item);
    *tensor = lax_tensor_of(dtype, NULL, h.rank, h.shape);
    struct cli_bytes data = {bytes.data + at, bytes.size - at};
    return take_data(cli, path, data, &h, tensor);
}

/* The dictionary, padded so that the data start at a multiple of 64 bytes. */
static size_t write_header(const lax_tensor *tensor, char *text, size_t capacity) {
    const struct npy_type *type = types;
    while (type->dtype != tensor->dtype) type++;
    char order = type->item == 1 ? '|' : machine_is_little() ? '<' : '>';
    size_t n = (size_t)snprintf(text, capacity,
                                "{'descr': '%c%c%d', 'fortran_order': False, "
                                "'shape': (",
                                order, type->kind, type->item);
    for (int d = 0; d < tensor->rank; d++)
        n += (size_t)snprintf(text + n, capacity - n, "%s%lld%s", d ? " " : "",
                              (long long)tensor->shape[d],
                              d + 1 < tensor->rank || d == 0 ? "," : "");
    n += (size_t)snprintf(text + n, capacity - n, "), }");
    while ((n + 11) % 64) text[n++] = ' ';
    text[n++] = '\n';
    return n;
}

int cli_npy_write(const char *path, FILE *file, const lax_tensor *tensor) {
    char header[512];
    size_t length = write_header(tensor, header, sizeof header - 64);
    unsigned char prefix[10] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    prefix[8] = (unsigned char)(length & 255);
    prefix[9] = (unsigned char)(length >> 8);
    size_t elements = (size_t)lax_tensor_elements(tensor);
    size_t size = lax_dtype_size(tensor->dtype);
    errno = 0;
    if (fwrite(prefix, 1, 10, file) == 10 && fwrite(header, 1, length, file) == length &&
        fwrite(tensor->data, size, elements, file) == elements)
        return CLI_DONE;
    return cli_fail(CLI_MACHINE, "cannot write %s: %s", path, strerror(errno));
}
