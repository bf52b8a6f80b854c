// floor FILE USER PROGRAM [ARGUMENT...]: the least that can be done between a
// touch and a command run as another user: one inotify watch on the file's
// directory, vfork, groups, gid, uid, exec. It keeps no state, so it loses the
// touches that come during a run and everything else that touchmon is for; it
// is the measure of speed, not a rival.
//
// floor -e DIRECTORY USER PROGRAM [ARGUMENT...]: the same for each file in a
// directory, whose name becomes the last argument. Here the runs are not waited
// for: the next begins as soon as one is executed.
//
// floor -t FIFO FILE USER PROGRAM [ARGUMENT...]: writes a byte to the FIFO when a
// run has ended and is reaped.
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libgen.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { GROUPS_MAX = 256 };

static uid_t uid;
static gid_t gid, groups[GROUPS_MAX];
static int group_count = GROUPS_MAX, change;

static void require(int ok, const char *what) {
    if (ok) return;
    fprintf(stderr, "floor: unable to %s: %s\n", what, strerror(errno));
    exit(71);
}

static char buffer[16384] __attribute__((aligned(__alignof__(struct inotify_event))));

/// Waits for events and says whether one of them names the file.
static int touched(int inotify, const char *name) {
    ssize_t length = read(inotify, buffer, sizeof buffer);
    require(length > 0, "read events");
    for (char *at = buffer; at < buffer + length;) {
        const struct inotify_event *event = (const struct inotify_event *)at;
        if (event->len > 0 && strcmp(event->name, name) == 0) return 1;
        at += sizeof *event + event->len;
    }
    return 0;
}

static pid_t start(char **command) {
    pid_t child = vfork();
    if (child == 0) {
        if (change && (setgroups((size_t)group_count, groups) || setgid(gid) || setuid(uid))) _exit(126);
        execv(command[0], command);
        _exit(127);
    }
    require(child > 0, "start the command");
    return child;
}

/// One file, one run at a time.
static void serve(int inotify, const char *name, char **command, int fifo) {
    for (;;) {
        if (!touched(inotify, name)) continue;
        pid_t child = start(command);
        require(waitpid(child, NULL, 0) == child, "reap the command");
        if (fifo >= 0) require(write(fifo, "", 1) == 1, "tell of the end");

        // One touch causes several events (ATTRIB, then CLOSE_WRITE) and the run
        // began at the first; the rest are in the queue by now.
        for (int queued; ioctl(inotify, FIONREAD, &queued) == 0 && queued > 0;)
            touched(inotify, name);
    }
}

/// Every file of the directory. The kernel reaps the runs.
static void serve_each(int inotify, int count, char **command) {
    char **own = calloc((size_t)count + 2, sizeof *own);
    require(own != NULL, "have memory");
    memcpy(own, command, (size_t)count * sizeof *own);
    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        ssize_t length = read(inotify, buffer, sizeof buffer);
        require(length > 0, "read events");
        for (char *at = buffer; at < buffer + length;) {
            struct inotify_event *event = (struct inotify_event *)at;
            at += sizeof *event + event->len;
            if (event->len == 0) continue;
            own[count] = event->name;
            start(own);
        }
    }
}

int main(int argc, char **argv) {
    int each = 0, fifo = -1;
    for (int option; (option = getopt(argc, argv, "+et:")) != -1;) {
        if (option == 'e') each = 1;
        if (option == 't') require((fifo = open(optarg, O_RDWR | O_CLOEXEC)) >= 0, "open the FIFO");
    }
    argc -= optind;
    argv += optind;
    if (argc < 3) {
        fprintf(stderr, "usage: floor [-e | -t FIFO] FILE USER PROGRAM [ARGUMENT...]\n");
        return 64;
    }
    const char *name = basename(strdup(argv[0])), *directory = each ? argv[0] : dirname(strdup(argv[0]));
    const struct passwd *user = getpwnam(argv[1]);
    require(user != NULL, "find the user");
    uid = user->pw_uid;
    gid = user->pw_gid;
    change = geteuid() == 0;  // an ordinary user can only stay who it is
    require(getgrouplist(argv[1], gid, groups, &group_count) >= 0, "list the user's groups");

    int inotify = inotify_init1(IN_CLOEXEC);
    require(inotify >= 0, "create an inotify instance");
    // With a single event for each touch where each event is a run.
    require(inotify_add_watch(inotify, directory,
                              each ? IN_CLOSE_WRITE : IN_CLOSE_WRITE | IN_ATTRIB | IN_MOVED_TO) >= 0,
            "watch the directory");
    fprintf(stderr, "floor: ready\n");
    if (each) serve_each(inotify, argc - 2, argv + 2);
    serve(inotify, name, argv + 2, fifo);
}
