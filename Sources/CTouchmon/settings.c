// What an action may ask for besides its identity: scheduling, limits, no new privileges, a sandbox.
// See child.h for what this code may do.

#define _GNU_SOURCE
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

// Before the identity changes, since it takes the caller's rights to go beyond the caller's own values:
// CAP_SYS_NICE, CAP_SYS_ADMIN and CAP_SYS_RESOURCE. An action file that is not root's must not use
// them: for it this comes when they are gone.
//
// The record was written before, which RLIMIT_FSIZE could have prevented. The kernel looks at
// RLIMIT_NPROC when setresuid(2) makes the child one of its user's processes: since Linux 3.1 it does
// not fail there, but marks the child, and execve(2) fails with EAGAIN if the user still has too many.
// So a user who had more processes than the limit gets no further one from here, as with LimitNPROC=
// of systemd.exec(5). Set after the identity it holds only for what the run starts.
// RLIMIT_AS is for the memory that exec makes: none is mapped from here to there.
IN_CHILD void tm_set_scheduling_and_limits(struct tm_child *child) {
    if (child->has_nice) {
        begin(child, TM_STEP_NICE);
        check(child, call(SYS_setpriority, PRIO_PROCESS, 0, child->nice, 0));
    }
    if (child->io_class != IOPRIO_CLASS_NONE) {
        begin(child, TM_STEP_IO_CLASS);
        long value = IOPRIO_PRIO_VALUE(child->io_class, child->io_level);
        check(child, call(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, value, 0));
    }
    for (size_t i = 0; i < child->limit_count; i++) {
        begin(child, TM_STEP_LIMITS);
        child->item = (int32_t)i;
        struct rlimit64 limit;
        limit.rlim_cur = limit.rlim_max = child->limits[i].value;
        check(child, call(SYS_prlimit64, 0, child->limits[i].resource, (long)&limit, 0));
    }
    child->item = -1;
}

// Linux 6.2. Before it a file could be cut to nothing by truncate(2) wherever its user may write: not
// what a sandbox without `write` says. Later versions know more rights (ioctl(2) on devices, TCP,
// signals); they are not asked for, so that a sandbox is the same on each kernel.
enum { LANDLOCK_VERSION_NEEDED = 3 };

#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

static const uint64_t reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
static const uint64_t writing =
    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE | LANDLOCK_ACCESS_FS_MAKE_REG |
    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_MAKE_FIFO |
    LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REFER;
// The kernel opens for reading what it executes.
static const uint64_t executing = LANDLOCK_ACCESS_FS_EXECUTE | reading;
// What there is of a file that is not a directory; the kernel refuses a rule that says more.
static const uint64_t of_a_file = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                  LANDLOCK_ACCESS_FS_TRUNCATE | LANDLOCK_ACCESS_FS_EXECUTE;

CHILD void allow(struct tm_child *child, int rules, const struct tm_allowed *allowed) {
    // Opened by the user: what he can't reach is not his to find out about, and a hung mount of his
    // hangs his child.
    long path = call(SYS_openat, AT_FDCWD, (long)allowed->path, O_PATH | O_CLOEXEC, 0);
    check(child, path);
    struct stat status;
    check(child, call(SYS_fstat, path, (long)&status, 0, 0));
    uint64_t rights = (allowed->access & TM_ACCESS_READ ? reading : 0) |
                      (allowed->access & TM_ACCESS_WRITE ? writing : 0) |
                      (allowed->access & TM_ACCESS_EXECUTE ? executing : 0);
    struct landlock_path_beneath_attr rule;
    rule.allowed_access = S_ISDIR(status.st_mode) ? rights : rights & of_a_file;
    rule.parent_fd = (int32_t)path;
    check(child, call(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, (long)&rule, 0));
    call(SYS_close, path, 0, 0, 0);
}

// After the identity is verified, which tries to regain what must be out of reach by itself. Without
// no_new_privs, landlock_restrict_self(2) is root's alone.
IN_CHILD void tm_confine(struct tm_child *child) {
    if (child->no_new_privileges || child->allowed_count > 0) {
        begin(child, TM_STEP_NO_NEW_PRIVILEGES);
        check(child, call(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0));
    }
    if (child->allowed_count == 0) {
        return;
    }
    begin(child, TM_STEP_SANDBOX);
    long version =
        call(SYS_landlock_create_ruleset, 0, 0, LANDLOCK_CREATE_RULESET_VERSION, 0);
    check(child, version);
    if (version < LANDLOCK_VERSION_NEEDED) {
        fail(child, EOPNOTSUPP);
    }
    // The first member of struct landlock_ruleset_attr, and all of it before Linux 6.7.
    uint64_t refused = executing | writing;
    long rules = call(SYS_landlock_create_ruleset, (long)&refused, sizeof refused, 0, 0);
    check(child, rules);
    for (size_t i = 0; i < child->allowed_count; i++) {
        child->item = (int32_t)i;
        allow(child, (int)rules, &child->allowed[i]);
    }
    child->item = -1;
    check(child, call(SYS_landlock_restrict_self, rules, 0, 0, 0));
    call(SYS_close, rules, 0, 0, 0);
}
