// storm DIRECTORY PATHS TOUCHES PROCESSES PATIENCE FIFO
//
// Touches the files DIRECTORY/0 and on, so many in turns, so many times in all,
// as fast as it goes, in so many processes of which each has its own files. Each
// touch opens for writing, writes a byte and closes. The commands that run say
// by the FIFO for which file they began (`stamp FIFO NUMBER`). Waits until each
// file has a run that began after its last touch, or until no run was told of
// for PATIENCE seconds. With a FIFO of `-` nothing is waited for.
//
// Prints: nanoseconds from the first touch to the last, to the beginning of the
// last run, the number of runs, and how many files had no run after their last
// touch.
#include "../Latency/stamp.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PROCESSES_MAX = 64 };

static void require(int ok, const char *what) {
    if (ok) return;
    fprintf(stderr, "storm: unable to %s: %s\n", what, strerror(errno));
    exit(71);
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static long paths, touches, processes, patience;
static int directory;
/// When each file was last touched; shared by all processes.
static int64_t *last;

/// The touches of one process: every `processes`-th file, from `first` on.
static void touch_all(long first) {
    char name[32];
    for (long i = first; i < touches; i += processes) {
        // With a step that divides the files, each process has its own.
        long path = i % paths;
        snprintf(name, sizeof name, "%ld", path);
        int file = openat(directory, name, O_WRONLY | O_CLOEXEC);
        require(file >= 0 && pwrite(file, "x", 1, 0) == 1, "write");
        last[path] = now();  // before the call after which a run is owed
        require(close(file) == 0, "close");
    }
}

/// Whether each file had a run after its last touch: how many had not.
static long lost_of(const int64_t *began) {
    long lost = 0;
    for (long i = 0; i < paths; i++) lost += began[i] <= last[i];
    return lost;
}

int main(int argc, char **argv) {
    if (argc == 7) {
        paths = atol(argv[2]);
        touches = atol(argv[3]);
        processes = atol(argv[4]);
        patience = atol(argv[5]);
    }
    if (paths < 1 || touches < paths || processes < 1 || processes > PROCESSES_MAX || patience < 1
        || paths % processes != 0) {
        fprintf(stderr, "usage: storm DIRECTORY PATHS TOUCHES PROCESSES PATIENCE FIFO\n");
        return 64;
    }
    directory = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    require(directory >= 0, "open the directory");
    int is_answered = strcmp(argv[6], "-") != 0;
    int fifo = is_answered ? open(argv[6], O_RDWR | O_CLOEXEC) : -1;
    require(!is_answered || fifo >= 0, "open the FIFO");
    size_t size = (size_t)paths * sizeof *last;
    last = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int64_t *began = calloc((size_t)paths, sizeof *began);
    require(last != MAP_FAILED && began != NULL, "have memory");

    int64_t first = now();
    for (long i = 0; i < processes; i++) {
        pid_t child = fork();
        require(child >= 0, "make a process");
        if (child > 0) continue;
        touch_all(i);
        _exit(0);
    }
    long runs = 0, working = processes, status = 0;
    int64_t last_run = first, heard = first;
    while (working > 0 || (is_answered && lost_of(began) > 0)) {
        int child_status;
        while (working > 0 && waitpid(-1, &child_status, is_answered ? WNOHANG : 0) > 0) {
            working--;
            status |= child_status;
        }
        if (!is_answered) continue;
        struct stamp records[128];
        struct pollfd request = {.fd = fifo, .events = POLLIN};
        if (poll(&request, 1, 20) <= 0) {
            if (working == 0 && now() - heard > patience * INT64_C(1000000000)) break;
            continue;
        }
        // Each record is written as a whole, and so many fit into the pipe.
        ssize_t length = read(fifo, records, sizeof records);
        require(length > 0 && length % (ssize_t)sizeof *records == 0, "read what the runs tell");
        heard = now();
        for (ssize_t i = 0; i < length / (ssize_t)sizeof *records; i++) {
            runs++;
            if (records[i].number >= (uint32_t)paths) continue;
            if (records[i].started > began[records[i].number]) began[records[i].number] = records[i].started;
            if (records[i].started > last_run) last_run = records[i].started;
        }
    }
    errno = ECHILD;
    require(status == 0, "touch");
    int64_t ended = first;
    for (long i = 0; i < paths; i++)
        if (last[i] > ended) ended = last[i];
    printf("%" PRId64 " %" PRId64 " %ld %ld\n", ended - first, last_run - first, runs,
           is_answered ? lost_of(began) : 0);
    return 0;
}
