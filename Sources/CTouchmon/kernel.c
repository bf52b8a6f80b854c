#define _GNU_SOURCE
#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

const int tm_open_path = O_PATH;
const int tm_open_noatime = O_NOATIME;
const int tm_seek_data = SEEK_DATA;

const char *tm_error_name(int error) { return strerrorname_np(error); }

const char *tm_error_message(int error) { return strerrordesc_np(error); }

int tm_statx(int directory, const char *path, int follow, int empty_path, int fresh, struct tm_file *out) {
    struct statx s;
    int flags = AT_NO_AUTOMOUNT | (follow ? 0 : AT_SYMLINK_NOFOLLOW) | (empty_path ? AT_EMPTY_PATH : 0)
        | (fresh ? AT_STATX_FORCE_SYNC : 0);
    if (statx(directory, path, flags, STATX_BASIC_STATS | STATX_BTIME | STATX_MNT_ID, &s) != 0) {
        return -1;
    }
    *out = (struct tm_file){
        .device = makedev(s.stx_dev_major, s.stx_dev_minor),
        .inode = s.stx_ino,
        .size = s.stx_size,
        .mount = s.stx_mnt_id,
        .birth_seconds = s.stx_btime.tv_sec,
        .birth_nanoseconds = s.stx_btime.tv_nsec,
        .modified_seconds = s.stx_mtime.tv_sec,
        .modified_nanoseconds = s.stx_mtime.tv_nsec,
        .changed_seconds = s.stx_ctime.tv_sec,
        .changed_nanoseconds = s.stx_ctime.tv_nsec,
        .mode = s.stx_mode,
        .user = s.stx_uid,
        .group = s.stx_gid,
        .links = s.stx_nlink,
        .has_birth = (s.stx_mask & STATX_BTIME) != 0,
        .has_mount = (s.stx_mask & STATX_MNT_ID) != 0,
    };
    return 0;
}

int tm_epoll_wait(int epoll, struct epoll_event *events, int capacity, int64_t timeout) {
    struct timespec limit = {.tv_sec = timeout / 1000000000, .tv_nsec = timeout % 1000000000};
    return (int)syscall(SYS_epoll_pwait2, epoll, events, capacity, timeout < 0 ? NULL : &limit, NULL, 0);
}

int tm_take_read_lease(int descriptor) { return fcntl(descriptor, F_SETLEASE, F_RDLCK); }

int tm_examine_file_system(int descriptor, uint64_t *magic, uint64_t *number) {
    struct statfs s;
    if (fstatfs(descriptor, &s) != 0) {
        return -1;
    }
    *magic = (uint64_t)(uint32_t)s.f_type;
    memcpy(number, &s.f_fsid, sizeof *number);
    return 0;
}

int tm_punch_hole(int descriptor, int64_t start, int64_t length) {
    return fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, start, length);
}

int tm_reset_signal(int signal) {
    // All zero is SIG_DFL without flags, in the kernel's own layout on every architecture.
    struct { unsigned long words[4]; } action = {{0}};
    return (int)syscall(SYS_rt_sigaction, signal, &action, NULL, sizeof(uint64_t));
}

int tm_reap(int process, struct tm_ending *out) {
    siginfo_t info = {.si_pid = 0};
    struct rusage usage;
    if (syscall(SYS_waitid, P_PID, process, &info, WEXITED | WNOHANG, &usage) != 0) {
        return -1;
    }
    if (info.si_pid == 0) {
        return 0;
    }
    *out = (struct tm_ending){
        .code = info.si_code,
        .status = info.si_status,
        .user_microseconds = usage.ru_utime.tv_sec * 1000000 + usage.ru_utime.tv_usec,
        .system_microseconds = usage.ru_stime.tv_sec * 1000000 + usage.ru_stime.tv_usec,
        .maximum_resident_kilobytes = usage.ru_maxrss,
    };
    return 1;
}

int tm_next_ended(void) {
    siginfo_t info = {.si_pid = 0};
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0) {
        return -1;
    }
    return info.si_pid;
}

