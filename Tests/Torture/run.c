// The command of a run. It says by itself that it began and that it ended, so that nothing that the
// daemon says of it has to be believed.
#include "torture.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint32_t reason(void) {
    const char *reason = getenv("TOUCHMON_REASON");
    if (reason == NULL) return REASON_OTHER;
    if (strcmp(reason, "touch") == 0) return REASON_TOUCH;
    if (strcmp(reason, "catch-up") == 0) return REASON_CATCH_UP;
    return strcmp(reason, "interrupted") == 0 ? REASON_INTERRUPTED : REASON_OTHER;
}

int run(int argc, char **argv) {
    struct record record = {.kind = RUN_BEGAN, .begin = now()};  // first: nothing is before it
    const char *number = getenv("TOUCHMON_RUN");
    if (argc != 4) return 64;
    record.pid = getpid();
    record.decisive = getppid();
    record.path = (uint32_t)atoi(argv[1]);
    record.detail = reason();
    record.number = number != NULL ? strtoull(number, NULL, 10) : 0;
    int file = open_records(argv[0]);
    append(file, &record);

    uint64_t seed = (uint64_t)record.begin ^ (uint64_t)record.pid << 40;
    int64_t shortest = atoll(argv[2]) * 1000, longest = atoll(argv[3]) * 1000;
    if (longest > 0) pause_for(some_time(&seed, shortest, longest));

    record.kind = RUN_ENDED;
    record.end = now();
    append(file, &record);
    return 0;
}
