// torture run RECORDS INDEX SHORTEST LONGEST
//     the command of a run: records that it began and that it ended, and takes a random time of
//     SHORTEST to LONGEST microseconds between the two.
// torture touch RECORDS DIRECTORY FIRST STEP END SEED COUNT
//     touches COUNT of the paths DIRECTORY/FIRST, FIRST+STEP, ... below END, as fast as it goes.
// torture cycles RECORDS DIRECTORY PATHS SEED COUNT LOG COMMAND...
//     touches PATHS paths for as long as it takes to start COMMAND, a daemon, and to end it with
//     SIGKILL at a random moment, COUNT times.
#define _GNU_SOURCE
#include "torture.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void fail(const char *what, const char *which) {
    fprintf(stderr, "torture: unable to %s %s: %s\n", what, which, strerror(errno));
    exit(71);
}

int open_records(const char *path) {
    int file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (file < 0) fail("open", path);
    return file;
}

void append(int file, const struct record *record) {
    if (write(file, record, sizeof *record) != (ssize_t)sizeof *record) fail("append to", "records");
}

int next_record(struct reader *reader, struct record *record) {
    ssize_t count = pread(reader->file, record, sizeof *record, reader->offset);
    if (count != (ssize_t)sizeof *record) return 0;
    reader->offset += count;
    return 1;
}

int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

void pause_for(int64_t nanoseconds) {
    struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    nanosleep(&time, NULL);
}

uint64_t next_random(uint64_t *state) {
    uint64_t mixed = *state += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
}

uint64_t below(uint64_t *state, uint64_t limit) { return next_random(state) % limit; }

int64_t some_time(uint64_t *state, int64_t low, int64_t high) {
    double part = (double)(next_random(state) >> 11) / (double)(UINT64_C(1) << 53);
    return (int64_t)((double)low * pow((double)high / (double)low, part));
}

static int touch_many(char **argv) {
    struct touching touching = {
        .records = open_records(argv[0]),
        .directory = argv[1],
        .first = (uint32_t)atoi(argv[2]),
        .step = (uint32_t)atoi(argv[3]),
        .end = (uint32_t)atoi(argv[4]),
        .seed = strtoull(argv[5], NULL, 10),
        .count = strtoull(argv[6], NULL, 10),
    };
    return touch(&touching);
}

int main(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "run") == 0 && argc == 6) return run(argc - 2, argv + 2);
    // Whoever started it may block signals.
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (strcmp(name, "touch") == 0 && argc == 9) return touch_many(argv + 2);
    if (strcmp(name, "cycles") == 0 && argc > 8) return cycles(argc - 2, argv + 2);
    fputs("usage: torture run|touch|cycles ...; see Tests/Torture/main.c\n", stderr);
    return 64;
}
