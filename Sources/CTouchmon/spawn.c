#define _GNU_SOURCE
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// What is the same for every child.
CHILD void prepare(struct tm_child *child) {
    begin(child, TM_STEP_SESSION);
    check(child, call(SYS_setsid, 0, 0, 0, 0));
    begin(child, TM_STEP_STANDARD_IO);
    if (child->standard[0] >= 0) {
        check(child, call(SYS_dup3, child->standard[0], 0, 0, 0));
    }
}

// Closes all descriptors above 2 but two; -1 stands for none.
CHILD void close_all_but(struct tm_child *child, int one, int other) {
    int first = 3;
    for (int i = 0; i < 2; i++) {
        int kept = (one < other) == (i == 0) ? one : other;
        if (kept > first) {
            check(child, call(SYS_close_range, first, kept - 1, 0, 0));
        }
        first = kept < first ? first : kept + 1;
    }
    check(child, call(SYS_close_range, first, ~0U, 0, 0));
}

// A child that is made ahead of its run does here what can be done before it is known.
CHILD void stand_by(struct tm_child *child) {
    // Whoever ends, killed or not, leaves nobody behind. If the caller ended before this, the child
    // is somebody else's by now.
    check(child, call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0));
    if (call(SYS_getppid, 0, 0, 0, 0) != child->parent) {
        fail(child, ECANCELED);
    }
    call(SYS_prctl, PR_SET_NAME, (long)"touchmon-next", 0, 0);
    prepare(child);
    begin(child, TM_STEP_CLOSE);
    close_all_but(child, child->journal, child->spare);
    // A signal that waited here would hit the run.
    uint64_t none = 0;
    check(child, call(SYS_rt_sigprocmask, SIG_SETMASK, (long)&none, 0, sizeof none));
    while (__atomic_load_n(&child->goes_on, __ATOMIC_ACQUIRE) == 0) {
        call(SYS_futex, (long)&child->goes_on, FUTEX_WAIT_PRIVATE, 0, 0);
    }
    // From here on it outlives the caller, as every run does.
    check(child, call(SYS_prctl, PR_SET_PDEATHSIG, 0, 0, 0));
}

// Before the identity changes: the user may not move anybody into the group. All that the run starts
// begins in it. The kernel may take some milliseconds, which are the run's own.
CHILD void enter_cgroup(struct tm_child *child) {
    begin(child, TM_STEP_CGROUP);
    check(child, call(SYS_write, child->cgroup, (long)"0", 1, 0));
}

CHILD void set_descriptors(struct tm_child *child) {
    begin(child, TM_STEP_STANDARD_IO);
    for (int target = 1; target < 3; target++) {
        int source = child->standard[target];
        if (source >= 0) {
            // Where it is the input's, that is at hand under its own number only.
            source = source == child->standard[0] ? 0 : source;
            check(child, call(SYS_dup3, source, target, 0, 0));
        }
    }
    // Before the identity changes: from then on the user may look into the child's descriptors.
    begin(child, TM_STEP_CLOSE);
    check(child, call(SYS_close_range, 3, ~0U, 0, 0));
}

// Groups before gid before uid: each needs the privilege that the last one gives away. Called as
// system calls they concern the child alone; libc's functions would change the parent's threads.
CHILD void change_identity(struct tm_child *child) {
    begin(child, TM_STEP_GROUPS);
    check(child, call(SYS_setgroups, (long)child->group_count, (long)child->groups, 0, 0));
    begin(child, TM_STEP_GROUP);
    check(child, call(SYS_setresgid, child->group, child->group, child->group, 0));
    begin(child, TM_STEP_USER);
    check(child, call(SYS_setresuid, child->user, child->user, child->user, 0));
    // Before Linux 5.16 a core dump kills every process that shares the memory, the daemon among
    // them, and fs.suid_dumpable = 2 allows one here: the user could ask for it with SIGQUIT.
    if (child->user != 0) {
        check(child, call(SYS_prctl, PR_SET_DUMPABLE, 0, 0, 0));
    }
}

CHILD void drop_capabilities(struct tm_child *child) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct data[2] = {{0}};
    begin(child, TM_STEP_CAPABILITIES);
    if (child->user == 0) {
        check(child, call(SYS_capget, (long)&header, (long)data, 0, 0));
        data[0].inheritable = data[1].inheritable = 0;
    }
    // The ambient set goes too: the kernel keeps it within the inheritable one, capabilities(7).
    check(child, call(SYS_capset, (long)&header, (long)data, 0, 0));
}

CHILD int contains(const uint32_t *sorted, size_t count, uint32_t value) {
    size_t low = 0;
    while (low < count) {
        size_t middle = low + (count - low) / 2;
        if (sorted[middle] == value) {
            return 1;
        }
        if (sorted[middle] < value) {
            low = middle + 1;
        } else {
            count = middle;
        }
    }
    return 0;
}

CHILD void verify_identity(struct tm_child *child) {
    uint32_t real, effective, saved;
    begin(child, TM_STEP_VERIFY);
    check(child, call(SYS_getresuid, (long)&real, (long)&effective, (long)&saved, 0));
    if (real != child->user || effective != child->user || saved != child->user) {
        fail(child, EPERM);
    }
    check(child, call(SYS_getresgid, (long)&real, (long)&effective, (long)&saved, 0));
    if (real != child->group || effective != child->group || saved != child->group) {
        fail(child, EPERM);
    }
    // EINVAL: more groups than were asked for. The order is the kernel's affair.
    long count = call(SYS_getgroups, (long)child->group_count + 1, (long)child->found_groups, 0, 0);
    check(child, count);
    if ((size_t)count != child->group_count) {
        fail(child, EPERM);
    }
    for (long i = 0; i < count; i++) {
        if (!contains(child->groups, child->group_count, child->found_groups[i])) {
            fail(child, EPERM);
        }
    }
    if (child->user != 0 && call(SYS_setresuid, -1, 0, -1, 0) != -EPERM) {
        fail(child, EPERM);
    }
}

