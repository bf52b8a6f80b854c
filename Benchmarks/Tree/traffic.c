// traffic [-n] DIRECTORY FILES PER-MINUTE SECONDS BURST [DIRECTORIES]: writes that
// have nothing to do with what is watched, paced evenly: BURST at a time, so
// many in a minute. Each opens one of the FILES in the directory in turn, or in
// so many directories in it, writes a byte to it and closes it. Directories are
// made where they are not there. With -n each file is new, and removed again. Says
// made when all files are there, and begins a second later. Prints how many
// writes there were, the median and the 99th percentile of the time that one
// took, in nanoseconds, and the processor's time in microseconds.
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void require(int ok, const char *what) {
    if (ok) return;
    fprintf(stderr, "traffic: unable to %s: %s\n", what, strerror(errno));
    exit(71);
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static void wait_until(int64_t when) {
    struct timespec time = {when / 1000000000, when % 1000000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR) continue;
}

static int ascending(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static long directories;
static int are_new;

static uint32_t write_one(int place, long number) {
    char name[64];
    if (directories == 0) {
        snprintf(name, sizeof name, "w%ld", number);
    } else {
        snprintf(name, sizeof name, "d%ld/w%ld", number % directories, number / directories);
    }
    int64_t began = now();
    int file = openat(place, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    require(file >= 0 && pwrite(file, "x", 1, 0) == 1 && close(file) == 0, "write");
    if (are_new) require(unlinkat(place, name, 0) == 0, "remove");
    return (uint32_t)(now() - began);
}

static int64_t microseconds(struct timeval time) { return time.tv_sec * INT64_C(1000000) + time.tv_usec; }

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "-n") == 0) {
        are_new = 1;
        argc--;
        argv++;
    }
    int is_told = argc == 6 || argc == 7;
    long files = is_told ? atol(argv[2]) : 0, rate = is_told ? atol(argv[3]) : 0;
    long seconds = is_told ? atol(argv[4]) : 0, burst = is_told ? atol(argv[5]) : 0;
    directories = argc == 7 ? atol(argv[6]) : 0;
    if (directories < 0 || files < 1 || rate < 60 || rate > 60000000 || seconds < 1 || seconds > 3600 || burst < 1) {
        fprintf(stderr, "usage: traffic [-n] DIRECTORY FILES PER-MINUTE SECONDS BURST [DIRECTORIES]\n");
        return 64;
    }
    long count = rate * seconds / 60 / burst * burst;
    uint32_t *took = calloc((size_t)(count > 0 ? count : 1), sizeof *took);
    require(took != NULL && (mkdir(argv[1], 0755) == 0 || errno == EEXIST), "make the directory");
    int place = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    require(place >= 0, "open the directory");
    for (long i = 0; i < directories; i++) {
        char name[32];
        snprintf(name, sizeof name, "d%ld", i);
        require(mkdirat(place, name, 0755) == 0 || errno == EEXIST, "make a directory");
    }
    // To make a file takes longer than to write to it.
    for (long i = 0; i < files; i++) write_one(place, i);

    puts("made");
    fflush(stdout);
    wait_until(now() + INT64_C(1000000000));

    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    int64_t began = now(), pause = INT64_C(60000000000) * burst / rate;
    for (long i = 0; i < count; i++) {
        if (i % burst == 0) wait_until(began + i / burst * pause);
        took[i] = write_one(place, i % files);
    }
    getrusage(RUSAGE_SELF, &after);
    int64_t used = microseconds(after.ru_utime) + microseconds(after.ru_stime)
        - microseconds(before.ru_utime) - microseconds(before.ru_stime);
    qsort(took, (size_t)count, sizeof *took, ascending);
    printf("%ld %u %u %lld\n", count, count ? took[count / 2] : 0, count ? took[count * 99 / 100] : 0,
           (long long)used);
}
