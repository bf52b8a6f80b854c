// Kernel interfaces that the Glibc module does not show, or shows only as macros.
//
// Each function is one system call. Unless it says otherwise it returns what the call returns, and
// -1 with errno on failure. Structures are plain: no type of a kernel or libc header crosses into
// Swift except those of the two headers below.

#ifndef TOUCHMON_KERNEL_H
#define TOUCHMON_KERNEL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/types.h>

// Flags of open(2) that <fcntl.h> shows only with _GNU_SOURCE.
extern const int tm_open_path;    // O_PATH
extern const int tm_open_noatime; // O_NOATIME
extern const int tm_seek_data;    // SEEK_DATA of lseek(2)

// strerrorname_np(3) and strerrordesc_np(3), glibc 2.32; NULL for a number without a name.
const char *tm_error_name(int error);
const char *tm_error_message(int error);

// What statx(2) says of a file. Times are seconds and nanoseconds since 1970.
struct tm_file {
    uint64_t device; // as st_dev of stat(2) encodes it
    uint64_t inode;
    uint64_t size;
    uint64_t mount;
    int64_t birth_seconds, modified_seconds, changed_seconds;
    uint32_t birth_nanoseconds, modified_nanoseconds, changed_nanoseconds;
    uint32_t mode; // type and permission bits
    uint32_t user, group, links;
    uint8_t has_birth; // 0 where the file system keeps no birth time
    uint8_t has_mount; // 0 before Linux 5.8
};

// statx(2), Linux 4.11; `flags` are AT_EMPTY_PATH and AT_SYMLINK_NOFOLLOW, spelled by the two
// booleans. Never triggers an automount.
int tm_statx(int directory, const char *path, int follow, int empty_path, int fresh, struct tm_file *out);

// epoll_pwait2(2), Linux 5.11. `timeout` in nanoseconds, negative for none. Fails with ENOSYS where
// the kernel, or a container's system call filter, does not have it.
int tm_epoll_wait(int epoll, struct epoll_event *events, int capacity, int64_t timeout);

// fcntl(2) F_SETLEASE: takes a read lease, which close(2) gives back.
int tm_take_read_lease(int descriptor);

// fstatfs(2): `f_type` and `f_fsid` of the file system.
int tm_examine_file_system(int descriptor, uint64_t *magic, uint64_t *number);

// fallocate(2) with FALLOC_FL_PUNCH_HOLE: gives back what a part of a file takes of the disk. Fails with
// EOPNOTSUPP where the file system can't.
int tm_punch_hole(int descriptor, int64_t start, int64_t length);

// rt_sigaction(2) past glibc, which hides signals 32 and 33: sets the default disposition.
int tm_reset_signal(int signal);

// How a child ended, and what it used.
struct tm_ending {
    int32_t code;   // CLD_EXITED, CLD_KILLED or CLD_DUMPED
    int32_t status; // exit status, or signal
    int64_t user_microseconds, system_microseconds;
    int64_t maximum_resident_kilobytes;
};

// waitid(2) of one child with WEXITED and WNOHANG: 1 when it ended and was reaped, 0 while it lives.
int tm_reap(int process, struct tm_ending *out);

// waitid(2) with P_ALL, WEXITED, WNOHANG and WNOWAIT: a child that has ended, not reaped yet; 0 where
// none has, -1 where there is no child.
int tm_next_ended(void);

// pidfd_open(2), Linux 5.3.
int tm_open_pidfd(int pid);

// pidfd_send_signal(2), Linux 5.1.
int tm_send_signal(int pidfd, int signal);

// PIDFD_GET_INFO of ioctl(2): 1 with the status of wait(2) when the process has ended and the kernel
// tells (Linux 6.15), else 0 or -1.
int tm_exit_status(int pidfd, int32_t *status);

// PIDFD_GET_INFO of ioctl(2), Linux 6.13: 0 with the real user and group of a process that was not
// reaped; fails with ESRCH when it was, and with ENOTTY or EINVAL where the kernel can't tell.
int tm_process_identity(int pidfd, uint32_t *user, uint32_t *group);