// Tries each candidate as execvp(3) does, but never hands a file without a known format to a shell.
// Returns the most telling errno: a program that may not be run says more than one that is absent.
CHILD long execute(struct tm_child *child) {
    long telling = ENOENT;
    for (char *const *program = child->candidates; *program != NULL; program++) {
        long error = -call(SYS_execve, (long)*program, (long)child->argv, (long)child->envp, 0);
        switch (error) {
        case ENOENT:
            break;
        case EACCES:
        case ENOTDIR:
        case ELOOP:
        case ENAMETOOLONG:
            if (telling != EACCES) {
                telling = error;
            }
            break;
        default:
            return error;
        }
    }
    return telling;
}

// With one write(2), which no other record can come into the middle of: the file was opened with
// O_APPEND.
CHILD void write_record(struct tm_child *child) {
    struct timespec now;
    int32_t process = (int32_t)call(SYS_getpid, 0, 0, 0, 0);
    call(SYS_clock_gettime, CLOCK_BOOTTIME, (long)&now, 0, 0);
    int64_t time = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
    __builtin_memcpy(child->record + child->record_process, &process, sizeof process);
    __builtin_memcpy(child->record + child->record_time, &time, sizeof time);
    long result = call(SYS_write, child->journal, (long)child->record, (long)child->record_size, 0);
    if (result < 0) {
        child->record_error = (int32_t)-result;
    } else if ((size_t)result != child->record_size) {
        child->record_error = ENOSPC;
    }
}

CHILD int run_child(void *argument) {
    struct tm_child *child = argument;
    if (child->parent != 0) {
        stand_by(child);
    } else {
        prepare(child);
    }
    if (child->record_size > 0) {
        write_record(child);
    }
    __atomic_store_n(&child->has_begun, 1, __ATOMIC_RELEASE);
    if (child->cgroup >= 0) {
        enter_cgroup(child);
    }
    set_descriptors(child);
    if (child->has_settings && !child->settings_as_user) {
        tm_set_scheduling_and_limits(child);
    }
    if (child->change_identity) {
        change_identity(child);
    }
    drop_capabilities(child);
    verify_identity(child);
    if (child->has_settings) {
        if (child->settings_as_user) {
            tm_set_scheduling_and_limits(child);
        }
        tm_confine(child);
    }
    call(SYS_umask, child->umask, 0, 0, 0);
    if (child->directory != NULL) {
        // As the user: a directory that only root can enter must not become reachable, and a hung
        // mount of the user's hangs the user's child.
        begin(child, TM_STEP_DIRECTORY);
        check(child, call(SYS_chdir, (long)child->directory, 0, 0, 0));
    }
    begin(child, TM_STEP_EXECUTE);
    uint64_t none = 0;
    check(child, call(SYS_rt_sigprocmask, SIG_SETMASK, (long)&none, 0, sizeof none));
    fail(child, execute(child));
}

static int spawn(struct tm_child *child, void *stack_top) {
    // Without CLONE_FILES, CLONE_FS and CLONE_SIGHAND: descriptors, directory, umask and signal
    // dispositions are the child's own copies.
    int flags = CLONE_VM | CLONE_CHILD_CLEARTID | SIGCHLD;
    child->goes_on = 0;
    child->has_begun = 0;
    child->step = TM_STEP_NONE;
    child->error = 0;
    child->item = -1;
    child->record_error = 0;
    __atomic_store_n(&child->alive, 1, __ATOMIC_RELEASE);
    int pid = clone(run_child, stack_top, flags, child, NULL, NULL, &child->alive);
    if (pid < 0) {
        __atomic_store_n(&child->alive, 0, __ATOMIC_RELEASE);
    }
    return pid;
}

int tm_spawn(struct tm_child *child, void *stack_top, int64_t patience) {
    child->parent = 0;
    int pid = spawn(child, stack_top);
    if (pid >= 0 && patience > 0) {
        struct timespec limit = {.tv_sec = patience / 1000000000, .tv_nsec = patience % 1000000000};
        // Whatever ends the wait, the caller looks for itself.
        syscall(SYS_futex, &child->alive, FUTEX_WAIT, 1, &limit, NULL, 0);
    }
    return pid;
}

int tm_spawn_ahead(struct tm_child *child, void *stack_top) {
    child->parent = getpid();
    return spawn(child, stack_top);
}

void tm_go_on(struct tm_child *child) {
    __atomic_store_n(&child->goes_on, 1, __ATOMIC_RELEASE);
    syscall(SYS_futex, &child->goes_on, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

int tm_has_recorded(const struct tm_child *child) {
    return __atomic_load_n(&child->has_begun, __ATOMIC_ACQUIRE) != 0 || !tm_is_alive(child);
}

int tm_is_alive(const struct tm_child *child) {
    return __atomic_load_n(&child->alive, __ATOMIC_ACQUIRE) != 0;
}

int tm_wait_until_gone(const struct tm_child *child, int64_t deadline) {
    struct timespec until = {.tv_sec = deadline / 1000000000, .tv_nsec = deadline % 1000000000};
    // Not FUTEX_PRIVATE_FLAG: the kernel's own wake-up is of the shared kind.
    long result = syscall(SYS_futex, &child->alive, FUTEX_WAIT_BITSET, 1, &until, NULL,
                          FUTEX_BITSET_MATCH_ANY);
    // EAGAIN: it left before the wait began.
    return result == 0 || errno == EAGAIN ? 0 : -1;
}
