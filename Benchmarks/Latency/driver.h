#ifndef LATENCY_DRIVER_H
#define LATENCY_DRIVER_H

#include <stdint.h>
#include <sys/types.h>

/// A program that is measured: it watches `file` and runs `stamp FIFO`.
struct server {
    const char *name, *file;
    char spare[4096];  // renamed over the file; outside of the watched directory
    pid_t pid;
    int fifo;
    int is_elsewhere;  // in another pid namespace: its runs have other numbers there
    int64_t *latency;  // nanoseconds, one for each counted run
    int count;
    int every;     // takes part in every so many-th round
    int lost;      // touches without a run
    int doubled;   // runs without a touch of their own
    int stranger;  // runs as another user than the one asked for
};

/// A way of touching a file.
struct touch {
    const char *name, *description;
    void (*prepare)(const struct server *);  // before the clock is read; may be NULL
    void (*perform)(const struct server *);
};

/// The way of that name, or NULL.
const struct touch *find_touch(const char *name);

/// Touches the server's file once, waits for its run and until all is at rest
/// again. The latency is kept if `counts`.
void measure(struct server *server, const struct touch *touch, uid_t uid, int counts);

/// Says what could not be done, and why by errno, and exits with 71.
void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
