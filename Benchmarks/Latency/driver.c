// driver ROUNDS TOUCH UID { NAME PID FILE FIFO }...
//
// Measures the time from a touch to the first line of the command's main, for
// several servers in one run. Each server watches a FILE of its own, in a
// directory of its own, and runs `stamp FIFO` as UID. In every round each server
// gets one touch, in a random order and with all servers at rest, so that what
// the machine does meanwhile meets all of them alike. The first two servers are
// the same program: how far they lie apart is the noise, and where it is too
// large nothing is claimed about the others.
//
// Exit status: 0 goal met, 1 goal missed or a promise broken, 64 usage,
// 71 the system refused, 75 too noisy to say.
#include "driver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WARM_UP = 50, SERVERS_MAX = 8 };

void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "driver: unable to ");
    vfprintf(stderr, format, arguments);
    fprintf(stderr, ": %s\n", strerror(errno));
    va_end(arguments);
    exit(71);
}

/// Describes the server of four arguments: NAME PID FILE FIFO.
static struct server open_server(char **argument, int rounds) {
    const char *fifo = argument[3];
    struct server server = {.name = argument[0], .pid = atoi(argument[1]), .file = argument[2]};
    snprintf(server.spare, sizeof server.spare, "%s.spare", fifo);
    // Open for both, so that the pipe does not end between two runs (fifo(7)).
    server.fifo = open(fifo, O_RDWR | O_CLOEXEC);
    server.latency = calloc((size_t)rounds, sizeof *server.latency);
    if (server.fifo < 0 || !server.latency) fail("open %s", fifo);
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
    int count = (argc - 4) / 4, rounds = argc > 1 ? atoi(argv[1]) : 0;
    const struct touch *touch = argc > 2 ? find_touch(argv[2]) : NULL;
    if (count < 3 || count > SERVERS_MAX || (argc - 4) % 4 != 0 || rounds < 1 || !touch) {
        fprintf(stderr,
                "usage: driver ROUNDS TOUCH UID { NAME PID FILE FIFO }...\n"
                "TOUCH is touch, write, times or rename; the first two servers are the floor.\n");
        return 64;
    }
    uid_t uid = (uid_t)strtoul(argv[3], NULL, 10);

    struct server servers[SERVERS_MAX];
    int order[SERVERS_MAX];
    for (int i = 0; i < count; i++) {
        servers[i] = open_server(argv + 4 + 4 * i, rounds);
        order[i] = i;
    }

    srandom((unsigned)time(NULL));
    for (int round = -WARM_UP; round < rounds; round++) {
        shuffle(order, count);
        for (int i = 0; i < count; i++) measure(&servers[order[i]], touch, uid, round >= 0);
    }

    printf("%s: %s; %d rounds, uid %u\n", touch->name, touch->description, rounds, uid);
    return report(servers, count);
}
