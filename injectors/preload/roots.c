/* Looks through the C library's data as a garbage collector would. */
#include "roots.h"

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "blocks.h"

enum { DATA_MAX = 4, WORDS_MAX = 512, QUEUE_MAX = 4096 };

struct range loader_text, libc_text;

static struct {
    struct range data[DATA_MAX];
    unsigned data_count;
    struct range whole;  /* from its text to the end of its data */
    intptr_t tls_offset; /* of the C library's block of a thread's storage, from pthread_self() */
    uintptr_t tls_size;
    uintptr_t thread_size; /* of what pthread_self() points to */
} libc;

/* glibc's list of all open streams. */
extern FILE *_IO_list_all __attribute__((weak));

/* glibc's functions that get a stream its buffers. */
static const char *const buffering_names[] = {"_IO_file_doallocate", "_IO_default_pbackfail"};
enum { BUFFERING = sizeof buffering_names / sizeof *buffering_names };
static struct range buffering[BUFFERING];

static struct range range_of(const struct dl_phdr_info *info, const ElfW(Phdr) * header)
{
    return (struct range){info->dlpi_addr + header->p_vaddr, header->p_memsz};
}

static void find_data(const struct dl_phdr_info *info, size_t size)
{
    libc.whole = libc_text;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        if (header->p_type == PT_LOAD && range_of(info, header).start > libc_text.start)
            libc.whole.size = range_of(info, header).start + header->p_memsz - libc_text.start;
        if (header->p_type == PT_LOAD && (header->p_flags & PF_W) != 0 && libc.data_count < DATA_MAX)
            libc.data[libc.data_count++] = range_of(info, header);
        if (header->p_type != PT_TLS ||
            size < offsetof(struct dl_phdr_info, dlpi_tls_data) + sizeof(void *) ||
            info->dlpi_tls_data == NULL)
            continue;
        libc.tls_offset = (intptr_t)((uintptr_t)info->dlpi_tls_data - (uintptr_t)pthread_self());
        libc.tls_size = header->p_memsz;
    }
}

static int look_at_module(struct dl_phdr_info *info, size_t size, void *of_libc)
{
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        if (header->p_type != PT_LOAD || (header->p_flags & PF_X) == 0)
            continue;
        struct range text = range_of(info, header);
        if (info->dlpi_addr == _r_debug.r_ldbase)
            loader_text = text;
        if (!within(&text, (uintptr_t)of_libc))
            continue;
        libc_text = text;
        find_data(info, size);
    }
    return 0;
}

static struct range function(const char *name)
{
    Dl_info info;
    const ElfW(Sym) *symbol = NULL;
    void *found = dlsym(RTLD_NEXT, name);
    if (found == NULL || dladdr1(found, &info, (void **)&symbol, RTLD_DL_SYMENT) == 0 || symbol == NULL)
        return (struct range){0};
    return (struct range){(uintptr_t)found, symbol->st_size};
}

void roots_find(void)
{
    for (unsigned i = 0; i < BUFFERING; i++)
        buffering[i] = function(buffering_names[i]);
    const uint32_t *thread_size = dlsym(RTLD_DEFAULT, "_thread_db_sizeof_pthread");
    libc.thread_size = thread_size != NULL ? *thread_size : 0;
    dl_iterate_phdr(look_at_module, dlsym(RTLD_NEXT, "gnu_get_libc_version"));
}

bool roots_allocate(uintptr_t site)
{
    bool found = within(&loader_text, site);
    for (unsigned i = 0; i < BUFFERING; i++)
        found |= within(&buffering[i], site);
    return found;
}

/* One at a time looks, and nobody waits for long. */
static struct {
    atomic_flag looking;
    uint32_t now;
    uintptr_t words[WORDS_MAX];
    uintptr_t queue[QUEUE_MAX]; /* addresses of blocks that were met */
    unsigned queued;
} search = {.looking = ATOMIC_FLAG_INIT};

static void meet(uintptr_t word)
{
    if (word != 0 && word % _Alignof(max_align_t) == 0 && !within(&libc.whole, word) &&
        search.queued < QUEUE_MAX)
        search.queue[search.queued++] = word;
}

static void follow_queue(void)
{
    while (search.queued > 0) {
        uintptr_t block = search.queue[--search.queued];
        size_t count = blocks_reach(block, search.now, search.words, WORDS_MAX);
        for (size_t i = 0; i < count; i++)
            meet(search.words[i]);
    }
}

/* But for the head of the list of streams: a stream that was not closed is its owner's. */
static void follow_data(uintptr_t start, uintptr_t size)
{
    const uintptr_t *words = (const uintptr_t *)start;
    for (uintptr_t i = 0; i < size / sizeof *words; i++) {
        if (&words[i] == (const uintptr_t *)&_IO_list_all)
            continue;
        meet(__atomic_load_n(&words[i], __ATOMIC_RELAXED));
        follow_queue();
    }
}

uint32_t roots_reach(void)
{
    uintptr_t thread = (uintptr_t)pthread_self();
    while (atomic_flag_test_and_set_explicit(&search.looking, memory_order_acquire))
        syscall(SYS_sched_yield);
    uint32_t now = ++search.now;
    for (unsigned i = 0; i < libc.data_count; i++)
        follow_data(libc.data[i].start, libc.data[i].size);
    follow_data(thread + (uintptr_t)libc.tls_offset, libc.tls_size);
    follow_data(thread, libc.thread_size);
    atomic_flag_clear_explicit(&search.looking, memory_order_release);
    return now;
}
