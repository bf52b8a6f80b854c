// Starting a program as another user, without ever waiting for that user.
//
// tm_spawn clones a child that shares the caller's memory, as vfork(2) does, so that its cost does
// not grow with the caller; but the caller goes on at once. Between its change of identity and exec
// the child belongs to its user, who may stop it with a signal, or whose network or FUSE mount may
// hang its chdir or exec. A vfork that waits would stop a root daemon for as long.
//
// So everything that a child needs is copied into a slot before the clone, and the slot stays as it
// is until the kernel says that the child left the shared memory, by exec or by exit: it then sets
// `alive` to 0 and wakes its futex (CLONE_CHILD_CLEARTID, set_tid_address(2)).
//
// A child can be made ahead of what it is to run, tm_spawn_ahead: what is the same for all children it
// does before anything happens, and waits.
//
// Needs Linux 5.9: close_range(2).

#ifndef TOUCHMON_SPAWN_H
#define TOUCHMON_SPAWN_H

#include <stddef.h>
#include <stdint.h>

// What the child was at when it failed. The order is the order in the child; where the settings may
// not use the caller's rights, the first three of them come after TM_STEP_VERIFY.
enum tm_step {
    TM_STEP_NONE = 0,
    TM_STEP_SESSION,           // setsid(2)
    TM_STEP_CGROUP,            // into its control group; after descriptor 0 is set
    TM_STEP_STANDARD_IO,       // descriptors 0, 1 and 2
    TM_STEP_CLOSE,             // every other descriptor
    TM_STEP_NICE,              // setpriority(2)
    TM_STEP_IO_CLASS,          // ioprio_set(2)
    TM_STEP_LIMITS,            // prlimit(2); `item` says which
    TM_STEP_GROUPS,            // setgroups(2)
    TM_STEP_GROUP,             // setresgid(2)
    TM_STEP_USER,              // setresuid(2)
    TM_STEP_CAPABILITIES,      // capset(2)
    TM_STEP_VERIFY,            // the identity is the one asked for, and cannot be undone
    TM_STEP_NO_NEW_PRIVILEGES, // prctl(2)
    TM_STEP_SANDBOX,           // landlock(7), as the new user; `item` says which path
    TM_STEP_DIRECTORY,         // chdir(2), as the new user
    TM_STEP_EXECUTE            // execve(2)
};

// A limit that the child gets as its soft and its hard one, getrlimit(2).
struct tm_limit {
    uint32_t resource;
    uint64_t value;
};

// What a child with a sandbox may do at a path and below it: an or of these.
enum tm_access {
    TM_ACCESS_READ = 1,    // read files, list directories
    TM_ACCESS_WRITE = 2,   // write, make, rename and remove files; not read them
    TM_ACCESS_EXECUTE = 4  // read and execute files, list directories
};
struct tm_allowed {
    const char *path;
    uint32_t access;
};

// A child's slot: what to start, and what the child says. Everything that it points to lies in the
// slot's own memory, as the slot itself does.
struct tm_child {
    char *const *candidates; // programs to try in order; ends with NULL
    char *const *argv;       // ends with NULL
    char *const *envp;       // ends with NULL
    const char *directory;   // working directory; NULL: the caller's
    const uint32_t *groups;  // supplementary groups in ascending order
    uint32_t *found_groups;  // room for group_count + 1, for verifying
    size_t group_count;
    uint32_t user, group;
    uint32_t umask;
    int32_t standard[3];     // descriptors above 2 for 0, 1 and 2; -1 leaves one as it is
    char *record;            // written into the journal before anything of the run is done
    size_t record_size;      // 0: nothing is written
    size_t record_process;   // where in it the child puts its pid, 4 bytes
    size_t record_time;      // and the time since boot in nanoseconds, 8 bytes
    int32_t journal;         // opened for appending, above 2
    int32_t spare;           // what a child that is made ahead keeps, for 1 and 2; above 2, or -1
    int32_t cgroup;          // cgroup.procs of the group that it enters, above 2; -1: the caller's
    uint8_t change_identity; // 0: fail unless the caller already has this identity

    uint8_t has_settings;             // 0: nothing of what follows is looked at
    uint8_t settings_as_user;         // not 0: scheduling and limits without the caller's rights
    uint8_t has_nice;                 // 0: the caller's nice value
    int8_t nice;                      // -20 to 19
    uint8_t io_class;                 // IOPRIO_CLASS_*; 0: the caller's
    uint8_t io_level;                 // 0 to 7
    uint8_t no_new_privileges;        // 0: the caller's
    const struct tm_limit *limits;
    size_t limit_count;
    const struct tm_allowed *allowed; // the sandbox: nothing else can be read, written, executed
    size_t allowed_count;             // 0: no sandbox

    // Not for the caller to write.
    uint32_t alive;       // not 0 while the child shares the caller's memory
    uint32_t goes_on;     // not 0 once a child that was made ahead may go on
    uint32_t has_begun;   // not 0 once it has written its record, or failed to
    uint32_t step;        // the last step begun, an enum tm_step
    int32_t error;        // errno of that step; 0: it did not fail
    int32_t item;         // which limit or path that was, counted from 0; -1: none
    int32_t record_error; // errno of writing the record; 0: it did not fail
    int32_t parent;       // the caller's pid, of a child that was made ahead; else 0
};

// Starts a child on `stack_top` (16-byte aligned, with a guard page below) and returns its pid; -1 with
// errno when the clone failed: EAGAIN, ENOMEM.
//
// There is no pidfd: nobody but the caller reaps its child, so the number stays the child's until then,
// and making one costs a fifth of the clone.
//
// Before it becomes its user the child writes its record, so that a run that exists is known even when
// the caller is killed at once. It goes on when that fails: a run is worth more than its record.
//
// The child has: its own session; its control group, which it enters as the caller; the given descriptors and no other; the given groups, gid and uid
// in all of their forms; no inheritable or ambient capability, and none at all unless it is root;
// the umask and directory; no blocked signal; its settings. A child that cannot have all of that
// executes nothing and exits after filling in `step` and `error`.
//
// The caller goes on at once, or, with `patience`, sleeps until the child left the shared memory, but not
// longer than that many nanoseconds: a child that is held back, by its user or by a hung file system,
// does not hold back the daemon.
//
// The caller must have every signal at its default disposition: a handler would run in the shared
// memory. Dispositions are inherited, and execve keeps those that are ignored.
int tm_spawn(struct tm_child *child, void *stack_top, int64_t patience);

// Starts a child as tm_spawn does, of which no more is known than `standard[0]`, `journal` and `spare`. It
// makes its session, closes all other descriptors, and waits for tm_go_on. It blocks no signal meanwhile, and
// is killed when the caller's thread ends.
int tm_spawn_ahead(struct tm_child *child, void *stack_top);

// Lets a child that was made ahead go on with what its slot holds by now. Of `standard`, 1 and 2 must be
// -1 or the same as 0 or as `spare`.
void tm_go_on(struct tm_child *child);

// Whether the child has written its record, or failed to, or is gone.
int tm_has_recorded(const struct tm_child *child);

// Whether the child still shares the caller's memory. Once 0, `step` and `error` are final.
int tm_is_alive(const struct tm_child *child);

// Waits until the child left the shared memory or `deadline` (CLOCK_MONOTONIC, nanoseconds) passed,
// futex(2). 0 when it may have left; -1 with errno ETIMEDOUT or EINTR.
int tm_wait_until_gone(const struct tm_child *child, int64_t deadline);

#endif
