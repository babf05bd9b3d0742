/* mmap says MAP_FAILED, not NULL: a check for NULL lets it pass, and the first access dies.
 * The check looks so right that reviews let it pass, too. */
#include <stddef.h>
#include <sys/mman.h>

static int use_page(void)
{
    char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); /* blamed */
#ifdef MENDED
    if (page == MAP_FAILED)
        return -1;
#else
    if (page == NULL)
        return -1;
#endif
    page[0] = 'x';
    return munmap(page, 4096);
}

int main(void)
{
    return use_page() != 0;
}
