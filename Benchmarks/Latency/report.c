// The table, and what may be claimed from it.
#include "driver.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MEDIAN_GOAL 1.10
#define P90_GOAL 1.25
#define NOISE_LIMIT 0.03

static int ascending(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/// The nearest-rank quantile, in microseconds.
static double quantile(const struct server *server, double share) {
    int rank = (int)ceil(share * server->count);
    return (double)server->latency[rank > 0 ? rank - 1 : 0] / 1000;
}

/// One goal: prints the ratio and whether it is met. Returns the exit status.
static int judge(const char *what, double ratio, double goal, double noise) {
    int noisy = noise > NOISE_LIMIT, missed = !noisy && !(ratio <= goal);
    printf("    %-6s %.3f times the floor, at most %.2f: %-8s (noise %.1f %%)\n", what, ratio, goal,
           noisy ? "no claim" : missed ? "MISSED" : "met", 100 * noise);
    return missed ? 1 : noisy ? 75 : 0;
}

int report(struct server *servers, int count) {
    int status = 0;
    double median[count], p90[count];
    printf("  %-12s %9s %9s %9s %9s %9s %6s %6s\n", "server", "median", "p90", "p99", "median/A",
           "p90/A", "lost", "double");
    for (int i = 0; i < count; i++) {
        struct server *server = &servers[i];
        qsort(server->latency, (size_t)server->count, sizeof *server->latency, ascending);
        median[i] = quantile(server, 0.5) / quantile(servers, 0.5);
        p90[i] = quantile(server, 0.9) / quantile(servers, 0.9);
        printf("  %-12s %6.1f us %6.1f us %6.1f us %9.3f %9.3f %6d %6d\n", server->name,
               quantile(server, 0.5), quantile(server, 0.9), quantile(server, 0.99), median[i],
               p90[i], server->lost, server->doubled);
    }

    for (int i = 2; i < count; i++) {
        const struct server *server = &servers[i];
        printf("  %s:\n", server->name);
        int first = judge("median", median[i], MEDIAN_GOAL, fabs(median[1] - 1));
        int second = judge("p90", p90[i], P90_GOAL, fabs(p90[1] - 1));
        // The floor may double a touch, for it keeps no state; a server that is
        // measured against it may not, however fast it is.
        int broken = server->lost || server->doubled || server->stranger;
        if (broken)
            printf("    BROKEN: %d touches lost, %d doubled, %d run as another user\n",
                   server->lost, server->doubled, server->stranger);
        if (broken || first == 1 || second == 1) status = 1;
        else if (status == 0 && (first || second)) status = 75;
    }
    return status;
}
