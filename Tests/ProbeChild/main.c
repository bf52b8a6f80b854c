// A program for tests to run: tells on standard output everything that a child can inherit.
//
//     ProbeChild [argument...]
//
// One fact a line, `kind name value`, where bytes that tests choose are in hexadecimal:
//
//     argument INDEX HEX          argv, the program's name included
//     environment INDEX HEX       environ, as given
//     descriptor NUMBER TARGET    every open descriptor and where it leads
//     directory - HEX             the working directory
//     stat FIELD VALUE            pid, parent, group, session of /proc/self/stat
//     status KEY VALUE            every line of /proc/self/status, blanks folded
//     limit NUMBER SOFT HARD      every limit of getrlimit(2)
//     scheduling nice VALUE       getpriority(2)
//     scheduling io CLASS:LEVEL   ioprio_get(2)
//
//     ProbeChild --told [argument...]
//
// Tells only what a run of a tree is told, in hexadecimal: `argument`, `environment`, and
//
//     changes - HEX               the file that TOUCHMON_CHANGES names
//     input - HEX                 standard input
//
//     ProbeChild --try DIRECTORY...
//
// Tries in each directory to list it, to read, write and truncate `file`, to make `new`, to remove
// `old` and to execute `program`, and says what came of it: `may WHAT DIRECTORY RESULT`, where the
// result is `yes` or the name of the error.
//
//     ProbeChild --hold PATH
//
// Holds every exec of PATH in the kernel, as a hung mount would: prints `ready`, then `held` when a
// process is caught, and lets it go when a line comes on standard input. Needs root, fanotify(7).
//
//     ProbeChild --witness FILE HOLD
//
// Appends one line to FILE, `path uids gids groups reason run content`: the watched path, real,
// effective and saved ids, sorted groups, why it runs and with which number, and the first word in
// the path's file. Then waits for as long as there is a file HOLD, at most 30 s.

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static void print_hex(const char *text) {
    for (; *text != '\0'; text++) {
        printf("%02x", (unsigned char)*text);
    }
    putchar('\n');
}

static void print_strings(const char *kind, char **list) {
    for (int i = 0; list[i] != NULL; i++) {
        printf("%s %d ", kind, i);
        print_hex(list[i]);
    }
}

/// Prints all that can be read, and closes it.
static void print_content(const char *kind, FILE *file) {
    printf("%s - ", kind);
    for (int byte = file != NULL ? getc(file) : EOF; byte != EOF; byte = getc(file)) {
        printf("%02x", (unsigned)byte);
    }
    putchar('\n');
    if (file != NULL) {
        fclose(file);
    }
}

/// What a run of a tree is told.
static void print_told(char **argv) {
    const char *changes = getenv("TOUCHMON_CHANGES");
    print_strings("argument", argv);
    print_strings("environment", environ);
    print_content("changes", changes != NULL ? fopen(changes, "re") : NULL);
    print_content("input", stdin);
}

static void print_descriptors(void) {
    DIR *directory = opendir("/proc/self/fd");
    struct dirent *entry;
    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        char target[PATH_MAX] = "";
        if (entry->d_name[0] == '.' || atoi(entry->d_name) == dirfd(directory)) {
            continue;
        }
        if (readlinkat(dirfd(directory), entry->d_name, target, sizeof target - 1) >= 0) {
            printf("descriptor %s %s\n", entry->d_name, target);
        }
    }
    if (directory != NULL) {
        closedir(directory);
    }
}

static void print_status(void) {
    FILE *file = fopen("/proc/self/status", "re");
    char line[65536];
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        char *rest = line;
        char *key = strsep(&rest, ":");
        printf("status %s", key);
        for (char *word = strtok(rest, " \t\n"); word != NULL; word = strtok(NULL, " \t\n")) {
            printf(" %s", word);
        }
        putchar('\n');
    }
    if (file != NULL) {
        fclose(file);
    }
}

static void print_limits(void) {
    for (int number = 0; number < RLIM_NLIMITS; number++) {
        struct rlimit limit;
        if (getrlimit(number, &limit) == 0) {
            printf("limit %d %lu %lu\n", number, limit.rlim_cur, limit.rlim_max);
        }
    }
}

static void print_scheduling(void) {
    long io = syscall(SYS_ioprio_get, 1, 0);
    printf("scheduling nice %d\nscheduling io %ld:%ld\n", getpriority(PRIO_PROCESS, 0), io >> 13,
           io & 7);
}

static void may(const char *what, const char *directory, int succeeded) {
    printf("may %s %s %s\n", what, directory, succeeded ? "yes" : strerrorname_np(errno));
}

static int opens(const char *directory, const char *name, int flags) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    int file = open(path, flags | O_CLOEXEC, 0600);
    if (file >= 0) {
        close(file);
    }
    return file >= 0;
}

