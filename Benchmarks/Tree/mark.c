// mark DIRECTORY SECONDS: the least that can be done to hear of every change on
// a file system: one fanotify mark on the whole of it, whose events name
// directory and entry, and a loop that reads and discards. Needs root. Says
// ready when it hears, and ends by itself: then it prints the events, the
// reads, how often events were lost, and the processor's time in microseconds.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static void require(int ok, const char *what) {
    if (ok) return;
    fprintf(stderr, "mark: unable to %s: %s\n", what, strerror(errno));
    exit(71);
}

static long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static long microseconds(struct timeval time) { return time.tv_sec * 1000000 + time.tv_usec; }

int main(int argc, char **argv) {
    long seconds = argc == 3 ? atol(argv[2]) : 0;
    if (seconds < 1 || seconds > 3600) {
        fprintf(stderr, "usage: mark DIRECTORY SECONDS\n");
        return 64;
    }
    int queue = fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK | FAN_REPORT_DFID_NAME, 0);
    require(queue >= 0, "open a queue");
    uint64_t told = FAN_MODIFY | FAN_ATTRIB | FAN_CLOSE_WRITE | FAN_CREATE | FAN_DELETE
        | FAN_MOVED_FROM | FAN_MOVED_TO | FAN_ONDIR;
    require(fanotify_mark(queue, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, told, AT_FDCWD, argv[1]) == 0,
            "mark the file system");
    puts("ready");
    fflush(stdout);

    static char buffer[65536] __attribute__((aligned(8)));
    long events = 0, reads = 0, overflows = 0;
    for (long end = now() + seconds * 1000, rest; (rest = end - now()) > 0;) {
        struct pollfd request = {.fd = queue, .events = POLLIN};
        if (poll(&request, 1, (int)rest) <= 0) continue;
        ssize_t length = read(queue, buffer, sizeof buffer);
        require(length > 0, "read events");
        reads++;
        struct fanotify_event_metadata *event = (struct fanotify_event_metadata *)buffer;
        for (; FAN_EVENT_OK(event, length); event = FAN_EVENT_NEXT(event, length)) {
            events++;
            overflows += (event->mask & FAN_Q_OVERFLOW) != 0;
        }
    }
    struct rusage used;
    require(getrusage(RUSAGE_SELF, &used) == 0, "ask for the time used");
    printf("%ld %ld %ld %ld\n", events, reads, overflows,
           microseconds(used.ru_utime) + microseconds(used.ru_stime));
}
