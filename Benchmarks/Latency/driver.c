// driver ROUNDS WARM-UP TOUCH UID { NAME PID FILE FIFO EVERY }...
//
// Measures the time from a touch to the first line of the command's main, for
// several servers in one run. Each server watches a FILE of its own, in a
// directory of its own, and runs `stamp FIFO` as UID. In every round each server
// gets one touch, in a random order and with all servers at rest, so that what
// the machine does meanwhile meets all of them alike. One that is slow may take
// part in every EVERY-th round alone. The WARM-UP rounds that come first are not
// counted.
//
// Prints for each counted touch a line of the server's name and the nanoseconds,
// and in the end for each server a line of `=`, its name, and how many touches
// had no run, runs no touch, and runs another user. One that lost three touches
// in one go is left out from then on.
//
// Exit status: 0, 64 usage, 71 the system refused.
#include "driver.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SERVERS_MAX = 32, FIELDS = 5, MOST_LOST = 3 };

void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "driver: unable to ");
    vfprintf(stderr, format, arguments);
    fprintf(stderr, ": %s\n", strerror(errno));
    va_end(arguments);
    exit(71);
}

/// The number of a process's pid namespace.
static ino_t namespace_of(pid_t process) {
    char path[64];
    struct stat found;
    snprintf(path, sizeof path, "/proc/%d/ns/pid", process);
    if (stat(path, &found) < 0) fail("see the namespace of process %d", process);
    return found.st_ino;
}

/// Describes the server of five arguments: NAME PID FILE FIFO EVERY.
static struct server open_server(char **argument, int rounds) {
    const char *fifo = argument[3];
    struct server server = {
        .name = argument[0], .pid = atoi(argument[1]), .file = argument[2], .every = atoi(argument[4])};
    snprintf(server.spare, sizeof server.spare, "%s.spare", fifo);
    // Open for both, so that the pipe does not end between two runs (fifo(7)).
    server.fifo = open(fifo, O_RDWR | O_CLOEXEC);
    server.latency = calloc((size_t)rounds, sizeof *server.latency);
    if (server.fifo < 0 || !server.latency) fail("open %s", fifo);
    server.is_elsewhere = namespace_of(server.pid) != namespace_of(getpid());
    return server;
}

/// Fisher and Yates.
static void shuffle(int *order, int count) {
    for (int i = count - 1; i > 0; i--) {
        int other = (int)(random() % (i + 1)), held = order[i];
        order[i] = order[other];
        order[other] = held;
    }
}

int main(int argc, char **argv) {
    int count = (argc - 5) / FIELDS, rounds = argc > 1 ? atoi(argv[1]) : 0;
    int warm_up = argc > 2 ? atoi(argv[2]) : -1;
    const struct touch *touch = argc > 3 ? find_touch(argv[3]) : NULL;
    if (count < 1 || count > SERVERS_MAX || (argc - 5) % FIELDS != 0 || rounds < 1 || warm_up < 0 || !touch) {
        fprintf(stderr,
                "usage: driver ROUNDS WARM-UP TOUCH UID { NAME PID FILE FIFO EVERY }...\n"
                "TOUCH is touch, write, times or rename.\n");
        return 64;
    }
    uid_t uid = (uid_t)strtoul(argv[4], NULL, 10);

    struct server servers[SERVERS_MAX];
    int order[SERVERS_MAX];
    for (int i = 0; i < count; i++) {
        servers[i] = open_server(argv + 5 + FIELDS * i, rounds);
        order[i] = i;
        if (servers[i].every < 1) return 64;
    }

    srandom((unsigned)time(NULL));
    for (int round = -warm_up; round < rounds; round++) {
        shuffle(order, count);
        for (int i = 0; i < count; i++) {
            struct server *server = &servers[order[i]];
            if (round % server->every == 0 && server->lost < MOST_LOST) measure(server, touch, uid, round >= 0);
        }
    }

    for (int i = 0; i < count; i++) {
        const struct server *server = &servers[i];
        for (int j = 0; j < server->count; j++) printf("%s %" PRId64 "\n", server->name, server->latency[j]);
        printf("= %s %d %d %d\n", server->name, server->lost, server->doubled, server->stranger);
    }
    return 0;
}
