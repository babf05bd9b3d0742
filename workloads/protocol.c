/* Decides what each session is to be, and checks frames. */
#include "protocol.h"

#include <math.h>
#include <netinet/in.h>
#include <string.h>
#include <zlib.h>

#include "base/hash.h"

static const char magic[4] = {'E', 'X', 'S', '1'};

socklen_t service_address(bool ipv6, uint16_t port, struct sockaddr_storage *out)
{
    *out = (struct sockaddr_storage){0};
    if (ipv6) {
        const struct sockaddr_in6 address = {
            .sin6_family = AF_INET6, .sin6_addr = in6addr_loopback, .sin6_port = htons(port)};
        memcpy(out, &address, sizeof address);
        return sizeof address;
    }
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};
    memcpy(out, &address, sizeof address);
    return sizeof address;
}

/* Log-uniform from 0 to `max`, by a hash. */
static uint32_t length_of(uint64_t hash, uint32_t max)
{
    double share = (double)(hash >> 11) / (double)(UINT64_C(1) << 53);
    return (uint32_t)exp(share * log(max + 1.0)) - 1;
}

struct schedule schedule_of(uint64_t seed, uint64_t percent, uint64_t number)
{
    uint64_t state = hash_add(hash_add(seed, hash_text("schedule")), number);
    struct schedule schedule = {.local = (hash_mix(state) & 1) != 0};
    schedule.requests = 1 + (uint32_t)(hash_mix(state + 1) % REQUESTS_MAX);
    for (uint32_t i = 0; i < REQUESTS_MAX; i++) {
        uint32_t extra = REQUEST_LENGTH_MAX - sizeof(struct request);
        schedule.request_lengths[i] =
            (uint32_t)sizeof(struct request) + (uint32_t)(hash_mix(state + 2 + i) % (extra + 1));
        schedule.reply_lengths[i] = length_of(hash_mix(state + 2 + REQUESTS_MAX + i), REPLY_LENGTH_MAX);
    }
    uint64_t chance = hash_mix(state + 2 + 2 * REQUESTS_MAX);
    if (chance % 100 >= percent)
        return schedule;
    schedule.misbehaviour = RESETS + (enum misbehaviour)((chance >> 32) % 4);
    if (schedule.misbehaviour != IS_SILENT) /* whose time is short, and must not be over before it begins */
        schedule.at = (uint32_t)(hash_mix(chance) % schedule.requests);
    return schedule;
}

uint64_t token_of(uint64_t seed, uint64_t number)
{
    return hash_add(hash_add(seed, hash_text("token")), number);
}

static uint32_t checksum_of(const void *content, size_t length)
{
    return (uint32_t)crc32_z(0, content, length);
}

void frame_make(struct frame *frame, enum frame_kind kind, const void *content, size_t length)
{
    *frame =
        (struct frame){.kind = kind, .length = (uint32_t)length, .checksum = checksum_of(content, length)};
    memcpy(frame->magic, magic, sizeof magic);
}

bool frame_is(const struct frame *frame, enum frame_kind kind, size_t room)
{
    return memcmp(frame->magic, magic, sizeof magic) == 0 && frame->kind == (uint32_t)kind &&
           frame->length <= room;
}

bool frame_holds(const struct frame *frame, const void *content)
{
    return frame->checksum == checksum_of(content, frame->length);
}

void reply_fill(uint64_t seed, uint64_t number, uint32_t index, void *content, size_t length)
{
    uint64_t state = hash_add(hash_add(hash_add(seed, hash_text("reply")), number), index);
    unsigned char *bytes = content;
    for (size_t done = 0; done < length; done += sizeof(uint64_t)) {
        uint64_t word = hash_mix(state++);
        size_t size = length - done < sizeof word ? length - done : sizeof word;
        memcpy(bytes + done, &word, size);
    }
}
