// A std::thread that is not joined on the way out of an exception: its destructor calls std::terminate.
// The exception would have been caught a frame above.
#include <fcntl.h>
#include <stdexcept>
#include <thread>
#include <unistd.h>

static void check(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC); // blamed
    if (fd < 0)
        throw std::runtime_error("cannot open");
    close(fd);
}

static void run()
{
    std::thread worker([] {});
#ifdef MENDED
    try {
        check("one.txt");
    } catch (...) {
        worker.join();
        throw;
    }
#else
    check("one.txt");
#endif
    worker.join();
}

int main()
{
    try {
        run();
        return 0;
    } catch (const std::exception &) {
        return 1;
    }
}
