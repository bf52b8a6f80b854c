// One touch and its run: the part of the driver that reads the clock.
#include "driver.h"
#include "stamp.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 5000
#define MICROSECOND INT64_C(1000)
#define MILLISECOND INT64_C(1000000)

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static void rest(int64_t nanoseconds) {
    struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    while (nanosleep(&time, &time) < 0 && errno == EINTR) continue;
}

// --- the touches -----------------------------------------------------------

static void open_and_set_times(const struct server *server) {
    int file = open(server->file, O_WRONLY | O_CLOEXEC);
    if (file < 0 || futimens(file, NULL) < 0 || close(file) < 0) fail("touch %s", server->file);
}

static void write_a_byte(const struct server *server) {
    int file = open(server->file, O_WRONLY | O_CLOEXEC);
    if (file < 0 || pwrite(file, "x", 1, 0) != 1 || close(file) < 0) fail("write %s", server->file);
}

static void set_times(const struct server *server) {
    if (utimensat(AT_FDCWD, server->file, NULL, 0) < 0) fail("set the times of %s", server->file);
}

static void rename_over(const struct server *server) {
    if (rename(server->spare, server->file) < 0) fail("replace %s", server->file);
}

static void create_spare(const struct server *server) {
    int file = open(server->spare, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0 || close(file) < 0) fail("create %s", server->spare);
}

static const struct touch touches[] = {
    {"touch", "open for writing, set the times to now, close", NULL, open_and_set_times},
    {"write", "open for writing, write one byte, close", NULL, write_a_byte},
    {"times", "set the times to now, without opening", NULL, set_times},
    {"rename", "rename another file over it", create_spare, rename_over},
};

const struct touch *find_touch(const char *name) {
    for (size_t i = 0; i < sizeof touches / sizeof *touches; i++)
        if (strcmp(name, touches[i].name) == 0) return &touches[i];
    return NULL;
}

// --- one touch, one run ----------------------------------------------------

/// Reads the record of a run that begins within `milliseconds`.
static int next_run(const struct server *server, int milliseconds, struct stamp *record) {
    struct pollfd wait = {.fd = server->fifo, .events = POLLIN};
    if (poll(&wait, 1, milliseconds) <= 0) return 0;
    return read(server->fifo, record, sizeof *record) == (ssize_t)sizeof *record;
}

/// The server's context switches if it sleeps, and -1 while it works.
static long switches_when_asleep(const struct server *server) {
    char path[64], line[256], state = '?';
    long switches = -1, value;
    snprintf(path, sizeof path, "/proc/%d/status", server->pid);
    FILE *status = fopen(path, "re");
    if (!status) fail("read the state of %s, process %d", server->name, server->pid);
    while (fgets(line, sizeof line, status)) {
        if (sscanf(line, "State: %c", &state) == 1) continue;
        if (sscanf(line, "voluntary_ctxt_switches: %ld", &value) == 1) switches = value;
    }
    fclose(status);
    return state == 'S' ? switches : -1;
}

/// Whether the process of a run is over. Who is to reap it may do so only when the next one begins, as
/// xargs(1) does.
static int is_over(pid_t run) {
    char path[64], state = 'Z';
    snprintf(path, sizeof path, "/proc/%d/stat", run);
    FILE *stat = fopen(path, "re");
    if (!stat) return 1;
    if (fscanf(stat, "%*d (%*[^)]) %c", &state) != 1) state = 'Z';
    fclose(stat);
    return state == 'Z' || state == 'X';
}

/// Waits until the run is over and the server has slept through two looks.
static void wait_until_idle(const struct server *server, pid_t run) {
    int64_t deadline = now() + PATIENCE_MS * MILLISECOND;
    long before = -1, after = -1;
    // Where its run can't be seen, and it has others do a part of the work.
    if (server->is_elsewhere) rest(20 * MILLISECOND);
    while ((!server->is_elsewhere && !is_over(run)) || after < 0 || before != after) {
        errno = ETIMEDOUT;
        if (now() > deadline) fail("see %s idle again after run %d", server->name, run);
        before = after;
        rest(500 * MICROSECOND);
        after = switches_when_asleep(server);
    }
}

static void count_doubled(struct server *server) {
    struct stamp record;
    while (next_run(server, 0, &record)) {
        server->doubled += 1;
        wait_until_idle(server, record.pid);
    }
}

void measure(struct server *server, const struct touch *touch, uid_t uid, int counts) {
    struct stamp record;
    if (touch->prepare) touch->prepare(server);
    // Never in step with the kernel's tick or with a server's own timer.
    rest(2 * MILLISECOND + random() % MILLISECOND);

    int64_t began = now();
    touch->perform(server);
    // One that began before the touch is a late one of the touch before.
    for (int is_late = 1; is_late; server->doubled += is_late) {
        if (!next_run(server, PATIENCE_MS, &record)) {
            server->lost += 1;
            return;
        }
        is_late = record.started < began;
    }
    if (record.uid != uid) server->stranger += 1;
    if (counts) server->latency[server->count++] = record.started - began;
    wait_until_idle(server, record.pid);
    count_doubled(server);
}
