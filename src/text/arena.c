/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that is released all at once, growing pointer lists, and scoped names in it. */
#include "text/text.h"

struct chunk {
    struct chunk *next;
    size_t nbytes, used; /* of data, and of those given out */
    _Alignas(16) unsigned char data[];
};

enum { CHUNK_NBYTES = 1 << 14 };

void *lax_i_arena_take(struct arena *arena, size_t nbytes) {
    if (nbytes > PTRDIFF_MAX / 2) return NULL;
    size_t need = lax_i_round_up(nbytes == 0 ? 1 : nbytes, 16);
    struct chunk *chunk = arena->chunks;
    if (chunk == NULL || chunk->nbytes - chunk->used < need) {
        size_t size = need > CHUNK_NBYTES ? need : CHUNK_NBYTES;
        chunk = lax_i_allocate(&lax_i_malloc_allocator, sizeof *chunk + size);
        if (chunk == NULL) return NULL;
        *chunk = (struct chunk){.next = arena->chunks, .nbytes = size};
        arena->chunks = chunk;
    }
    void *memory = chunk->data + chunk->used;
    chunk->used += need;
    return memset(memory, 0, need);
}

void *lax_i_arena_copy(struct arena *arena, const void *data, size_t nbytes) {
    void *memory = lax_i_arena_take(arena, nbytes);
    if (memory != NULL && nbytes > 0) memcpy(memory, data, nbytes);
    return memory;
}

char *lax_i_arena_string(struct arena *arena, const char *data, size_t length) {
    char *string = lax_i_arena_take(arena, length + 1);
    if (string != NULL) memcpy(string, data, length);
    return string;
}

void lax_i_arena_release(struct arena *arena) {
    for (struct chunk *chunk = arena->chunks; chunk != NULL;) {
        struct chunk *next = chunk->next;
        lax_i_release(&lax_i_malloc_allocator, chunk, sizeof *chunk + chunk->nbytes);
        chunk = next;
    }
    arena->chunks = NULL;
}

bool lax_i_list_add(struct arena *arena, struct list *list, void *item) {
    if (list->n == list->capacity) {
        int capacity = list->capacity == 0 ? 8 : 2 * list->capacity;
        void **data = lax_i_arena_take(arena, (size_t)capacity * sizeof *data);
        if (data == NULL) return false;
        if (list->n > 0) memcpy(data, list->data, (size_t)list->n * sizeof *data);
        list->data = data;
        list->capacity = capacity;
    }
    list->data[list->n++] = item;
    return true;
}

/* FNV-1a. */
static int bucket_of(const char *data, size_t length) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)data[i]) * 16777619u;
    return (int)((hash ^ hash >> 16) % NAME_BUCKETS);
}

bool lax_i_names_add(struct arena *arena, struct names *names, const char *data, size_t length,
                     void *value) {
    struct name *name = lax_i_arena_take(arena, sizeof *name);
    if (name == NULL || !lax_i_list_add(arena, &names->all, name)) return false;
    int bucket = bucket_of(data, length);
    *name = (struct name){data, length, value, names->bucket[bucket], bucket, names->all.n};
    names->bucket[bucket] = name;
    return true;
}

struct name *lax_i_names_find(const struct names *names, const char *data, size_t length) {
    struct name *name = names->bucket[bucket_of(data, length)];
    while (name != NULL && !(name->length == length && memcmp(name->data, data, length) == 0))
        name = name->next;
    return name;
}

void lax_i_names_truncate(struct names *names, int n) {
    while (names->all.n > n) {
        struct name *name = names->all.data[--names->all.n];
        names->bucket[name->bucket] = name->next;
    }
}
