// The programs of the torture, and the one file that they all write to.
//
// Whatever happens becomes one record, appended with one write(2): whoever reads the file sees whole
// records, in an order that nobody's death can disturb. All times are CLOCK_MONOTONIC in nanoseconds.
#ifndef TORTURE_H
#define TORTURE_H

#include <stdint.h>
#include <sys/types.h>

enum kind {
    RUN_BEGAN = 1,       // a command's first act; `detail` is its reason, `decisive` its parent
    RUN_ENDED = 2,       // and its last; `begin` is that of its first record
    TOUCHED = 3,         // `detail` is the way, `decisive` a moment before the call that counts
    DAEMON_STARTED = 4,  // `begin` is before it exists
    DAEMON_ENDED = 5,    // `begin` is before the signal, `detail` the status of wait(2)
    RUN_KILLED = 6,      // `begin` is before the signal, `end` is when the process was gone
};

enum reason { REASON_TOUCH, REASON_CATCH_UP, REASON_INTERRUPTED, REASON_OTHER };

struct record {
    uint32_t kind;
    int32_t pid;
    uint32_t path;  // the index of the watched path
    uint32_t detail;
    uint64_t number;  // of the run, as it was told; or of the touch, or of the daemon
    int64_t begin, decisive, end;
};

// Reads the records that were appended since the last call.
struct reader {
    int file;
    off_t offset;
};

// Opens the file of records for appending, and for reading.
int open_records(const char *path);
void append(int file, const struct record *record);
// The next record; 0 when there is none yet.
int next_record(struct reader *reader, struct record *record);

int64_t now(void);
void pause_for(int64_t nanoseconds);

// SplitMix64, after Steele, Lea and Flood.
uint64_t next_random(uint64_t *state);
uint64_t below(uint64_t *state, uint64_t limit);
// Evenly distributed in its magnitude, from `low` to `high`.
int64_t some_time(uint64_t *state, int64_t low, int64_t high);

struct touching {
    int records;
    const char *directory;  // the paths are DIRECTORY/INDEX
    uint32_t first, step, end;
    uint64_t seed;
    uint64_t count;   // 0: until SIGTERM
    int64_t longest;  // the longest pause between two touches; 0: none
    int is_paced;     // each touch waits until a run began after the last; for one path
};

int touch(const struct touching *touching);
int run(int argc, char **argv);
int cycles(int argc, char **argv);

// Says what could not be done, and why by errno, and exits with 71.
_Noreturn void fail(const char *what, const char *which);

#endif
