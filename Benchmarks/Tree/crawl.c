// crawl DIRECTORY: the least that can be done to hear of every change in a tree
// without a mark on its file system: each directory gets an inotify watch and
// is then listed. Knows of no race and no link on the way; it is the measure of
// speed, not a rival. Prints the directories, the other entries, and how many
// milliseconds it took.
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>

static int inotify;
static long directories, others;
static char path[1 << 20];

static void require(int ok, const char *what) {
    if (ok) return;
    fprintf(stderr, "crawl: unable to %s %s: %s\n", what, path, strerror(errno));
    exit(71);
}

static void crawl(size_t length) {
    const uint32_t events = IN_CREATE | IN_DELETE | IN_MOVE | IN_MODIFY | IN_ATTRIB | IN_CLOSE_WRITE;
    require(inotify_add_watch(inotify, path, events | IN_ONLYDIR | IN_DONT_FOLLOW) >= 0, "watch");
    directories++;
    DIR *listing = opendir(path);
    require(listing != NULL, "list");
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
        if (entry->d_type != DT_DIR) {
            others++;
        } else if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            size_t more = strlen(entry->d_name);
            if (length + more + 2 > sizeof path) continue;
            path[length] = '/';
            memcpy(path + length + 1, entry->d_name, more + 1);
            crawl(length + 1 + more);
            path[length] = '\0';
        }
    }
    closedir(listing);
}

int main(int argc, char **argv) {
    if (argc != 2 || strlen(argv[1]) >= sizeof path) {
        fprintf(stderr, "usage: crawl DIRECTORY\n");
        return 64;
    }
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    strcpy(path, argv[1]);
    inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    require(inotify >= 0, "open a queue for");
    crawl(strlen(path));
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%ld %ld %.1f\n", directories, others,
           (double)(end.tv_sec - begin.tv_sec) * 1e3 + (double)(end.tv_nsec - begin.tv_nsec) / 1e6);
}
