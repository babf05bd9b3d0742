/* Wrappers of the calls on memory: blocks of the heap, strings that are copied there, mappings.
 *
 * The C library's functions allocate by the same names as the program, so a failing malloc fails an fopen,
 * too. But what is a point of its own, as strdup is, does not count as its malloc as well. The loader's own
 * calls are let alone: it ends the process where it gets no memory, and no program can do anything about it.
 */
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "heap.h"
#include "roots.h"
#include "wrap.h"

/* Other names, without a public declaration. */
char *__strdup(const char *text);
char *__strndup(const char *text, size_t length);
int __asprintf_chk(char **out, int flag, const char *format, ...);
int __vasprintf_chk(char **out, int flag, const char *format, va_list list);

/* The C library's own allocator, by the names that nobody interposes. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);

static void resolve_all(void);

/* As REAL, for what dlsym itself may call. The four are resolved together, so that what one of them gave,
 * none gives back elsewhere: the next definitions after the preload's can be those of an allocator that the
 * program brings. What dlsym asks for meanwhile comes from the C library, and is never given back. */
#define REAL_FOR_LOADER(type, name, parameters, arguments, meanwhile)                                        \
    static type first_##name parameters;                                                                     \
    static type(*real_##name) parameters = first_##name;                                                     \
    __attribute__((section("exeunt_reals"), used)) static const struct real entry_##name = {                 \
        #name, (void **)&real_##name};                                                                       \
    static COLD type first_##name parameters                                                                 \
    {                                                                                                        \
        if (self.resolving)                                                                                  \
            return meanwhile;                                                                                \
        resolve_all();                                                                                       \
        return real_##name arguments;                                                                        \
    }

REAL_FOR_LOADER(void *, malloc, (size_t size), (size), __libc_malloc(size))
REAL_FOR_LOADER(void *, calloc, (size_t count, size_t size), (count, size), __libc_calloc(count, size))
REAL_FOR_LOADER(void *, realloc, (void *block, size_t size), (block, size), __libc_realloc(block, size))
REAL_FOR_LOADER(void, free, (void *block), (block), (void)block)

static void resolve_all(void)
{
    self.resolving = true;
    void *found[] = {real_function("malloc"), real_function("calloc"), real_function("realloc"),
                     real_function("free")};
    real_malloc = (void *(*)(size_t))found[0];
    real_calloc = (void *(*)(size_t, size_t))found[1];
    real_realloc = (void *(*)(void *, size_t))found[2];
    real_free = (void (*)(void *))found[3];
    self.resolving = false;
}

/* Whether the call is neither to fail nor to be noted: it is the loader's, or goes the ordinary way of a
 * plan. A leak checker knows what is the loader's by whom the allocator returns to: it must not be us. */
static inline bool memory_passed(unsigned point, uintptr_t site)
{
    return within(&loader_text, site) || (preload.armed[point] == ARMED_BY_PLAN && fault_passed(point));
}

static bool memory_due(unsigned point, uintptr_t site, struct fault *fault)
{
    return (preload.armed[point] & ~ARMED_FOR_HEAP) != 0 && !within(&loader_text, site) &&
           fault_due(point, site, SIZE_MAX, fault);
}

static COLD void *no_memory(int error)
{
    errno = error;
    return NULL;
}

/* What the C library does by calling its `inner` function by the public name: nothing is armed of both. */
#define BOTH_IDLE(point, inner) LIKELY((preload.armed[point] | preload.armed[inner]) == 0)

/* A call that returns a new block. On the ordinary ways it needs no frame: both are a jump. */
#define ALLOCATING(point, name, parameters, arguments, more_parameters, more_arguments, bytes)               \
    static __attribute__((noinline)) void *looked_at_##name more_parameters                                  \
    {                                                                                                        \
        struct fault fault;                                                                                  \
        if (memory_due(point, site, &fault))                                                                 \
            return no_memory(fault.error);                                                                   \
        void *block = real_##name arguments;                                                                 \
        if (heap_is_watched())                                                                               \
            heap_took(block, bytes, site);                                                                   \
        return block;                                                                                        \
    }                                                                                                        \
    EXPORT void *name parameters                                                                             \
    {                                                                                                        \
        if (LIKELY(!fault_armed(point)) || memory_passed(point, CALL_SITE))                                  \
            return real_##name arguments;                                                                    \
        return looked_at_##name more_arguments;                                                              \
    }

/* By the number of bytes; by that of things; by the alignment and the bytes. */
#define SIZED(point, name)                                                                                   \
    ALLOCATING(point, name, (size_t size), (size), (size_t size, uintptr_t site), (size, CALL_SITE), size)
#define COUNTED(point, name)                                                                                 \
    ALLOCATING(point, name, (size_t count, size_t size), (count, size),                                      \
               (size_t count, size_t size, uintptr_t site), (count, size, CALL_SITE), count *size)
#define ALIGNED(point, name)                                                                                 \
    ALLOCATING(point, name, (size_t alignment, size_t size), (alignment, size),                              \
               (size_t alignment, size_t size, uintptr_t site), (alignment, size, CALL_SITE), size)

REAL(void *, aligned_alloc, (size_t alignment, size_t size), (alignment, size))
REAL(void *, memalign, (size_t alignment, size_t size), (alignment, size))
REAL(void *, valloc, (size_t size), (size))
REAL(void *, pvalloc, (size_t size), (size))
SIZED(POINT_MALLOC, malloc)
COUNTED(POINT_CALLOC, calloc)
ALIGNED(POINT_ALIGNED_ALLOC, aligned_alloc)
ALIGNED(POINT_MEMALIGN, memalign)
SIZED(POINT_VALLOC, valloc)
SIZED(POINT_PVALLOC, pvalloc)

REAL(int, posix_memalign, (void **out, size_t alignment, size_t size), (out, alignment, size))
EXPORT int posix_memalign(void **out, size_t alignment, size_t size)
{
    struct fault fault;
    if (fault_armed(POINT_POSIX_MEMALIGN) && memory_due(POINT_POSIX_MEMALIGN, CALL_SITE, &fault))
        return fault.error;
    int failed = real_posix_memalign(out, alignment, size);
    if (heap_is_watched() && failed == 0)
        heap_took(*out, size, CALL_SITE);
    return failed;
}

static COLD void free_noted(void *block)
{
    struct block was;
    heap_giving(block, &was);
    real_free(block);
}

/* free has no point. It must be looked at only for the heap's books. */
EXPORT void free(void *block)
{
    if (heap_is_watched())
        free_noted(block);
    else
        real_free(block);
}

/* The old block is out of the books while the real call runs, since another thread may get its address. A
 * real call that returns NULL has failed and left the old block, unless nothing was asked for: it is freed.
 */
static COLD void *resize_noted(void *(*resize)(void *, size_t, size_t), void *block, size_t count,
                               size_t size, uintptr_t site)
{
    struct block was;
    heap_giving(block, &was);
    void *moved = resize(block, count, size);
    if (moved != NULL)
        heap_moved(&was, block == NULL, moved, count * size, site);
    else if (count != 0 && size != 0)
        heap_kept(&was);
    return moved;
}

static void *resize(void *block, size_t count, size_t size)
{
    (void)count;
    return real_realloc(block, size);
}

/* To resize to nothing is to free, which cannot fail: a NULL would be taken for done. */
static __attribute__((noinline)) void *looked_at_realloc(void *block, size_t size, uintptr_t site)
{
    struct fault fault;
    if ((block == NULL || size != 0) && memory_due(POINT_REALLOC, site, &fault))
        return no_memory(fault.error);
    return heap_is_watched() ? resize_noted(resize, block, 1, size, site) : real_realloc(block, size);
}

EXPORT void *realloc(void *block, size_t size)
{
    if (LIKELY(!fault_armed(POINT_REALLOC)) || (size != 0 && memory_passed(POINT_REALLOC, CALL_SITE)))
        return real_realloc(block, size);
    return looked_at_realloc(block, size, CALL_SITE);
}

REAL(void *, reallocarray, (void *block, size_t count, size_t size), (block, count, size))
static void *resize_array(void *block, size_t count, size_t size)
{
    BYPASSING; /* its realloc is not another call of the program's */
    return real_reallocarray(block, count, size);
}

EXPORT void *reallocarray(void *block, size_t count, size_t size)
{
    struct fault fault;
    if (BOTH_IDLE(POINT_REALLOCARRAY, POINT_REALLOC))
        return real_reallocarray(block, count, size);
    if ((block == NULL || (count != 0 && size != 0)) && memory_due(POINT_REALLOCARRAY, CALL_SITE, &fault))
        return no_memory(fault.error);
    return heap_is_watched() ? resize_noted(resize_array, block, count, size, CALL_SITE)
                             : resize_array(block, count, size);
}

/* A call that copies a string into a new block. */
#define COPYING(point, name, parameters, arguments)                                                          \
    REAL(char *, name, parameters, arguments)                                                                \
    static char *copy_by_##name parameters                                                                   \
    {                                                                                                        \
        BYPASSING; /* its malloc is not another call of the program's */                                     \
        return real_##name arguments;                                                                        \
    }                                                                                                        \
    EXPORT char *name parameters                                                                             \
    {                                                                                                        \
        struct fault fault;                                                                                  \
        if (BOTH_IDLE(point, POINT_MALLOC))                                                                  \
            return real_##name arguments;                                                                    \
        if (memory_due(point, CALL_SITE, &fault))                                                            \
            return no_memory(fault.error);                                                                   \
        char *copy = copy_by_##name arguments;                                                               \
        if (heap_is_watched() && copy != NULL)                                                               \
            heap_took(copy, strlen(copy) + 1, CALL_SITE);                                                    \
        return copy;                                                                                         \
    }

/* string.h may have macros of these names. */
#undef strdup
#undef strndup
#undef __strdup
#undef __strndup
COPYING(POINT_STRDUP, strdup, (const char *text), (text))
COPYING(POINT_STRDUP, __strdup, (const char *text), (text))
COPYING(POINT_STRNDUP, strndup, (const char *text, size_t length), (text, length))
COPYING(POINT_STRNDUP, __strndup, (const char *text, size_t length), (text, length))

REAL(int, vasprintf, (char **out, const char *format, va_list list), (out, format, list))
REAL(int, __vasprintf_chk, (char **out, int flag, const char *format, va_list list),
     (out, flag, format, list))

static int print_bypassing(const int *check, char **out, const char *format, va_list list)
{
    BYPASSING; /* its malloc and realloc are not other calls of the program's */
    return check != NULL ? real___vasprintf_chk(out, *check, format, list)
                         : real_vasprintf(out, format, list);
}

/* As vasprintf, or as __vasprintf_chk if it is to check. glibc leaves *out alone when it fails. */
static int print(unsigned point, const int *check, char **out, const char *format, va_list list,
                 uintptr_t site)
{
    struct fault fault;
    if (memory_due(point, site, &fault))
        return failed(fault.error);
    int length = print_bypassing(check, out, format, list);
    if (heap_is_watched() && length >= 0)
        heap_took(*out, (size_t)length + 1, site);
    return length;
}

EXPORT int vasprintf(char **out, const char *format, va_list list)
{
    return print(POINT_VASPRINTF, NULL, out, format, list, CALL_SITE);
}

EXPORT int __vasprintf_chk(char **out, int flag, const char *format, va_list list)
{
    return print(POINT_VASPRINTF, &flag, out, format, list, CALL_SITE);
}

EXPORT int asprintf(char **out, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int length = print(POINT_ASPRINTF, NULL, out, format, list, CALL_SITE);
    va_end(list);
    return length;
}

EXPORT int __asprintf_chk(char **out, int flag, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int length = print(POINT_ASPRINTF, &flag, out, format, list, CALL_SITE);
    va_end(list);
    return length;
}

/* A call that returns an address in the process, or MAP_FAILED; the body's middle. */
#define MAP(point, name, arguments)                                                                          \
    struct fault fault;                                                                                      \
    if (IF_DUE(point, fault)) {                                                                              \
        errno = fault.error;                                                                                 \
        return MAP_FAILED;                                                                                   \
    }                                                                                                        \
    void *mapping = real_##name arguments;                                                                   \
    if (UNLIKELY(mapping == MAP_FAILED))                                                                     \
        kernel_refused(errno);                                                                               \
    return mapping

REAL(void *, mmap, (void *address, size_t length, int protection, int flags, int file, off_t offset),
     (address, length, protection, flags, file, offset))
EXPORT void *mmap(void *address, size_t length, int protection, int flags, int file, off_t offset)
{
    MAP(POINT_MMAP, mmap, (address, length, protection, flags, file, offset));
}

REAL(void *, mmap64, (void *address, size_t length, int protection, int flags, int file, off64_t offset),
     (address, length, protection, flags, file, offset))
EXPORT void *mmap64(void *address, size_t length, int protection, int flags, int file, off64_t offset)
{
    MAP(POINT_MMAP, mmap64, (address, length, protection, flags, file, offset));
}

/* mremap has a variable argument, the new address. Our own function has it always: where the caller left it
 * out, the C library does not look at it. */
void *wrapped_mremap(void *old, size_t old_length, size_t length, int flags, void *address) __asm__("mremap");
REAL(void *, mremap, (void *old, size_t old_length, size_t length, int flags, void *address),
     (old, old_length, length, flags, address))
EXPORT void *wrapped_mremap(void *old, size_t old_length, size_t length, int flags, void *address)
{
    MAP(POINT_MREMAP, mremap, (old, old_length, length, flags, address));
}

PLAIN(POINT_MUNMAP, int, munmap, (void *address, size_t length), (address, length))
PLAIN(POINT_MPROTECT, int, mprotect, (void *address, size_t length, int protection),
      (address, length, protection))
PLAIN(POINT_MADVISE, int, madvise, (void *address, size_t length, int advice), (address, length, advice))
