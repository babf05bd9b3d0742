/* Hashes: small, fast and the same on every machine, since seeds and signatures are written down. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* SplitMix64's step: by how much its state grows with each output. */
#define HASH_STEP UINT64_C(0x9e3779b97f4a7c15)

/* SplitMix64's output after the state `value`: a bijection of 64 bits in which every input bit changes about
 * half of the output bits. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators"
 * (2014). */
static inline uint64_t hash_mix(uint64_t value)
{
    value += HASH_STEP;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

/* `hash` carried on by one more value: order matters. */
static inline uint64_t hash_add(uint64_t hash, uint64_t value)
{
    return hash_mix(hash ^ hash_mix(value));
}

/* FNV-1a over a string, finished with hash_mix. Source: Fowler, Noll, Vo (1991). */
static inline uint64_t hash_text(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    return hash_mix(hash);
}
