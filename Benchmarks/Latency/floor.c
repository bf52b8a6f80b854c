// floor FILE USER PROGRAM [ARGUMENT...]: the least that can be done between a
// touch and a command run as another user: one inotify watch on the file's
// directory, vfork, groups, gid, uid, exec. It keeps no state, so it loses the
// touches that come during a run and everything else that touchmon is for; it
// is the measure of speed, not a rival.
#include <errno.h>
#include <grp.h>
#include <libgen.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { GROUPS_MAX = 256 };

static void require(int ok, const char *what) {
    if (ok) return;
    fprintf(stderr, "floor: unable to %s: %s\n", what, strerror(errno));
    exit(71);
}

/// Waits for events and says whether one of them names the file.
static int touched(int inotify, const char *name) {
    char buffer[16384] __attribute__((aligned(__alignof__(struct inotify_event))));
    ssize_t length = read(inotify, buffer, sizeof buffer);
    require(length > 0, "read events");
    for (char *at = buffer; at < buffer + length;) {
        const struct inotify_event *event = (const struct inotify_event *)at;
        if (event->len > 0 && strcmp(event->name, name) == 0) return 1;
        at += sizeof *event + event->len;
    }
    return 0;
}

int main(int argc, char **argv) {
    if (argc < 4) {
        fprintf(stderr, "usage: floor FILE USER PROGRAM [ARGUMENT...]\n");
        return 64;
    }
    char *directory = dirname(strdup(argv[1])), *name = basename(strdup(argv[1]));
    const struct passwd *user = getpwnam(argv[2]);
    require(user != NULL, "find the user");
    uid_t uid = user->pw_uid;
    gid_t gid = user->pw_gid, groups[GROUPS_MAX];
    int group_count = GROUPS_MAX;
    int change = geteuid() == 0;  // an ordinary user can only stay who it is
    require(getgrouplist(argv[2], gid, groups, &group_count) >= 0, "list the user's groups");

    int inotify = inotify_init1(IN_CLOEXEC);
    require(inotify >= 0, "create an inotify instance");
    require(inotify_add_watch(inotify, directory, IN_CLOSE_WRITE | IN_ATTRIB | IN_MOVED_TO) >= 0,
            "watch the directory");
    fprintf(stderr, "floor: ready\n");

    for (;;) {
        if (!touched(inotify, name)) continue;

        pid_t child = vfork();
        if (child == 0) {
            if (change && (setgroups(group_count, groups) || setgid(gid) || setuid(uid)))
                _exit(126);
            execv(argv[3], argv + 3);
            _exit(127);
        }
        require(child > 0, "start the command");
        require(waitpid(child, NULL, 0) == child, "reap the command");

        // One touch causes several events (ATTRIB, then CLOSE_WRITE) and the run
        // began at the first; the rest are in the queue by now.
        for (int queued; ioctl(inotify, FIONREAD, &queued) == 0 && queued > 0;)
            touched(inotify, name);
    }
}
