// What a run tells the driver about itself. One record is smaller than
// PIPE_BUF, so it arrives whole (pipe(7)).
#ifndef LATENCY_STAMP_H
#define LATENCY_STAMP_H

#include <stdint.h>

struct stamp {
    int64_t started;  // CLOCK_MONOTONIC, nanoseconds
    int32_t pid;
    uint32_t uid;
    uint32_t gid;
    uint32_t number;  // which of many paths it is for; 0 where there is one
};

#endif