int tm_may_read(const char *path, uint32_t user, uint32_t group, const uint32_t *groups, size_t count) {
    gid_t own_groups[65536 / sizeof(gid_t)];
    int own_count = getgroups(sizeof own_groups / sizeof *own_groups, own_groups);
    int allowed = -1;
    // System calls of the thread, not libc's of the process: there is one thread only, and a change
    // of supplementary groups must never be left behind half done.
    if (own_count < 0 || syscall(SYS_setgroups, count, groups) != 0) {
        return -1;
    }
    syscall(SYS_setfsgid, group);
    syscall(SYS_setfsuid, user);
    // setfsuid tells no failure; asked again with no user, it tells who it is.
    if ((uint32_t)syscall(SYS_setfsuid, -1) == user && (uint32_t)syscall(SYS_setfsgid, -1) == group) {
        if (syscall(SYS_faccessat2, AT_FDCWD, path, R_OK, AT_EACCESS) == 0) {
            allowed = 1;
        } else if (errno == EACCES || errno == EPERM || errno == ENOENT || errno == ENOTDIR
                   || errno == ELOOP || errno == ENAMETOOLONG) {
            allowed = 0;
        }
    } else {
        errno = EPERM;
    }
    int error = errno;
    int is_itself = 0;
    // The kernel may be short of memory for a moment.
    for (int i = 0; i < 5 && !is_itself; i++) {
        syscall(SYS_setfsuid, geteuid());
        syscall(SYS_setfsgid, getegid());
        is_itself = (uint32_t)syscall(SYS_setfsuid, -1) == geteuid()
                    && (uint32_t)syscall(SYS_setfsgid, -1) == getegid()
                    && syscall(SYS_setgroups, (size_t)own_count, own_groups) == 0;
    }
    if (!is_itself) {
        // Not a step further as somebody else. Who starts it again starts it whole.
        static const char text[] = "touchmon: unable to be itself again after asking what somebody else may "
                                   "read\nsee what the system is short of, or does not permit\n";
        (void)!write(STDERR_FILENO, text, sizeof text - 1);
        _exit(71);
    }
    errno = error;
    return allowed;
}

char **tm_environment(void) {
    extern char **environ;
    return environ;
}

void tm_release_free_memory(void) {
    malloc_trim(0);
    // The stack that something deep has used stays in memory. Nothing lives below this frame; the
    // page that it may go on into is left out. The kernel keeps far more than this free below a stack.
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), span = 64 * page;
    uintptr_t end = (((uintptr_t)__builtin_frame_address(0)) & ~(page - 1)) - page;
    madvise((void *)(end - span), span, MADV_DONTNEED);
}

struct search {
    const char *name;
};

static int release_object(struct dl_phdr_info *object, size_t size, void *argument) {
    const struct search *search = argument;
    (void)size;
    if (object->dlpi_name == NULL || strstr(object->dlpi_name, search->name) == NULL) {
        return 0;
    }
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE) - 1;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        // What was written, such as relocations, would be lost.
        if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W) != 0) {
            continue;
        }
        uintptr_t start = (object->dlpi_addr + segment->p_vaddr) & ~page;
        uintptr_t end = (object->dlpi_addr + segment->p_vaddr + segment->p_memsz) & ~page;
        madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

void tm_release_library(const char *name) {
    struct search search = {.name = name};
    dl_iterate_phdr(release_object, &search);
}

int tm_open_pidfd(int pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int tm_send_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

// struct pidfd_info of <linux/pidfd.h>, which older headers do not have.
struct pidfd_info_64 {
    uint64_t mask;
    uint64_t cgroup;
    uint32_t ids[11];
    int32_t exit_code;
};

int tm_exit_status(int pidfd, int32_t *status) {
    const uint64_t wants_exit = 1 << 3; // PIDFD_INFO_EXIT
    struct pidfd_info_64 info = {.mask = wants_exit};
    // PIDFD_GET_INFO; the size of the structure is part of the number.
    if (ioctl(pidfd, _IOWR(0xFF, 11, struct pidfd_info_64), &info) < 0) {
        return -1;
    }
    *status = info.exit_code;
    return (info.mask & wants_exit) != 0;
}

int tm_process_identity(int pidfd, uint32_t *user, uint32_t *group) {
    const uint64_t wants_identity = 1 << 1; // PIDFD_INFO_CREDS
    struct pidfd_info_64 info = {.mask = wants_identity};
    if (ioctl(pidfd, _IOWR(0xFF, 11, struct pidfd_info_64), &info) < 0) {
        return -1;
    }
    if ((info.mask & wants_identity) == 0) {
        errno = EINVAL;
        return -1;
    }
    // After pid, tgid and ppid.
    *user = info.ids[3];
    *group = info.ids[4];
    return 0;
}

int tm_is_process_there(int pidfd) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0);
}

