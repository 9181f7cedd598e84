/* SPDX-License-Identifier: Apache-2.0 */
/* The plan cache: a hash table of copied keys whose entries also form a list by last use.
 *
 * The lock never waits for long: whoever cannot get it does without the cache, which costs one plan
 * made anew. So a child of fork() cannot hang on a lock that another thread held. */
#include "context/context.h"

struct entry {
    struct entry *chain;         /* next of the same bucket */
    struct entry *newer, *older; /* by last use */
    struct cache_value *value;
    uint64_t hash;
    size_t key_nbytes;
    unsigned char key[];
};

struct plan_cache {
    lax_allocator allocator;
    atomic_bool locked;
    int32_t max_entries, n_entries;
    size_t max_nbytes, nbytes;
    struct entry *newest, *oldest;
    size_t n_buckets; /* a power of two */
    struct entry *buckets[];
};

void lax_i_value_retain(struct cache_value *value) {
    atomic_fetch_add_explicit(&value->references, 1, memory_order_relaxed);
}

void lax_i_value_release(struct cache_value *value) {
    if (atomic_fetch_sub_explicit(&value->references, 1, memory_order_acq_rel) == 1)
        value->destroy(value);
}

static bool lock(struct plan_cache *cache) {
    enum { ATTEMPTS = 2000 };
    for (int i = 0; i < ATTEMPTS; i++) {
        if (atomic_load_explicit(&cache->locked, memory_order_relaxed)) continue;
        if (!atomic_exchange_explicit(&cache->locked, true, memory_order_acquire)) return true;
    }
    return false;
}

static void unlock(struct plan_cache *cache) {
    atomic_store_explicit(&cache->locked, false, memory_order_release);
}

static uint64_t load(const unsigned char *p) {
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

static uint64_t mix(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

/* Two chains, so that one multiplication need not wait for the other. */
static uint64_t hash_key(const unsigned char *key, size_t nbytes) {
    uint64_t a = nbytes, b = ~a, last[2] = {0, 0};
    for (; nbytes >= 16; nbytes -= 16, key += 16) {
        a = mix(a, load(key));
        b = mix(b, load(key + 8));
    }
    memcpy(last, key, nbytes);
    return mix(mix(a, last[0]), mix(b, last[1]));
}

struct plan_cache *lax_i_cache_create(const lax_allocator *allocator, int32_t entries,
                                      size_t nbytes) {
    enum { MAX_BUCKETS = 1 << 16 };
    size_t n_buckets = 16;
    while (n_buckets < (size_t)entries && n_buckets < MAX_BUCKETS) n_buckets *= 2;
    size_t size = sizeof(struct plan_cache) + n_buckets * sizeof(struct entry *);
    struct plan_cache *cache = lax_i_allocate(allocator, size);
    if (cache == NULL) return NULL;
    memset(cache, 0, size);
    atomic_init(&cache->locked, false);
    cache->allocator = *allocator;
    cache->max_entries = entries;
    cache->max_nbytes = nbytes;
    cache->n_buckets = n_buckets;
    return cache;
}

static size_t entry_nbytes(const struct entry *entry) {
    return sizeof *entry + entry->key_nbytes + entry->value->nbytes;
}

static struct entry **bucket(struct plan_cache *cache, uint64_t hash) {
    return &cache->buckets[hash & (cache->n_buckets - 1)];
}

static struct entry *find(struct plan_cache *cache, uint64_t hash, const void *key, size_t nbytes) {
    struct entry *entry = *bucket(cache, hash);
    while (entry != NULL && (entry->hash != hash || entry->key_nbytes != nbytes ||
                             memcmp(entry->key, key, nbytes) != 0))
        entry = entry->chain;
    return entry;
}

static void unlink_use(struct plan_cache *cache, struct entry *entry) {
    *(entry->newer == NULL ? &cache->newest : &entry->newer->older) = entry->older;
    *(entry->older == NULL ? &cache->oldest : &entry->older->newer) = entry->newer;
}

static void link_newest(struct plan_cache *cache, struct entry *entry) {
    entry->newer = NULL;
    entry->older = cache->newest;
    *(cache->newest == NULL ? &cache->oldest : &cache->newest->newer) = entry;
    cache->newest = entry;
}

struct cache_value *lax_i_cache_find(struct plan_cache *cache, const void *key, size_t nbytes) {
    uint64_t hash = hash_key(key, nbytes);
    if (!lock(cache)) return NULL;
    struct entry *entry = find(cache, hash, key, nbytes);
    struct cache_value *value = entry == NULL ? NULL : entry->value;
    if (entry != NULL) {
        lax_i_value_retain(value);
        unlink_use(cache, entry);
        link_newest(cache, entry);
    }
    unlock(cache);
    return value;
}

/* Takes the oldest entry out of table and list. */
static struct entry *take_oldest(struct plan_cache *cache) {
    struct entry *entry = cache->oldest, **at = bucket(cache, entry->hash);
    while (*at != entry) at = &(*at)->chain;
    *at = entry->chain;
    unlink_use(cache, entry);
    cache->n_entries--;
    cache->nbytes -= entry_nbytes(entry);
    return entry;
}

static void free_entries(struct plan_cache *cache, struct entry *entry) {
    while (entry != NULL) {
        struct entry *next = entry->chain;
        size_t size = sizeof *entry + entry->key_nbytes;
        lax_i_value_release(entry->value);
        lax_i_release(&cache->allocator, entry, size);
        entry = next;
    }
}

/* Enters an entry and returns the chain of what the bounds push out. */
static struct entry *insert(struct plan_cache *cache, struct entry *entry) {
    struct entry *out = NULL, **at = bucket(cache, entry->hash);
    entry->chain = *at;
    *at = entry;
    link_newest(cache, entry);
    cache->n_entries++;
    cache->nbytes += entry_nbytes(entry);
    while (cache->n_entries > cache->max_entries || cache->nbytes > cache->max_nbytes) {
        struct entry *old = take_oldest(cache);
        old->chain = out;
        out = old;
    }
    return out;
}

void lax_i_cache_store(struct plan_cache *cache, const void *key, size_t nbytes,
                       struct cache_value *value) {
    struct entry *entry = lax_i_allocate(&cache->allocator, sizeof *entry + nbytes);
    if (entry == NULL) return;
    *entry = (struct entry){.value = value, .hash = hash_key(key, nbytes), .key_nbytes = nbytes};
    memcpy(entry->key, key, nbytes);
    lax_i_value_retain(value);
    /* The same plan may have been made and stored by another thread meanwhile. */
    struct entry *out = entry;
    if (lock(cache)) {
        if (find(cache, entry->hash, key, nbytes) == NULL) out = insert(cache, entry);
        unlock(cache);
    }
    free_entries(cache, out);
}

void lax_i_cache_destroy(struct plan_cache *cache) {
    if (cache == NULL) return;
    if (!lock(cache)) return; /* held by a thread that a fork left behind: nothing can be freed */
    struct entry *out = NULL;
    while (cache->oldest != NULL) {
        struct entry *entry = take_oldest(cache);
        entry->chain = out;
        out = entry;
    }
    free_entries(cache, out);
    lax_allocator allocator = cache->allocator;
    lax_i_release(&allocator, cache, sizeof *cache + cache->n_buckets * sizeof(struct entry *));
}
