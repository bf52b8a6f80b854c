// discard DIRECTORY: the least that can be done to hear of every change in a
// directory that could be a touch: one inotify watch, and a loop that reads and
// discards. Runs until it
// is ended. Says ready when it hears.
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

static void require(int ok, const char *what) {
    if (ok) return;
    fprintf(stderr, "discard: unable to %s: %s\n", what, strerror(errno));
    exit(71);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: discard DIRECTORY\n");
        return 64;
    }
    int inotify = inotify_init1(IN_CLOEXEC);
    require(inotify >= 0, "create an inotify instance");
    const uint32_t events = IN_MODIFY | IN_ATTRIB | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVE;
    require(inotify_add_watch(inotify, argv[1], events) >= 0, "watch the directory");
    fprintf(stderr, "discard: ready\n");
    static char buffer[65536] __attribute__((aligned(__alignof__(struct inotify_event))));
    for (;;) require(read(inotify, buffer, sizeof buffer) > 0, "read events");
}