// pidfd_send_signal(2) of no signal: 0 as long as the process was not reaped.
int tm_is_process_there(int pidfd);

// fanotify_init(2) of a queue without end whose events name directory, entry, file and process
// (FAN_REPORT_DFID_NAME_TARGET, FAN_REPORT_PIDFD). Needs CAP_SYS_ADMIN and Linux 5.17.
int tm_fanotify_init(void);

// fanotify_init(2) of a queue that ends, whose events name directory and entry and nothing else
// (FAN_REPORT_DFID_NAME, Linux 5.9). Needs CAP_SYS_ADMIN.
int tm_fanotify_init_names(void);

// fanotify_mark(2): adds the events to the mark of the inode at `path`, a symbolic link not followed.
// The mark goes when the kernel forgets the inode (FAN_MARK_EVICTABLE, Linux 5.19).
int tm_fanotify_mark(int queue, uint64_t events, const char *path);

// fanotify_mark(2): adds the events to the mark of the whole file system of what is at `path`, a
// symbolic link not followed, or takes them from it.
int tm_fanotify_mark_file_system(int queue, int is_added, uint64_t events, const char *path);

// fanotify_mark(2): has the queue leave out these events of the directory that the descriptor refers to
// and of what is in it, whatever other marks say, until the kernel forgets its inode (FAN_MARK_IGNORE of
// Linux 6.0, FAN_MARK_EVICTABLE).
int tm_fanotify_ignore(int queue, uint64_t events, int directory);

// fanotify_mark(2): takes away all marks of inodes (FAN_MARK_FLUSH); those of file systems stay.
int tm_fanotify_ignore_none(int queue);

// The longest file handle, MAX_HANDLE_SZ, and the four bytes before it that say its type.
#define TM_HANDLE_SIZE 132

// name_to_handle_at(2) of the file at the end of the path, or with an empty path of the one that
// `directory` refers to, as fanotify(7) gives it: type and bytes, at most TM_HANDLE_SIZE; returns how many.
int tm_file_handle(int directory, const char *path, unsigned char *out);

// open_by_handle_at(2) of `size` bytes as tm_file_handle gives them, on the mount that `mount` refers
// to. Needs CAP_DAC_READ_SEARCH.
int tm_open_handle(int mount, const unsigned char *handle, size_t size, int flags);

// openat2(2) with RESOLVE_NO_SYMLINKS, Linux 5.6: fails with ELOOP where a symbolic link is on the way.
int tm_open_without_links(int directory, const char *path, int flags);

// inotify_add_watch(2) of the directory that a descriptor refers to. Where that can be entered it is the
// working directory from then on, and `*is_away` is set: by way of /proc it takes twice as long. NULL for
// `is_away`: by way of /proc.
int tm_watch_descriptor(int queue, int descriptor, uint32_t mask, int *is_away);

// Makes the directory of a descriptor the working directory. Ends the process with status 71 if it can't be
// entered any more.
void tm_go_back(int home);

// getdents64(2): records of a directory, struct linux_dirent64, as many as there is room for; 0 at the
// end.
ssize_t tm_list(int directory, void *records, size_t size);

// memfd_create(2), of a file that can be sealed; and its seals, fcntl(2): nobody writes to it any more.
int tm_memory_file(void);
int tm_seal(int file);

// Whether `user` with `group` and `groups` may read `path`: 1, or 0; -1 with errno where that can't be
// told. For a moment the calling thread accesses files as that user; it ends the process with status
// 71 if it can't become itself again. setfsuid(2) gives up the capabilities that override permissions,
// and gets them back.
int tm_may_read(const char *path, uint32_t user, uint32_t group, const uint32_t *groups, size_t count);

// Gives memory that was freed back to the kernel, malloc_trim(3), and so much of the stack as only
// callers who have returned have used. To be called by the first thread.
void tm_release_free_memory(void);

// The variables of the environment, NULL behind the last; environ(7).
char **tm_environment(void);

// Lets go of the pages of a shared library that are as they are in its file, madvise(2)
// MADV_DONTNEED: they come back when they are used again. `name` is part of its path.
void tm_release_library(const char *name);

#endif
