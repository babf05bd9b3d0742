/* A constructor that cannot finish frees the object, but not what the object had already got.
 * The destructor would have known; it is not asked. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct pair {
    int data, index;
};

static struct pair *pair_close(struct pair *pair)
{
    if (pair->data >= 0)
        close(pair->data);
    if (pair->index >= 0)
        close(pair->index);
    free(pair);
    return NULL;
}

static struct pair *pair_open(void)
{
    struct pair *pair = malloc(sizeof *pair);
    if (pair == NULL)
        return NULL;
    pair->data = open("one.txt", O_RDONLY | O_CLOEXEC); /* blamed */
    pair->index = pair->data < 0 ? -1 : open("two.txt", O_RDONLY | O_CLOEXEC);
    if (pair->index < 0) {
#ifdef MENDED
        return pair_close(pair);
#else
        free(pair);
        return NULL;
#endif
    }
    return pair;
}

static int use_pair(void)
{
    struct pair *pair = pair_open();
    if (pair == NULL)
        return -1;
    pair_close(pair);
    return 0;
}

int main(void)
{
    return use_pair() != 0;
}
