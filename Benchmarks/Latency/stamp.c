// stamp FIFO [NUMBER]: the command that every server runs. It says when it began,
// as whom, and for which path where there are many: a number, or a path that ends
// with one. It is linked statically, because the dynamic linker's work would come
// on top of both sides of every ratio and flatter the slower one.
#include "stamp.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);  // first: all that follows is not measured
    if (argc != 2 && argc != 3) return 64;
    const char *slash = argc == 3 ? strrchr(argv[2], '/') : NULL;

    struct stamp record = {
        .started = now.tv_sec * INT64_C(1000000000) + now.tv_nsec,
        .pid = getpid(),
        .uid = getuid(),
        .gid = getgid(),
        .number = argc == 3 ? (uint32_t)atoi(slash ? slash + 1 : argv[2]) : 0,
    };
    int fifo = open(argv[1], O_WRONLY | O_CLOEXEC);
    return fifo < 0 || write(fifo, &record, sizeof record) != (ssize_t)sizeof record;
}
