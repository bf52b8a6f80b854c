// Starts a daemon and ends it with SIGKILL, again and again, at random moments and at those that
// matter: while it starts, just when a run began or ended.
#define _GNU_SOURCE
#include "torture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_PATHS = 64 };
#define MILLISECOND INT64_C(1000000)

struct torture {
    int records;
    const char *directory, *log;
    char **command;
    uint32_t paths;
    uint64_t random;
    struct reader reader;
    struct record last[MOST_PATHS];  // the last run of each path
    pid_t touchers[MOST_PATHS];
};

// Takes note of the runs that began and ended; returns how many did.
static int observe(struct torture *torture) {
    struct record record;
    int count = 0;
    while (next_record(&torture->reader, &record)) {
        if (record.kind != RUN_BEGAN && record.kind != RUN_ENDED) continue;
        torture->last[record.path % MOST_PATHS] = record;
        count++;
    }
    return count;
}

static pid_t begin_touching(struct torture *torture, uint32_t path) {
    struct touching touching = {
        .records = torture->records,
        .directory = torture->directory,
        .first = path,
        .step = 1,
        .end = path + 1,
        .seed = next_random(&torture->random),
        .longest = 400 * MILLISECOND,
        .is_paced = path % 2 == 0,
    };
    pid_t pid = fork();
    if (pid < 0) fail("make", "a process");
    if (pid > 0) return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    _exit(touch(&touching));
}

static pid_t begin_daemon(struct torture *torture) {
    pid_t pid = fork();
    if (pid < 0) fail("make", "a process");
    if (pid > 0) return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int null = open("/dev/null", O_RDONLY);
    int log = open(torture->log, O_WRONLY | O_CREAT | O_APPEND, 0666);
    if (null < 0 || log < 0) fail("open", torture->log);
    dup2(null, 0);
    dup2(log, 1);
    dup2(log, 2);
    close_range(3, ~0U, 0);
    execv(torture->command[0], torture->command);
    fail("execute", torture->command[0]);
}

// Kills one of the commands that run now, if there is any.
static void kill_run(struct torture *torture) {
    observe(torture);
    uint32_t first = (uint32_t)below(&torture->random, torture->paths);
    for (uint32_t i = 0; i < torture->paths; i++) {
        struct record victim = torture->last[(first + i) % torture->paths];
        if (victim.kind != RUN_BEGAN) continue;
        int process = (int)syscall(SYS_pidfd_open, victim.pid, 0);
        if (process < 0) continue;
        // The number may be another's by now, but not if the run has not ended until now.
        observe(torture);
        struct record *last = &torture->last[victim.path];
        if (last->kind == RUN_BEGAN && last->begin == victim.begin) {
            victim.kind = RUN_KILLED;
            victim.decisive = victim.begin;
            victim.begin = now();
            syscall(SYS_pidfd_send_signal, process, SIGKILL, NULL, 0);
            struct pollfd wait = {.fd = process, .events = POLLIN};
            poll(&wait, 1, -1);
            victim.end = now();
            append(torture->records, &victim);
            last->kind = RUN_KILLED;
            close(process);
            return;
        }
        close(process);
    }
}

// Waits for the moment to kill the daemon.
static void await_moment(struct torture *torture) {
    uint64_t *random = &torture->random;
    if (below(random, 5) < 3) {
        pause_for(some_time(random, 200000, 250 * MILLISECOND));
        return;
    }
    // Runs that begin and end are what it writes down: between the two it must not lose its memory.
    int64_t limit = now() + 1000 * MILLISECOND;
    int count = 1 + (int)below(random, 5);
    observe(torture);
    while (count > 0 && now() < limit) {
        count -= observe(torture);
        if (count > 0) pause_for(20000);
    }
    int64_t moment = now() + some_time(random, 1000, MILLISECOND);
    while (now() < moment) continue;
}

static void cycle(struct torture *torture, uint64_t number) {
    uint64_t *random = &torture->random;
    struct record record = {.kind = DAEMON_STARTED, .number = number, .begin = now()};
    pid_t daemon = begin_daemon(torture);
    record.pid = daemon;
    append(torture->records, &record);

    await_moment(torture);
    uint64_t extra = below(random, 16);
    if (extra < 4) kill_run(torture);
    if (extra == 4) kill(daemon, SIGHUP);
    if (extra == 5) kill(daemon, SIGTERM);
    if (extra < 6) pause_for(some_time(random, 10000, 3 * MILLISECOND));

    record.kind = DAEMON_ENDED;
    record.begin = now();
    kill(daemon, SIGKILL);
    int status = 0;
    while (waitpid(daemon, &status, 0) < 0 && errno == EINTR) continue;
    record.detail = (uint32_t)status;
    record.end = now();
    append(torture->records, &record);

    uint64_t dark = below(random, 4);
    if (dark == 0) kill_run(torture);
    if (dark < 2) pause_for(some_time(random, 50000, 20 * MILLISECOND));
}

int cycles(int argc, char **argv) {
    (void)argc;
    struct torture torture = {
        .records = open_records(argv[0]),
        .directory = argv[1],
        .paths = (uint32_t)atoi(argv[2]),
        .random = strtoull(argv[3], NULL, 10),
        .log = argv[5],
        .command = argv + 6,
    };
    torture.reader.file = torture.records;
    if (torture.paths == 0 || torture.paths > MOST_PATHS) return 64;
    for (uint32_t path = 0; path < torture.paths; path++) {
        torture.touchers[path] = begin_touching(&torture, path);
    }
    uint64_t count = strtoull(argv[4], NULL, 10);
    for (uint64_t number = 1; number <= count; number++) cycle(&torture, number);

    int result = 0;
    for (uint32_t path = 0; path < torture.paths; path++) {
        int status = 0;
        kill(torture.touchers[path], SIGTERM);
        waitpid(torture.touchers[path], &status, 0);
        if (status != 0) result = 71;
    }
    return result;
}