static int executes(const char *path) {
    int status = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        execl(path, path, NULL);
        _exit(errno);
    }
    if (child < 0 || waitpid(child, &status, 0) != child) {
        return 0;
    }
    errno = WIFEXITED(status) ? WEXITSTATUS(status) : ECANCELED;
    return errno == 0;
}

static int try_directory(const char *directory) {
    char path[PATH_MAX];
    may("list", directory, opens(directory, ".", O_RDONLY | O_DIRECTORY));
    may("read", directory, opens(directory, "file", O_RDONLY));
    may("write", directory, opens(directory, "file", O_WRONLY));
    snprintf(path, sizeof path, "%s/file", directory);
    may("truncate", directory, truncate(path, 0) == 0);
    may("make", directory, opens(directory, "new", O_WRONLY | O_CREAT | O_EXCL));
    snprintf(path, sizeof path, "%s/old", directory);
    may("remove", directory, unlink(path) == 0);
    snprintf(path, sizeof path, "%s/program", directory);
    may("execute", directory, executes(path));
    return fflush(stdout);
}

static int hold(const char *path) {
    int queue = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY | O_CLOEXEC);
    if (queue < 0 || fanotify_mark(queue, FAN_MARK_ADD, FAN_OPEN_EXEC_PERM, AT_FDCWD, path) != 0) {
        fprintf(stderr, "unable to hold %s: %s\n", path, strerror(errno));
        return 1;
    }
    puts("ready");
    struct fanotify_event_metadata event;
    if (read(queue, &event, sizeof event) != sizeof event) {
        return 1;
    }
    puts("held");
    getchar();
    struct fanotify_response answer = {.fd = event.fd, .response = FAN_ALLOW};
    return write(queue, &answer, sizeof answer) == sizeof answer ? 0 : 1;
}

static int compare_groups(const void *left, const void *right) {
    gid_t a = *(const gid_t *)left, b = *(const gid_t *)right;
    return (a > b) - (a < b);
}

static int witness(const char *file, const char *hold_file) {
    const char *path = getenv("TOUCHMON_PATH"), *reason = getenv("TOUCHMON_REASON");
    const char *run = getenv("TOUCHMON_RUN");
    uid_t user[3];
    gid_t group[3], groups[256];
    getresuid(&user[0], &user[1], &user[2]);
    getresgid(&group[0], &group[1], &group[2]);
    int count = getgroups(256, groups);
    qsort(groups, count < 0 ? 0 : (size_t)count, sizeof *groups, compare_groups);
    char content[64] = "";
    int stamp = open(path, O_RDONLY | O_CLOEXEC);
    if (stamp >= 0 && read(stamp, content, sizeof content - 1) > 0) {
        content[strcspn(content, " \t\n")] = '\0';
    }
    char line[8192];
    int length = snprintf(line, sizeof line, "%s %d,%d,%d %d,%d,%d ", path, user[0], user[1],
                          user[2], group[0], group[1], group[2]);
    for (int i = 0; i < count; i++) {
        length += snprintf(line + length, sizeof line - (size_t)length, "%s%d", i == 0 ? "" : ",",
                           groups[i]);
    }
    length += snprintf(line + length, sizeof line - (size_t)length, " %s %s %s\n", reason,
                       run, content);
    int output = open(file, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (output < 0 || write(output, line, (size_t)length) != length) {
        return 1;
    }
    struct timespec pause = {.tv_nsec = 2000000};
    for (int i = 0; i < 15000 && access(hold_file, F_OK) == 0; i++) {
        nanosleep(&pause, NULL);
    }
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 4 && strcmp(argv[1], "--witness") == 0) {
        return witness(argv[2], argv[3]);
    }
    if (argc > 2 && strcmp(argv[1], "--try") == 0) {
        int result = 0;
        for (int i = 2; i < argc; i++) {
            result |= try_directory(argv[i]);
        }
        return result == 0 ? 0 : 1;
    }
    setvbuf(stdout, NULL, argc == 3 && strcmp(argv[1], "--hold") == 0 ? _IOLBF : _IOFBF, 1 << 16);
    if (argc == 3 && strcmp(argv[1], "--hold") == 0) {
        return hold(argv[2]);
    }
    if (argc > 1 && strcmp(argv[1], "--told") == 0) {
        print_told(argv);
        return fflush(stdout) == 0 ? 0 : 1;
    }
    char *directory = getcwd(NULL, 0);
    print_strings("argument", argv);
    print_strings("environment", environ);
    print_descriptors();
    printf("directory - ");
    print_hex(directory != NULL ? directory : "");
    printf("stat pid %d\nstat parent %d\nstat group %d\nstat session %d\n", getpid(), getppid(),
           getpgrp(), getsid(0));
    print_status();
    print_limits();
    print_scheduling();
    free(directory);
    return fflush(stdout) == 0 ? 0 : 1;
}
