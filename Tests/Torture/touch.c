// Touches paths in every way that a tool might, and records each touch.
#define _GNU_SOURCE
#include "torture.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static volatile sig_atomic_t has_to_end;

static void end(int signal) {
    (void)signal;
    has_to_end = 1;
}

static void check(long result, const char *what, const char *path) {
    if (result < 0) fail(what, path);
}

// A touch under way: it notes the moment before the call after which a run is owed.
struct act {
    char path[PATH_MAX], other[PATH_MAX];
    uint64_t number;
    struct record record;
};

static int opened(struct act *act, const char *path, int flags) {
    int file = open(path, flags | O_WRONLY | O_CLOEXEC, 0666);
    check(file, "open", path);
    act->record.decisive = now();
    return file;
}

static void write_text(struct act *act, int file) {
    char text[32];
    int length = snprintf(text, sizeof text, "%llu\n", (unsigned long long)act->number);
    check(write(file, text, (size_t)length), "write", act->path);
}

static void closed(struct act *act, int file) {
    act->record.decisive = now();
    check(close(file), "close", act->path);
}

// touch(1). The time itself counts if the close is long in coming.
static void set_times_of_opened(struct act *act) {
    int file = opened(act, act->path, O_CREAT);
    check(futimens(file, NULL), "set the times of", act->path);
    check(close(file), "close", act->path);
}

static void set_times(struct act *act) {
    act->record.decisive = now();
    check(utimensat(AT_FDCWD, act->path, NULL, 0), "set the times of", act->path);
}

static void write_anew(struct act *act) {
    int file = opened(act, act->path, O_CREAT | O_TRUNC);
    write_text(act, file);
    closed(act, file);
}

static void add(struct act *act) {
    int file = opened(act, act->path, O_CREAT | O_APPEND);
    write_text(act, file);
    closed(act, file);
}

static void replace(struct act *act) {
    int file = opened(act, act->other, O_CREAT | O_TRUNC);
    write_text(act, file);
    closed(act, file);
    act->record.decisive = now();
    check(rename(act->other, act->path), "rename", act->other);
}

static void shorten(struct act *act) {
    act->record.decisive = now();
    check(truncate(act->path, (off_t)(act->number % 7)), "truncate", act->path);
}

static void make_anew(struct act *act) {
    check(unlink(act->path), "remove", act->path);
    int file = opened(act, act->path, O_CREAT | O_EXCL);
    write_text(act, file);
    closed(act, file);
}

// The checker knows the last one by its place: TortureTouch.isJudgedLater.
static void (*const ways[])(struct act *) = {
    set_times_of_opened, set_times, write_anew, add, replace, make_anew, shorten,
};

// Waits until a run of the path began at `moment` or later.
static void await_run(struct reader *reader, uint32_t path, int64_t moment) {
    struct record record;
    while (!has_to_end) {
        while (next_record(reader, &record)) {
            if (record.kind != RUN_BEGAN || record.path != path) continue;
            if (record.begin >= moment) return;
        }
        pause_for(200000);
    }
}

int touch(const struct touching *touching) {
    struct sigaction action = {.sa_handler = end};
    sigaction(SIGTERM, &action, NULL);
    struct reader reader = {.file = touching->records};
    struct act act = {.number = 0};
    uint64_t random = touching->seed;
    uint32_t paths = (touching->end - touching->first + touching->step - 1) / touching->step;
    while (!has_to_end && (touching->count == 0 || act.number < touching->count)) {
        uint64_t way = below(&random, sizeof ways / sizeof *ways);
        uint32_t index = touching->first + touching->step * (uint32_t)below(&random, paths);
        snprintf(act.path, sizeof act.path, "%s/%u", touching->directory, index);
        snprintf(act.other, sizeof act.other, "%s/%u.new", touching->directory, index);
        act.number++;
        act.record = (struct record){.kind = TOUCHED,
                                     .pid = getpid(),
                                     .path = index,
                                     .detail = (uint32_t)way,
                                     .number = act.number,
                                     .begin = now()};
        ways[way](&act);
        act.record.end = now();
        append(touching->records, &act.record);
        if (touching->is_paced) await_run(&reader, index, act.record.decisive);
        if (touching->longest > 0) {
            // Mostly while there is still something to do; now and then long after all is done.
            int is_short = below(&random, 5) > 0;
            pause_for(some_time(&random, 1000, touching->longest / (is_short ? 32 : 1)));
        }
    }
    return 0;
}