int tm_fanotify_init(void) {
    return fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK | FAN_UNLIMITED_QUEUE
                             | FAN_UNLIMITED_MARKS | FAN_REPORT_DFID_NAME_TARGET | FAN_REPORT_PIDFD,
                         0);
}

int tm_fanotify_init_names(void) {
    return fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK | FAN_REPORT_DFID_NAME, 0);
}

int tm_fanotify_mark(int queue, uint64_t events, const char *path) {
    return fanotify_mark(queue, FAN_MARK_ADD | FAN_MARK_EVICTABLE | FAN_MARK_DONT_FOLLOW, events,
                         AT_FDCWD, path);
}

int tm_fanotify_mark_file_system(int queue, int is_added, uint64_t events, const char *path) {
    unsigned int flags = (is_added ? FAN_MARK_ADD : FAN_MARK_REMOVE) | FAN_MARK_FILESYSTEM;
    return fanotify_mark(queue, flags | FAN_MARK_DONT_FOLLOW, events, AT_FDCWD, path);
}

int tm_fanotify_ignore(int queue, uint64_t events, int directory) {
    unsigned int flags = FAN_MARK_ADD | FAN_MARK_IGNORE_SURV | FAN_MARK_EVICTABLE;
    return fanotify_mark(queue, flags, events | FAN_EVENT_ON_CHILD, directory, ".");
}

int tm_fanotify_ignore_none(int queue) {
    return fanotify_mark(queue, FAN_MARK_FLUSH, 0, AT_FDCWD, NULL);
}

// A file handle of any length.
struct handle {
    struct file_handle head;
    unsigned char bytes[TM_HANDLE_SIZE - 4];
};

int tm_file_handle(int directory, const char *path, unsigned char *out) {
    const int only_to_compare = 0x200; // AT_HANDLE_FID, Linux 6.5: also where it can't be opened
    struct handle handle = {.head = {.handle_bytes = sizeof handle.bytes}};
    int flags = *path == '\0' ? AT_EMPTY_PATH : AT_SYMLINK_FOLLOW, mount;
    if (name_to_handle_at(directory, path, &handle.head, &mount, flags | only_to_compare) != 0) {
        if (errno != EINVAL) {
            return -1;
        }
        handle.head.handle_bytes = sizeof handle.bytes;
        if (name_to_handle_at(directory, path, &handle.head, &mount, flags) != 0) {
            return -1;
        }
    }
    memcpy(out, &handle.head.handle_type, 4);
    memcpy(out + 4, handle.head.f_handle, handle.head.handle_bytes);
    return 4 + (int)handle.head.handle_bytes;
}

int tm_open_handle(int mount, const unsigned char *bytes, size_t size, int flags) {
    struct handle handle = {.head = {.handle_bytes = (unsigned int)size - 4}};
    if (size < 4 || size > TM_HANDLE_SIZE) {
        errno = EINVAL;
        return -1;
    }
    memcpy(&handle.head.handle_type, bytes, 4);
    memcpy(handle.head.f_handle, bytes + 4, size - 4);
    return open_by_handle_at(mount, &handle.head, flags);
}

int tm_open_without_links(int directory, const char *path, int flags) {
    // struct open_how of <linux/openat2.h>, which older headers do not have.
    struct { uint64_t flags, mode, resolve; } how = {.flags = (uint64_t)flags, .resolve = 0x04};
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

int tm_watch_descriptor(int queue, int descriptor, uint32_t mask, int *is_away) {
    char path[64];
    mask &= ~(uint32_t)IN_DONT_FOLLOW;
    if (is_away != NULL && fchdir(descriptor) == 0) {
        *is_away = 1;
        return inotify_add_watch(queue, ".", mask);
    }
    // Not /proc/self, which is a symbolic link and takes the kernel a fifth longer.
    snprintf(path, sizeof path, "/proc/%d/fd/%d", getpid(), descriptor);
    return inotify_add_watch(queue, path, mask);
}

void tm_go_back(int home) {
    if (fchdir(home) == 0) return;
    // Not a step further from another place: children would begin there.
    static const char text[] = "touchmon: unable to go back to the working directory\n"
                               "start touchmon where nobody takes away the right to enter\n";
    (void)!write(STDERR_FILENO, text, sizeof text - 1);
    _exit(71);
}

int tm_memory_file(void) { return memfd_create("touchmon", MFD_CLOEXEC | MFD_ALLOW_SEALING); }

int tm_seal(int file) {
    return fcntl(file, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
}

ssize_t tm_list(int directory, void *records, size_t size) {
    return syscall(SYS_getdents64, directory, records, size);
}
